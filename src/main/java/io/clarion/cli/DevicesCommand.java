package io.clarion.cli;

import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.Table;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.PlatformReport;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.MetricsRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code clarion devices}. */
@Command(name = "devices", description = {"Lists the devices and says which one is used.",
        "With --watch: what all processes of this user do on them, time and again."})
final class DevicesCommand implements Callable<Integer> {
    /** Seconds between two looks. */
    private static final double SHORTEST = 0.01;
    private static final double LONGEST = 86_400;

    private final CliContext context;

    @Option(names = "--json", description = "Print JSON (\"schema\": 1) rather than a table.")
    private boolean json;

    @Option(names = "--probe", description = "Measure each device and remember which is the fastest.")
    private boolean probe;

    @Option(names = "--watch", arity = "0..1", fallbackValue = "1", paramLabel = "SECONDS",
            description = "Show every so many seconds, 1 if none are given, how far each device is used, the memory that is held and "
                    + "the calls that wait, until interrupted.")
    private Double watch;

    @Option(names = "--times", paramLabel = "N", description = "With --watch: show it so many times, then end.")
    private Integer times;

    DevicesCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (watch != null || times != null) {
            watched().run();
            return 0;
        }
        List<Engine> engines = context.engines().get();
        Map<String, Probing> probed = probe ? probed() : Map.of();
        if (probe) {
            DeviceChoice.remember(Probing.ranking(probed));
        }
        Optional<DeviceChoice> chosen = DefaultDevice.of(engines, context.err()::println);
        String id = chosen.map(c -> c.report().id()).orElse(null);
        if (json) {
            DeviceListing.of(engines, id, probed).print(context.out());
            return 0;
        }
        devices(id).print(context);
        for (PlatformReport platform : engines.stream().flatMap(e -> e.survey().stream()).toList()) {
            platform.error().ifPresent(e -> context.say("platform %s (%s): %s", platform.name(), platform.engine(), e));
        }
        if (probe) {
            context.out().println();
            speeds(probed).print(context);
        }
        return 0;
    }

    private DeviceWatch watched() {
        if (watch == null) {
            throw new WrongUse("--times is of --watch, which is not there");
        }
        if (json || probe) {
            throw new WrongUse(
                    "--watch prints a table of its own; " + (json ? "--json" : "--probe") + " does not go with it");
        }
        if (!(watch >= SHORTEST && watch <= LONGEST)) {
            throw new WrongUse("--watch is " + watch + ", and a number of seconds from " + SHORTEST + " to " + LONGEST
                    + " is needed");
        }
        if (times != null && times < 1) {
            throw new WrongUse("--times is " + times + ", and a number from 1 on is needed");
        }
        return new DeviceWatch(context, MetricsRegistry.ofUser(), Duration.ofNanos((long) (watch * 1e9)),
                times == null ? Integer.MAX_VALUE : times);
    }

    private Map<String, Probing> probed() {
        var probed = new LinkedHashMap<String, Probing>();
        for (DeviceChoice choice : context.usableDevices(null)) {
            context.err().println("measuring " + choice.report().id() + " ...");
            probed.put(choice.report().id(), Probing.of(choice, context));
        }
        return probed;
    }

    private Table devices(String defaultId) {
        var table = new Table("id", "name", "vendor", "type", "driver", "version", "units", "memory", "fp16", "fp64",
                "used");
        for (DeviceChoice choice : context.devices()) {
            DeviceReport d = choice.report();
            table.row(d.id(), d.name(), d.vendor(), d.type(), d.driver(), d.version(), d.computeUnits(),
                    memory(d.memory()),
                    d.fp16() ? "yes" : "no", d.fp64() ? "yes" : "no",
                    d.unusable().map(why -> "no: " + why)
                            .orElse(d.id().equals(defaultId) ? "yes, the default" : "yes"));
        }
        return table;
    }

    /** In gigabytes of 10⁹ bytes. */
    static String memory(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes * 1e-9);
    }

    private static Table speeds(Map<String, Probing> probed) {
        var table = new Table("id", "read GB/s", "copy GB/s", "GFLOP/s", "launch us", "launch and wait us",
                "measurement");
        probed.forEach((id, p) -> {
            if (p.speed().isPresent()) {
                Speed s = p.speed().get();
                table.row(id, rounded(s.readGBs()), rounded(s.copyGBs()), rounded(s.gflops()),
                        rounded(s.launchMicros()),
                        rounded(s.launchAndWaitMicros()), p.end());
            } else {
                table.row(id, "", "", "", "", "", p.end());
            }
        });
        return table;
    }

    private static String rounded(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}
