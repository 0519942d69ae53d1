package io.clarion.cli;

import io.clarion.K;
import io.clarion.bench.Starts;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What runs in a child: everything that a driver could crash or hang. Prints {@link ChildLine}s; ends with exit code 0. */
@Command(name = "child", hidden = true)
final class ChildCommand {
    private final Surroundings surroundings;

    ChildCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Command(name = "probe")
    int probe(@Parameters(paramLabel = "DEVICE") String id) {
        return onDevice(id, device -> ChildLine.of(device.probe()));
    }

    @Command(name = "doctor")
    int doctor(@Parameters(paramLabel = "ENGINE") String engine) {
        return telling(() -> engine(engine).diagnose().forEach(f -> tell(ChildLine.of(f))));
    }

    @Command(name = "check")
    int check(@Parameters(paramLabel = "DEVICE") String id, @Parameters(paramLabel = "EXTENT") Extent extent) {
        return telling(() -> {
            DeviceChoice choice = DeviceChoice.named(id, surroundings.engines().get());
            Engine reference = engine("reference");
            boolean isReference = choice.engine().name().equals(reference.name());
            try (Device device = choice.open(); Device expected = DeviceChoice.first(reference).open()) {
                var checker = new Checker(device, expected);
                for (Check.Group group : extent.groups()) {
                    // The reference engine would be compared with itself.
                    checker.run(isReference ? group.stated() : group, extent.isApart(), v -> tell(ChildLine.of(v)));
                }
            }
        });
    }

    @Command(name = "predict")
    int predict(@Parameters(paramLabel = "DEVICE") String id) {
        return onDevice(id, device -> {
            K.useDevice(device);
            return ChildLine.of(Starts.predicted());
        });
    }

    @Command(name = "memory")
    int memory(@Parameters(paramLabel = "DEVICE") String id) {
        return onDevice(id, device -> {
            K.useDevice(device);
            return ChildLine.of(Starts.memoryOfTraining());
        });
    }

    private int onDevice(String id, Function<Device, ChildLine> work) {
        return telling(() -> {
            try (Device device = DeviceChoice.named(id, surroundings.engines().get()).open()) {
                tell(work.apply(device));
            }
        });
    }

    private Engine engine(String name) {
        return surroundings.engines().get().stream().filter(e -> e.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("engine \"" + name + "\" is not on the class path"));
    }

    private int telling(Runnable work) {
        try {
            work.run();
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            tell(ChildLine.of(e));
        }
        return 0;
    }

    private void tell(ChildLine line) {
        surroundings.out().println(line.text());
        surroundings.out().flush();
    }
}
