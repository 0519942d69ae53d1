package io.clarion.schedule.cost;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Speed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The cost model of devices: how long they take for what they are asked, as far as is known. It begins with what
 * {@code clarion devices --probe} measured, or with a guess from a device's units, and learns from what is observed;
 * {@link CostFile} keeps that for later processes. Thread-safe.
 */
public final class CostModel implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private final long pause;
    private final Map<String, Known> known = new HashMap<>();

    /** Which way bytes go between the host and a device. */
    public enum Direction { TO_DEVICE, FROM_DEVICE }

    /** The bytes that go each way in a call. */
    public record Moved(long toDevice, long fromDevice) {
        static final Moved NOTHING = new Moved(0, 0);

        long bytes(Direction direction) {
            return direction == Direction.TO_DEVICE ? toDevice : fromDevice;
        }
    }

    /** A device, and whether there is more than its file has. */
    private static final class Known {
        private final DeviceReport report;
        private final DeviceCosts costs;
        private boolean isNew;
        private long written = System.nanoTime();

        Known(DeviceReport report) {
            this.report = report;
            Speed speed = DeviceChoice.ranking().stream().filter(r -> r.device().equals(report.id()))
                    .map(DeviceChoice.Ranked::speed).findFirst().orElse(null);
            this.costs = new DeviceCosts(report, speed, CostFile.read(report));
        }
    }

    /** The cost model of this process, which is kept for others when it ends. */
    private static final class OfUser {
        private static final CostModel MODEL = new CostModel();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(MODEL::close));
        }
    }

    CostModel() {
        this(PAUSE);
    }

    /** Returns what all of this process learn from and add to. */
    public static CostModel ofUser() {
        return OfUser.MODEL;
    }

    /** Writes what was learned of a device once in {@code pause} at most, and when it is closed. */
    CostModel(Duration pause) {
        this.pause = pause.toNanos();
    }

    private Known known(Device device) {
        return known.computeIfAbsent(device.report().id(), id -> new Known(device.report()));
    }

    /** Returns how many seconds a device takes for one thing after another, within a call. */
    public synchronized double seconds(Device device, List<Effort> efforts) {
        return known(device).costs.seconds(efforts);
    }

    /** Returns the same as {@link #seconds(Device, List)} of one. */
    public double seconds(Device device, Effort effort) {
        return seconds(device, List.of(effort));
    }

    /** Returns how many seconds a call of a device takes besides what is computed in it. */
    public synchronized double callSeconds(Device device) {
        return known(device).costs.call();
    }

    /**
     * Learns that a call of a device took so many seconds, from asking to the answer, in which it did all of
     * {@code efforts}.
     */
    public synchronized void observed(Device device, List<Effort> efforts, Moved moved, double seconds) {
        Known of = known(device);
        of.costs.took(efforts, moved, seconds);
        learned(of);
    }

    /** Returns how many seconds so many bytes are on their way between the host and a device. */
    public synchronized double transferSeconds(Device device, Direction direction, long bytes) {
        return known(device).costs.transfer(direction, bytes);
    }

    private void learned(Known of) {
        of.isNew = true;
        if (System.nanoTime() - of.written >= pause) {
            write(of);
        }
    }

    private void write(Known of) {
        if (of.isNew && CostFile.isKept()) {
            CostFile.write(of.report, of.costs.terms());
        }
        of.isNew = false;
        of.written = System.nanoTime();
    }

    /** Writes what was learned since the last time. */
    @Override
    public synchronized void close() {
        known.values().forEach(this::write);
    }
}
