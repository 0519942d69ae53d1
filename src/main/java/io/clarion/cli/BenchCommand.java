package io.clarion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.K;
import io.clarion.bench.Coexecution;
import io.clarion.bench.Peers;
import io.clarion.bench.Result;
import io.clarion.bench.Scaling;
import io.clarion.bench.Workload;
import io.clarion.bench.Workloads;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code clarion bench}. */
@Command(name = "bench", description = {"Measures how fast a device does what nets consist of: medians of many runs.",
        "A line is `clarion-DEVICE WORKLOAD VALUE UNIT`, followed by the share of the device's own peak and, with --against, by how "
                + "many times as good as the best there it is."})
final class BenchCommand implements Callable<Integer> {
    private final CliContext context;

    @Parameters(paramLabel = "WORKLOAD", arity = "0..*",
            description = "Names of workloads, or what they begin with, as in `conv3x3`; all if none is named. "
                    + "`list` lists them; `scaling` shows how the cost grows with depth, steps, batch and width, "
                    + "`coexecution` how fast devices are together.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private DeviceOption device;

    @Option(names = "--devices", split = ",", paramLabel = "DEVICE", defaultValue = "all",
            description = "Of `coexecution`: those that share each batch; `all` by default.")
    private List<String> devices;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1",
            description = "How long to repeat each workload, ${DEFAULT-VALUE} by default; ten times at least.")
    private double seconds;

    @Option(names = "--json", description = "Print JSON (\"schema\": 1) rather than lines.")
    private boolean json;

    @Option(names = "--against", paramLabel = "FILE",
            description = "Lines of `PEER WORKLOAD VALUE UNIT` to compare with.")
    private Path against;

    BenchCommand(CliContext context) {
        this.context = context;
    }

    private static List<String> known() {
        return Stream.concat(Workloads.all().stream().map(Workload::name), WholeProcess.names()).toList();
    }

    @Override
    public Integer call() throws IOException {
        if (names.equals(List.of("list"))) {
            known().forEach(context.out()::println);
            return 0;
        }
        if (names.equals(List.of("scaling"))) {
            scaling();
            return 0;
        }
        if (names.equals(List.of("coexecution"))) {
            coexecution();
            return 0;
        }
        for (String name : names) {
            if (known().stream().noneMatch(w -> w.startsWith(name))) {
                throw new WrongUse("workload \"" + name + "\" is not known; `clarion bench list` lists those that are");
            }
        }
        Peers peers = against == null ? new Peers(List.of()) : Peers.read(against);
        var results = new ArrayList<Map<String, Object>>();
        DeviceChoice choice = device.chosen(context);
        run(choice, r -> {
            Optional<Peers.Line> best = peers.best(r);
            results.add(fields(choice, r, best));
            if (!json) {
                print(choice, r, best);
            }
        });
        if (json) {
            var listing = new LinkedHashMap<String, Object>(Map.of("schema", 1));
            listing.put("results", results);
            context.out().println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(listing));
        }
        return 0;
    }

    private void coexecution() {
        List<DeviceChoice> choices = WrongUse.in(() -> DeviceChoice.several(devices, context.engines().get().get(0)));
        List<Device> open = choices.stream().map(DeviceChoice::open).toList();
        try {
            Coexecution.cases().forEach(c -> {
                context.say("%s", c.measured(open, seconds));
                context.out().flush();
            });
        } finally {
            open.forEach(Device::close);
        }
    }

    private void scaling() {
        DeviceChoice choice = device.chosen(context);
        try (Device open = choice.open()) {
            K.useDevice(open);
            for (Scaling.Case c : Scaling.cases()) {
                context.say("%s %s", who(choice), c.measured(open, seconds));
            }
        }
    }

    private void run(DeviceChoice choice, java.util.function.Consumer<Result> then) {
        List<Workload> asked = Workloads.all().stream().filter(w -> isAsked(w.name())).toList();
        if (!asked.isEmpty()) {
            try (Device open = choice.open()) {
                K.useDevice(open);
                var peak = open.probe();
                asked.forEach(w -> then.accept(Result.of(w, peak, seconds)));
            }
        }
        WholeProcess.names().filter(this::isAsked)
                .forEach(name -> then.accept(WholeProcess.run(name, choice, context)));
    }

    private boolean isAsked(String workload) {
        return names.isEmpty() || names.stream().anyMatch(workload::startsWith);
    }

    private void print(DeviceChoice choice, Result r, Optional<Peers.Line> best) {
        String share = Double.isNaN(r.share()) ? ""
                : String.format(Locale.ROOT, "  %.0f %% of its peak", 100 * r.share());
        context.say("%s%s%s", r.line(who(choice)), share, best.map(b -> String.format(Locale.ROOT, "  %.2f x %s's %s",
                r.unit().ratio(r.value(), b.value()), b.peer(), Result.number(b.value()))).orElse(""));
        context.out().flush();
    }

    private static Map<String, Object> fields(DeviceChoice choice, Result r, Optional<Peers.Line> best) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("device", choice.report().id());
        fields.put("workload", r.workload());
        fields.put("value", r.value());
        fields.put("unit", r.unit().word());
        fields.put("shareOfPeak", Double.isNaN(r.share()) ? null : r.share());
        fields.put("peer", best.map(Peers.Line::peer).orElse(null));
        fields.put("timesPeer", best.map(b -> r.unit().ratio(r.value(), b.value())).orElse(null));
        return fields;
    }

    private static String who(DeviceChoice choice) {
        return "clarion-" + choice.report().id();
    }
}
