package io.clarion.cli;

import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.Interruption;
import io.clarion.cli.terminal.Table;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.metrics.MetricsRegistry;
import io.clarion.engine.metrics.MetricsRegistry.Look;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Shows what the processes of this user do on the devices: at a terminal in one place, else one block after another.
 *
 * @param interval between two looks
 * @param times    how often it is shown, if nobody interrupts
 */
record DeviceWatch(CliContext context, MetricsRegistry registry, Duration interval, int times) {
    /** The terminal's first line, and nothing from there on. */
    private static final String CLEARED = "\033[H\033[J";

    void run() throws IOException {
        List<DeviceReport> devices = context.usableDevices(null).stream().map(DeviceChoice::report).toList();
        try (var interruption = new Interruption()) {
            Look before = registry.look();
            for (int i = 0; i < times && !context.out().checkError() && !interruption.within(interval); i++) {
                Look now = registry.look();
                show(Occupancy.between(before, now, devices));
                before = now;
            }
        }
        context.out().flush();
    }

    private void show(List<Occupancy> all) {
        if (context.isInteractive()) {
            context.out().print(CLEARED);
        }
        context.say("%tT", LocalTime.now().truncatedTo(ChronoUnit.SECONDS));
        table(all).print(context);
        context.out().println();
    }

    private static Table table(List<Occupancy> all) {
        var table = new Table("device", "name", "processes", "utilisation %", "memory held", "queue depth", "calls/s");
        for (Occupancy o : all) {
            table.row(o.device(), o.name(), o.processes(), String.format(Locale.ROOT, "%.1f", 100 * o.utilisation()),
                    String.format(Locale.ROOT, "%.1f MB of %s", o.held() * 1e-6, DevicesCommand.memory(o.memory())),
                    o.queued(),
                    String.format(Locale.ROOT, "%.1f", o.callsPerSecond()));
        }
        return table;
    }
}
