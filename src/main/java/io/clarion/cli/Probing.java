package io.clarion.cli;

import io.clarion.cli.terminal.Children;
import io.clarion.cli.terminal.CliContext;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceChoice.Ranked;
import io.clarion.engine.Speed;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The outcome of measuring a device in a child process.
 *
 * @param end how: "done", an error, or that it crashed or hung
 */
record Probing(Optional<Speed> speed, String end) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static Probing of(DeviceChoice choice, CliContext context) {
        var speed = new AtomicReference<Speed>();
        var error = new AtomicReference<String>();
        Children.End end = context.children().run(List.of(ChildCommand.NAME, "probe", choice.report().id()), LIMIT,
                line -> ChildLine.parse(line).ifPresent(l -> {
                    speed.compareAndSet(null, l.speed());
                    error.compareAndSet(null, l.error());
                }));
        boolean measured = speed.get() != null && end instanceof Children.End.Done;
        return new Probing(measured ? Optional.of(speed.get()) : Optional.empty(),
                measured || error.get() == null ? end.describe() : error.get());
    }

    /**
     * Returns the devices that were measured, the fastest first: in the time of 10 Gflop, a gigabyte read and a
     * thousand launches.
     */
    static List<Ranked> ranking(Map<String, Probing> probed) {
        return probed.entrySet().stream().filter(e -> e.getValue().speed.isPresent())
                .map(e -> new Ranked(e.getKey(), e.getValue().speed.get()))
                .sorted(Comparator.comparingDouble(r -> seconds(r.speed()))).toList();
    }

    private static double seconds(Speed s) {
        return 10 / s.gflops() + 1 / s.readGBs() + 1000 * s.launchMicros() * 1e-6;
    }
}
