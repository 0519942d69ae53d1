package io.clarion.cli;

import io.clarion.bench.Result;
import io.clarion.bench.Unit;
import io.clarion.cli.terminal.Children;
import io.clarion.cli.terminal.Children.End;
import io.clarion.cli.terminal.CliContext;
import io.clarion.engine.DeviceChoice;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Workloads that are a process each. */
enum WholeProcess {
    /** From the process's start to a first prediction, every kernel compiled by the driver. */
    START_COLD(Unit.SECONDS),
    /** The same with the kernels on disk. */
    START_WARM(Unit.SECONDS),
    /** The most memory held while the convolutional net is trained. */
    PEAK_MEMORY(Unit.MEGABYTES);

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private final Unit unit;

    WholeProcess(Unit unit) {
        this.unit = unit;
    }

    static Stream<String> names() {
        return Arrays.stream(values()).map(WholeProcess::word);
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Result run(String word, DeviceChoice choice, CliContext context) {
        WholeProcess workload = Arrays.stream(values()).filter(w -> w.word().equals(word)).findFirst().orElseThrow();
        return new Result(word, workload.measured(choice, context), workload.unit, Double.NaN);
    }

    private double measured(DeviceChoice choice, CliContext context) {
        String id = choice.report().id();
        return switch (this) {
            // Clarion's own cache, and PoCL's.
            case START_COLD -> seconds(context, Children.WITHOUT_CACHES, id);
            case START_WARM -> {
                seconds(context, Map.of(), id);
                yield seconds(context, Map.of(), id);
            }
            case PEAK_MEMORY -> told(context, Map.of(), "memory", id).figure * 1e-6;
        };
    }

    private static double seconds(CliContext context, Map<String, String> environment, String id) {
        long start = System.nanoTime();
        return (told(context, environment, "predict", id).when - start) * 1e-9;
    }

    /** A figure and when it came, by System.nanoTime(). */
    private record Told(double figure, long when) {}

    private static Told told(CliContext context, Map<String, String> environment, String job, String id) {
        var told = new AtomicReference<Told>();
        var error = new AtomicReference<String>();
        End end = context.children().run(List.of(ChildCommand.NAME, job, id), environment, LIMIT,
                line -> ChildLine.parse(line).ifPresent(l -> {
                    if (l.figure() != null) {
                        told.set(new Told(l.figure(), System.nanoTime()));
                    }
                    error.compareAndSet(null, l.error());
                }));
        if (told.get() == null) {
            throw new IllegalStateException(
                    job + " on " + id + ": " + (error.get() != null ? error.get() : end.describe()));
        }
        return told.get();
    }
}
