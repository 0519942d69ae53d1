package io.clarion.cli;

import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code clarion tune}. */
@Command(name = "tune", description = {
        "Searches how a device computes products and convolutions fastest, and keeps it for later.",
        "What is tried is compared with the reference engine before it is timed. The table is kept in `tuning` of Clarion's folder, "
                + "by device and driver; it is deleted like any file."})
final class TuneCommand implements Callable<Integer> {
    private final CliContext context;

    @Mixin
    private DeviceOption device;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "5",
            description = "How long to search, ${DEFAULT-VALUE} by default.")
    private double minutes;

    TuneCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (!(minutes > 0 && minutes < 1e6)) {
            throw new WrongUse("--minutes is " + minutes + ", and a number above 0 is needed");
        }
        DeviceChoice choice = device.chosen(context);
        try (Device open = choice.open(); Device expected = DeviceChoice.first(context.reference()).open()) {
            var kept = open.tune(expected, Duration.ofMillis((long) (minutes * 60_000)), line -> {
                context.say("%s", line);
                context.out().flush();
            });
            context.say("%s is kept in %s and used from now on", choice.report().id(), kept);
        }
        return 0;
    }
}
