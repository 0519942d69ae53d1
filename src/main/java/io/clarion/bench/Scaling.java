package io.clarion.bench;

import io.clarion.engine.Device;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The growth of a training step's cost with one of its sizes.
 *
 * @param axis  what grows: "depth", "steps", "batch" or "width"
 * @param size  how large it is
 * @param first seconds of the first call beyond those of a later one: what compiling takes
 * @param run   seconds of a later call, the median
 * @param bytes of the device's memory that the step holds
 */
public record Scaling(String axis, int size, double first, double run, long bytes) {
    private static final int DEPTH = 64;

    /** Something to measure, not yet built. */
    public record Case(String axis, int size, IntFunction<Workload.Run> prepare) {
        /** Builds and times it on {@code device}, which is in use; each for {@code seconds}. */
        public Scaling measured(Device device, double seconds) {
            long before = device.memoryHeld();
            try (Workload.Run run = prepare.apply(size)) {
                long start = System.nanoTime();
                run.once();
                double first = (System.nanoTime() - start) * 1e-9;
                double median = Timing.of(run::once, seconds).median();
                return new Scaling(axis, size, Math.max(0, first - median), median, device.memoryHeld() - before);
            }
        }
    }

    /**
     * Nets of 10 to 1,000 layers, LSTMs of 10 to 1,000 steps, batches of 32 to 2,048 samples, layers of 64 to 2,048
     * units.
     */
    public static List<Case> cases() {
        return Stream.of(
                cases("depth",
                        depth -> Workloads.perceptron(128,
                                IntStream.concat(IntStream.generate(() -> DEPTH).limit(depth), IntStream.of(10))
                                        .toArray()),
                        10, 100, 1000),
                cases("steps", steps -> Workloads.lstm(steps, true), 10, 100, 1000),
                cases("batch", batch -> Workloads.perceptron(batch, 784, 512, 512, 10), 32, 128, 512, 2048),
                cases("width", width -> Workloads.perceptron(128, width, width, width, 10), 64, 256, 1024, 2048))
                .flatMap(List::stream).toList();
    }

    private static List<Case> cases(String axis, IntFunction<Workload.Run> prepare, int... sizes) {
        return Arrays.stream(sizes).mapToObj(size -> new Case(axis, size, prepare)).toList();
    }

    /** As in {@code depth 100: compiling 0.41 s, a step 3.2 ms, 5.1 MB}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s %d: compiling %s s, a step %s ms, %.1f MB", axis, size,
                Result.number(first), Result.number(run * 1e3), bytes * 1e-6);
    }
}
