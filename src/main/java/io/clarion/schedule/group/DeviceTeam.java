package io.clarion.schedule.group;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.graph.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that executables of several devices share: the members, the threads that wait for them, and copies of
 * variables.
 */
public final class DeviceTeam implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceTeam.class);
    private final List<GroupDevice> members;
    private final LongSupplier clock;
    private final Workers workers;
    private final Map<Variable, Copies> copies = new WeakHashMap<>();

    /**
     * Makes a team of devices.
     *
     * @param patience how long a device may take for its part of a call
     * @param rest     how long a device is left alone after its first failure; each further one doubles it
     * @param clock    gives nanoseconds
     */
    public DeviceTeam(List<Device> devices, Duration patience, Duration rest, LongSupplier clock) {
        this.members = IntStream.range(0, devices.size()).mapToObj(i -> new GroupDevice(i, devices.get(i), rest))
                .toList();
        this.workers = new Workers(members.size(), patience);
        this.clock = clock;
    }

    /** Returns the devices of the members. */
    public List<Device> devices() {
        return members.stream().map(GroupDevice::device).toList();
    }

    /** Now, in nanoseconds. */
    public long now() {
        return clock.getAsLong();
    }

    public List<GroupDevice> members() {
        return members;
    }

    /** Returns the members that work; those that do not are tried again if it is time. */
    public List<GroupDevice> present() {
        members.forEach(m -> m.tryAgain(workers::aside));
        List<GroupDevice> present = members.stream().filter(GroupDevice::isPresent).toList();
        if (present.isEmpty()) {
            throw noneLeft("no device is left");
        }
        return present;
    }

    public NoDeviceLeft noneLeft(String what) {
        return new NoDeviceLeft(what, members);
    }

    /**
     * Returns how fast the devices may be, before they were seen at work: as {@code devices --probe} measured them,
     * else by their units.
     */
    public double[] speeds() {
        Map<String, Double> measured = DeviceChoice.ranking().stream()
                .collect(Collectors.toMap(DeviceChoice.Ranked::device, r -> r.speed().gflops(), (a, b) -> a));
        boolean all = devices().stream().allMatch(d -> measured.getOrDefault(d.report().id(), 0.0) > 0);
        return devices().stream().map(Device::report)
                .mapToDouble(r -> all ? measured.get(r.id()) : Math.max(1, r.computeUnits())).toArray();
    }

    /** Returns the threads that wait for the devices. */
    public Workers workers() {
        return workers;
    }

    /** Returns what devices have in place of a variable. */
    public Copies copies(Variable variable) {
        synchronized (copies) {
            return copies.computeIfAbsent(variable, Copies::new);
        }
    }

    /** Returns the value of a variable that is on these devices. */
    Replicas replicas(Variable variable) {
        return (Replicas) variable.on(this, value -> new Replicas(this, copies(variable), value));
    }

    /** Moves the variables' values back to the host, and waits a while for devices that are being tried again. */
    @Override
    public void close() {
        List<Variable> known;
        synchronized (copies) {
            known = new ArrayList<>(copies.keySet());
        }
        for (Variable v : known) {
            try {
                v.leave(this);
            } catch (DeviceFailure e) {
                LOG.warn("{}", e.getMessage());
            }
        }
        synchronized (this) {
            synchronized (copies) {
                copies.values().forEach(Copies::close);
                copies.clear();
            }
        }
        workers.close();
    }
}
