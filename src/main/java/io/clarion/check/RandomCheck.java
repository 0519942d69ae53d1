package io.clarion.check;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.tensor.DType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs random programs on a device and on the reference engine. A function has several programs, as they are compiled
 * sooner together; they are a function of a seed and of whether the device has float64.
 */
public final class RandomCheck implements AutoCloseable {
    /** How many programs a function has. */
    public static final int TOGETHER = 4;
    /** The part that is all of a function. */
    public static final int ALL = -1;
    private static final int SHRINKING_SECONDS = 120;

    private final Device device;
    private final Device reference;
    private final DType floatx = K.floatx();
    private volatile long start = System.nanoTime();

    /**
     * The outcome of a seed.
     *
     * @param elements that were computed, in all calls
     * @param ill      those that are ill-conditioned: of which rounding errors of the size of a device's leave nothing
     * @param refused  why the function could not be made; null if it could
     * @param failed   what the device does wrong; null if nothing
     * @param program  the shortest lines of Java that were found to fail; null if nothing does
     */
    public record Result(long elements, long ill, String refused, String failed, String program) {}

    /** Makes a check of a device against the reference engine's. */
    public RandomCheck(Device device, Device reference) {
        this.device = device;
        this.reference = reference;
    }

    /** Returns the lines of Java of one of the programs of a seed, or of all. */
    public static String text(long seed, int part, Device reference, boolean hasFloat64) {
        return program(seed, part, reference, hasFloat64).text();
    }

    private static Program program(long seed, int part, Device reference, boolean hasFloat64) {
        List<Program> programs = Generator.programs(seed, TOGETHER, reference, hasFloat64);
        return Program.together(part == ALL ? programs : List.of(programs.get(part)));
    }

    /** Runs one of the programs of a seed, or all in one function, and shrinks what the device does wrong. */
    public Result run(long seed, int part) {
        start = System.nanoTime();
        Program program = program(seed, part, reference, device.report().fp64());
        Trial.Outcome first = tried(program, Trial.MORE);
        // Of ties among many, rounding errors show in few runs.
        return first instanceof Trial.Outcome.Failed ? result(tried(program, Trial.MANY), program)
                : result(first, program);
    }

    private Result result(Trial.Outcome outcome, Program program) {
        return switch (outcome) {
            case Trial.Outcome.Passed(long elements, long ill) -> new Result(elements, ill, null, null, null);
            case Trial.Outcome.Refused(String why) -> new Result(0, 0, String.valueOf(why), null, null);
            case Trial.Outcome.Failed(String what, int output) -> {
                Program shrunk = new Shrinker(
                        p -> tried(p, Trial.MANY) instanceof Trial.Outcome.Failed f && f.isLike(what),
                        TimeUnit.SECONDS.toNanos(SHRINKING_SECONDS))
                        .shrunk(program, output);
                yield new Result(0, 0, null, tried(shrunk, Trial.MANY) instanceof Trial.Outcome.Failed f ? f.what()
                        : what + " (but not each time)", shrunk.text());
            }
        };
    }

    /**
     * Shrinks a program of a seed, or all, that ends the process or never ends.
     *
     * @param ended for each shorter program that earlier processes tried, '1' if the process ended with it, else '0'
     * @param tries is told true before a further one is tried, and false if the process has outlived it
     * @return the lines of Java of the shortest
     */
    public String shrunk(long seed, int part, String ended, Consumer<Boolean> tries) {
        var tried = new AtomicInteger();
        return new Shrinker(p -> {
            if (tried.getAndIncrement() < ended.length()) {
                return ended.charAt(tried.get() - 1) == '1';
            }
            tries.accept(true);
            tried(p, Trial.MORE);
            tries.accept(false);
            return false;
        }, Long.MAX_VALUE / 2).shrunk(program(seed, part, reference, device.report().fp64()), -1).text();
    }

    private Trial.Outcome tried(Program program, int runs) {
        start = System.nanoTime();
        return new Trial(device, reference, runs).of(program);
    }

    /** Returns for how many seconds the function that is computed now has been under way. */
    public double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }

    /** Gives K back its floating-point type. */
    @Override
    public void close() {
        K.setFloatx(floatx);
    }
}
