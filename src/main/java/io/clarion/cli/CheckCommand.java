package io.clarion.cli;

import io.clarion.check.device.Extent;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code clarion check}. */
@Command(name = "check", description = {
        "Compares what each device computes with Commons Math and with the reference engine.",
        "An error is counted in ULP, units in the last place of a float32; what is allowed grows with the number of terms."})
final class CheckCommand implements Callable<Integer> {
    private final CliContext context;

    @Mixin
    private DeviceOption device;

    @Option(names = "--full", description = "All sizes up to a million, and each check as a function of its own.")
    private boolean full;

    @Option(names = "--sample", description = "The few checks that `clarion` without a command makes.")
    private boolean sample;

    @Option(names = "--random", paramLabel = "N",
            description = "Compare N graphs of random functions of K instead; one that is wrong is shrunk to a few lines "
                    + "of Java.")
    private Long random;

    @Option(names = "--seed", description = "With --random: the first seed; the same seeds give the same graphs.")
    private Long seed;

    @Option(names = "--seconds", defaultValue = "1000000000", hidden = true,
            description = "With --random: begin no more after so many seconds on a device.")
    private long seconds;

    CheckCommand(CliContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (random != null) {
            return randomly();
        }
        if (seed != null) {
            throw new WrongUse("--seed is of --random, which is not there");
        }
        boolean passed = true;
        boolean any = false;
        for (DeviceChoice choice : context.usableDevices(device.asked())) {
            Checked checked = Checked.of(choice, full ? Extent.FULL : sample ? Extent.SAMPLE : Extent.ALL, context);
            context.say("%s%s (%s)", any ? System.lineSeparator() : "", choice.report().id(), choice.report().name());
            checked.table(false).print(context);
            context.say("%s  %s", choice.report().id(), checked.summary());
            passed &= checked.passed();
            any = true;
        }
        if (!any) {
            context.err().println("there is no usable device to check; `clarion doctor` says why");
        }
        return passed && any ? 0 : 1;
    }

    private int randomly() {
        if (random < 1 || full || sample) {
            throw new WrongUse(random < 1 ? "--random is " + random + ", and a number from 1 on is needed"
                    : "--random goes with neither --full nor --sample");
        }
        long first = seed != null ? seed : System.currentTimeMillis() % 1_000_000_000;
        context.say("seed %d", first);
        Engine reference = context.reference();
        boolean passed = true;
        List<DeviceChoice> choices = context.usableDevices(device.asked()).stream()
                .filter(c -> device.asked() != null || c.engine() != reference).toList();
        for (DeviceChoice choice : choices) {
            passed &= new RandomRun(choice, reference, first, random, seconds, context).passes();
        }
        return passed && !choices.isEmpty() ? 0 : 1;
    }
}
