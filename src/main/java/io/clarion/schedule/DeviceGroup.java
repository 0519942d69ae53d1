package io.clarion.schedule;

import io.clarion.config.Patience;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.schedule.batch.BatchPartition;
import io.clarion.schedule.batch.RowsExecutable;
import io.clarion.schedule.batch.SplitExecutable;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.FastestExecutable;
import io.clarion.schedule.group.NoDeviceLeft;
import io.clarion.schedule.place.PlacedExecutable;
import io.clarion.tensor.Dim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several devices as one: the batch of a call is divided among them in proportion to how fast they are, what is summed
 * over it is reduced, and each applies the updates to a copy of its own; results are those of one device, but for
 * rounding. A function whose batch cannot be divided runs on the first device, and says why in a line of the log. Or
 * operations are placed on one device or another: those that say where, and with {@link Sharing#PLACE} all.
 *
 * <p>A device that fails, or does not answer in time, is taken out with a line of the log, and the others do its work
 * in the same call; it is tried again later. With none left, a call throws {@link NoDeviceLeft}.
 */
public final class DeviceGroup implements Device {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceGroup.class);
    private final DeviceTeam team;
    private final Sharing sharing;

    /**
     * Returns the given devices as one, which closes none of them. {@link Patience} says how long one may take for its
     * part of a call before it counts as failed.
     *
     * @throws IllegalArgumentException if there is none, or one twice
     */
    public DeviceGroup(List<Device> devices) {
        this(devices, Sharing.SPLIT);
    }

    /**
     * Makes the same as {@link #DeviceGroup(List)}, for functions of which no tensor says where it is to be computed,
     * shared as {@code sharing} says.
     */
    public DeviceGroup(List<Device> devices, Sharing sharing) {
        this(devices, sharing, Patience.ofUser(), Duration.ofSeconds(1));
    }

    /**
     * Makes the same as {@link #DeviceGroup(List, Sharing)}.
     *
     * @param patience how long a device may take for its part of a call
     * @param rest     how long a device is left alone after its first failure; each further one doubles it
     */
    public DeviceGroup(List<Device> devices, Sharing sharing, Duration patience, Duration rest) {
        this(devices, sharing, patience, rest, System::nanoTime);
    }

    /** With a clock of nanoseconds, which a thread asks before and after a device's work. */
    public DeviceGroup(List<Device> devices, Sharing sharing, Duration patience, Duration rest, LongSupplier clock) {
        if (devices.isEmpty() || devices.stream().distinct().count() < devices.size()) {
            throw new IllegalArgumentException("devices that work as one have to be one or more, each once; given: "
                    + devices.stream().map(d -> d.report().id()).toList());
        }
        this.team = new DeviceTeam(devices, patience, rest, clock);
        this.sharing = sharing;
    }

    @Override
    public List<Device> parts() {
        return team.devices();
    }

    @Override
    public Executable compile(Graph graph) {
        return compile(graph, Map.of());
    }

    @Override
    public Executable compile(Graph graph, Map<Dim.Symbol, Integer> sizes) {
        Set<String> named = graph.devices();
        if (team.members().size() == 1 || sharing == Sharing.SPLIT && named.isEmpty()) {
            return split(graph, sizes);
        }
        if (sharing == Sharing.FASTEST && named.isEmpty()) {
            return new FastestExecutable(
                    List.of(new SplitExecutable(BatchPartition.none(graph), sizes, team), split(graph, sizes),
                            new PlacedExecutable(graph.specialise(sizes), team)),
                    team::now);
        }
        if (!named.stream().allMatch(id -> team.members().stream().anyMatch(m -> m.is(id)))) {
            throw new IllegalArgumentException(
                    "the graph has to be computed on " + String.join(", ", named) + ", and the function's devices are "
                            + team.members() + "; K.function takes those that are named");
        }
        return new PlacedExecutable(graph.specialise(sizes), team);
    }

    private Executable split(Graph graph, Map<Dim.Symbol, Integer> sizes) {
        BatchPartition partition = partition(graph, sizes);
        return partition.isRowByRow() ? new RowsExecutable(partition, sizes, team)
                : new SplitExecutable(partition, sizes, team);
    }

    private BatchPartition partition(Graph graph, Map<Dim.Symbol, Integer> sizes) {
        Optional<BatchPartition> partition = team.members().size() == 1 ? Optional.empty()
                : SplitExecutable.divided(team, graph, sizes);
        return partition.filter(c -> c.rows() >= team.members().size()).orElseGet(() -> BatchPartition.none(graph));
    }

    @Override
    public DeviceReport report() {
        List<DeviceReport> all = parts().stream().map(Device::report).toList();
        return new DeviceReport(all.stream().map(DeviceReport::id).collect(Collectors.joining("+")),
                all.stream().map(DeviceReport::name).collect(Collectors.joining(" + ")), "", "CUSTOM", "", "",
                all.stream().mapToInt(DeviceReport::computeUnits).sum(),
                all.stream().mapToLong(DeviceReport::memory).sum(),
                all.stream().allMatch(DeviceReport::fp16), all.stream().allMatch(DeviceReport::fp64), Optional.empty());
    }

    @Override
    public Speed probe() {
        return team.members().get(0).device().probe();
    }

    @Override
    public long memoryHeld() {
        return parts().stream().mapToLong(Device::memoryHeld).sum();
    }

    /** Takes the variables' values back to the host, and waits a while for devices that are being tried again. */
    @Override
    public void close() {
        team.close();
    }
}
