package io.clarion.schedule;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several devices as one: the batch of a call is divided among them in proportion to how fast they are, what is summed over
 * it is joined, and updates are applied once, on the first; results are those of one device, but for rounding. A function
 * whose batch cannot be divided runs on the first device, and says why in a line of the log.
 */
public final class SplitDevice implements Device {
    private static final Logger LOG = LoggerFactory.getLogger(SplitDevice.class);
    private final List<Device> devices;
    private final ExecutorService threads;
    /** For each device but the first its copies of variables. */
    private final List<Map<Variable, Copy>> copies = new ArrayList<>();

    /** A copy of a variable, and how often that had changed when it was made. */
    private static final class Copy {
        private final Variable variable;
        private long changes = -1;

        Copy(Variable variable) {
            this.variable = variable;
        }
    }

    /**
     * The given devices as one, which closes none of them.
     *
     * @throws IllegalArgumentException if there is none, or one twice
     */
    public SplitDevice(List<Device> devices) {
        if (devices.isEmpty() || devices.stream().distinct().count() < devices.size()) {
            throw new IllegalArgumentException("devices to work as one have to be some, each once; given were "
                    + devices.stream().map(d -> d.report().id()).toList());
        }
        this.devices = List.copyOf(devices);
        devices.forEach(d -> copies.add(new WeakHashMap<>()));
        this.threads = Executors.newFixedThreadPool(devices.size(), r -> {
            var thread = new Thread(r, "clarion-split");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public List<Device> parts() {
        return devices;
    }

    int count() {
        return devices.size();
    }

    Device device(int number) {
        return devices.get(number);
    }

    int number(Device device) {
        return devices.indexOf(device);
    }

    /** How fast the devices may be, before they were seen at work: as {@code devices --probe} measured them, else by their units. */
    double[] speeds() {
        Map<String, Double> measured = DeviceChoice.ranking().stream().collect(Collectors.toMap(DeviceChoice.Ranked::device, r -> r.speed().gflops(), (a, b) -> a));
        boolean all = devices.stream().allMatch(d -> measured.getOrDefault(d.report().id(), 0.0) > 0);
        return devices.stream().map(Device::report).mapToDouble(r -> all ? measured.get(r.id()) : Math.max(1, r.computeUnits())).toArray();
    }

    /** What {@code action} gives for each piece, all at once. */
    <T> List<T> each(List<Piece> pieces, Function<Piece, T> action) {
        List<Future<T>> begun = pieces.stream().skip(1).map(p -> threads.submit(() -> action.apply(p))).toList();
        var results = new ArrayList<T>();
        results.add(action.apply(pieces.get(0)));
        for (Future<T> future : begun) {
            try {
                results.add(future.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException r ? r : new CompletionException(e.getCause());
            }
        }
        return results;
    }

    /** What {@code device} reads in place of a variable: on the first, itself. */
    Variable replica(Device device, Variable variable) {
        return device == devices.get(0) ? variable
                : copies(device).computeIfAbsent(variable, v -> new Copy(new Variable(NDArray.zeros(v.dtype(), v.shape()), v.name()))).variable;
    }

    /** Has the device's copies be what the variables are now. */
    void refresh(Device device, Set<Variable> variables) {
        if (device == devices.get(0)) {
            return;
        }
        for (Variable v : variables) {
            Copy copy = copies(device).get(v);
            long changes = v.changes();
            if (copy.changes != changes) {
                copy.variable.set(v.value());
                copy.changes = changes;
            }
        }
    }

    private Map<Variable, Copy> copies(Device device) {
        return copies.get(number(device));
    }

    @Override
    public Executable compile(Graph graph) {
        return devices.get(0).compile(graph);
    }

    @Override
    public Executable compile(Graph graph, Map<Dim.Symbol, Integer> sizes) {
        try {
            Cut cut = Cut.of(graph, sizes);
            if (devices.size() > 1 && cut.rows() >= devices.size()) {
                return new SplitExecutable(cut, sizes, this);
            }
        } catch (Indivisible e) {
            LOG.warn("a function runs on {} alone: {}", devices.get(0).report().id(), e.getMessage());
        }
        return devices.get(0).compile(graph, sizes);
    }

    @Override
    public DeviceReport report() {
        List<DeviceReport> all = devices.stream().map(Device::report).toList();
        return new DeviceReport(all.stream().map(DeviceReport::id).collect(Collectors.joining("+")),
                all.stream().map(DeviceReport::name).collect(Collectors.joining(" + ")), "", "CUSTOM", "", "",
                all.stream().mapToInt(DeviceReport::computeUnits).sum(), all.stream().mapToLong(DeviceReport::memory).sum(),
                all.stream().allMatch(DeviceReport::fp16), all.stream().allMatch(DeviceReport::fp64), Optional.empty());
    }

    @Override
    public Speed probe() {
        return devices.get(0).probe();
    }

    @Override
    public long memoryHeld() {
        return devices.stream().mapToLong(Device::memoryHeld).sum();
    }

    @Override
    public synchronized void close() {
        threads.shutdown();
        copies.forEach(c -> c.values().forEach(copy -> copy.variable.close()));
        copies.forEach(Map::clear);
    }
}
