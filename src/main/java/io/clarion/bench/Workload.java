package io.clarion.bench;

import java.util.function.Supplier;

/**
 * Something that is done again and again, and timed.
 *
 * @param name    as in {@code gemm512}
 * @param unit    what its speed is told in
 * @param amount  operations or samples a run, where the unit is a rate
 * @param limit   what bounds it at best, for the share of the device's own peak
 * @param work    operations, or bytes, a run: what the share is taken of
 * @param prepare builds it on the device in use
 */
public record Workload(String name, Unit unit, double amount, Limit limit, double work, Supplier<Run> prepare) {
    /** The bound of a workload's speed: arithmetic or memory. */
    public enum Limit {
        ARITHMETIC, READING, COPYING, NONE
    }

    /** A workload that is ready to be run. */
    public interface Run extends AutoCloseable {
        /** Does it once, to the end. */
        void once();

        @Override
        void close();
    }

    /** Bound by arithmetic: {@code operations} a run, told as their rate. */
    static Workload rate(String name, double operations, Supplier<Run> prepare) {
        return new Workload(name, Unit.GFLOPS, operations, Limit.ARITHMETIC, operations, prepare);
    }

    /** Bound by memory: {@code bytes} a run. */
    static Workload time(String name, Unit unit, Limit limit, double bytes, Supplier<Run> prepare) {
        return new Workload(name, unit, 1, limit, bytes, prepare);
    }

    /** Returns {@code samples} a run, each of {@code operations}. */
    static Workload samples(String name, int samples, double operations, Supplier<Run> prepare) {
        return new Workload(name, Unit.SAMPLES, samples, Limit.ARITHMETIC, samples * operations, prepare);
    }
}
