package io.clarion.engine.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Counts what the calls of a device do, in memory that other processes may see: a call arrives, starts when it has the
 * device, stops and leaves. Thread-safe; whatever is told to it takes nanoseconds and never fails.
 *
 * <p>Calls that have the device side by side count as one. The time that they had it is kept in one number, from which
 * they take the time of their start and to which they add that of their end, both since they were opened: so while they
 * run it is negative, and otherwise it is not.
 */
public final class DeviceMetrics implements AutoCloseable {
    /** How much memory the counts take. */
    public static final int BYTES = 6 * Long.BYTES;

    private static final int ORIGIN = 0;
    private static final int QUEUED = 8;
    private static final int RUNNING = 16;
    private static final int BUSY = 24;
    private static final int ENDED = 32;
    private static final int HELD = 40;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Metrics that nobody looks at. */
    public static final DeviceMetrics UNSEEN = new DeviceMetrics();

    private final CompletableFuture<ByteBuffer> memory;
    private volatile ByteBuffer counts;
    private final LongSupplier clock;
    private final long origin;
    private final Runnable atClose;

    /** Makes metrics that no other process sees. */
    public DeviceMetrics() {
        this(CompletableFuture.completedFuture(privately()), System::nanoTime, () -> {});
    }

    /**
     * Makes metrics that count in {@code memory}; the first count waits for it.
     *
     * @param memory of {@value #BYTES} bytes, all 0
     * @param clock  gives nanoseconds
     */
    public DeviceMetrics(CompletableFuture<ByteBuffer> memory, LongSupplier clock, Runnable atClose) {
        this.memory = memory;
        this.clock = clock;
        this.origin = clock.getAsLong() - 1;
        this.atClose = atClose;
    }

    /** Returns memory for counts that nobody else sees. */
    static ByteBuffer privately() {
        return ByteBuffer.allocateDirect(BYTES);
    }

    /** A call is asked for. */
    public void arrive() {
        add(QUEUED, 1);
    }

    /** A call that has arrived has the device from now on. */
    public void start() {
        if (add(RUNNING, 1) == 0) {
            add(BUSY, origin - clock.getAsLong());
        }
    }

    /** A call that has started has the device no longer. */
    public void stop() {
        if (add(RUNNING, -1) == 1) {
            add(BUSY, clock.getAsLong() - origin);
        }
        add(ENDED, 1);
    }

    /** A call that has arrived waits no more, whatever became of it. */
    public void leave() {
        add(QUEUED, -1);
    }

    /** The bytes of the device's memory that are held have grown by so many, or shrunk if that is below 0. */
    public void held(long growth) {
        add(HELD, growth);
    }

    private long add(int what, long number) {
        ByteBuffer known = counts;
        return (long) LONG.getAndAdd(known == null ? begun() : known, what, number);
    }

    private ByteBuffer begun() {
        ByteBuffer made = memory.join();
        LONG.setVolatile(made, ORIGIN, origin);
        counts = made;
        return made;
    }

    @Override
    public void close() {
        memory.join();
        atClose.run();
    }

    /**
     * The counts so far.
     *
     * @param queued calls that have arrived and not left
     * @param ended  calls that have had the device
     * @param busy   nanoseconds in which a call had the device
     * @param held   bytes of its memory
     */
    public record Reading(long queued, long ended, long busy, long held) {
        /** The reading of metrics that have just been opened. */
        public static final Reading NONE = new Reading(0, 0, 0, 0);

        /**
         * Returns what {@code counts} say at {@code now}, in nanoseconds of the metrics' clock: a call that has the
         * device had it until then.
         */
        public static Reading of(ByteBuffer counts, long now) {
            ByteBuffer numbers = counts.duplicate().order(ByteOrder.nativeOrder());
            long busy = numbers.getLong(BUSY);
            long until = busy < 0 ? busy + now - numbers.getLong(ORIGIN) : busy;
            return new Reading(numbers.getLong(QUEUED), numbers.getLong(ENDED), until, numbers.getLong(HELD));
        }
    }
}
