package io.clarion.cli;

import io.clarion.cli.terminal.CliContext;
import io.clarion.config.Environment;
import io.clarion.engine.DeviceChoice;
import picocli.CommandLine.Option;

/** The option {@code --device}. */
final class DeviceOption {
    @Option(names = "--device", paramLabel = "DEVICE",
            description = "Its id, as `clarion devices` lists it, or a part of its name; "
                    + "otherwise CLARION_DEVICE says.")
    private String device;

    /** Returns what was asked for, here or in CLARION_DEVICE; null if nothing was. */
    String asked() {
        return device != null ? device : Environment.value("clarion.device", "CLARION_DEVICE").orElse(null);
    }

    /** Returns the one that was asked for, else the default device. */
    DeviceChoice chosen(CliContext context) {
        return asked() != null ? context.usableDevices(asked()).get(0)
                : DefaultDevice.of(context.engines().get(), context.err()::println)
                        .orElseThrow(() -> new IllegalStateException("there is no device to measure"));
    }
}
