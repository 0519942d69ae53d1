package io.clarion.cli;

import io.clarion.engine.DeviceChoice;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code clarion check}. */
@Command(name = "check", description = {"Compares what each device computes with Commons Math and with the reference engine.",
    "An error is counted in ULP, units in the last place of a float32; what is allowed grows with the number of terms."})
final class CheckCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private DeviceOption device;

    @Option(names = "--full", description = "All sizes up to a million, and each check as a function of its own.")
    private boolean full;

    @Option(names = "--sample", description = "The few checks that `clarion` without a command makes.")
    private boolean sample;

    CheckCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        boolean passed = true;
        boolean any = false;
        for (DeviceChoice choice : surroundings.usableDevices(device.asked())) {
            Checked checked = Checked.of(choice, full ? Extent.FULL : sample ? Extent.SAMPLE : Extent.ALL, surroundings);
            surroundings.say("%s%s (%s)", any ? System.lineSeparator() : "", choice.report().id(), choice.report().name());
            checked.table(false).print(surroundings);
            surroundings.say("%s  %s", choice.report().id(), checked.summary());
            passed &= checked.passed();
            any = true;
        }
        if (!any) {
            surroundings.err().println("there is no usable device to check; `clarion doctor` says why");
        }
        return passed && any ? 0 : 1;
    }
}
