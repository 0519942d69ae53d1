package io.clarion.cli;

import io.clarion.K;
import io.clarion.bench.Starts;
import io.clarion.check.device.Check;
import io.clarion.check.device.Checker;
import io.clarion.check.device.Extent;
import io.clarion.cli.terminal.CliContext;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The command that runs in a child process: everything that a driver could crash or hang. Prints {@link ChildLine}s;
 * ends with exit code 0. It starts often, so it does without the parser, whose classes take longer to load than a
 * prediction takes.
 */
final class ChildCommand {
    /** The first of its arguments. */
    static final String NAME = "child";

    private final CliContext context;

    ChildCommand(CliContext context) {
        this.context = context;
    }

    /** Does what the arguments after {@link #NAME} say: a job and what it is about. */
    int run(String... arguments) {
        return switch (arguments[0]) {
            case "probe" -> probe(arguments[1]);
            case "doctor" -> doctor(arguments[1]);
            case "check" -> check(arguments[1], Extent.valueOf(arguments[2]));
            case "random" -> random(arguments[1],
                    (device, reference) -> RandomRun.run(device, reference, rest(arguments), this::tell));
            case "shrink" -> random(arguments[1],
                    (device, reference) -> RandomRun.shrink(device, reference, rest(arguments), this::tell));
            case "predict" -> predict(arguments[1]);
            case "memory" -> memory(arguments[1]);
            default -> telling(() -> {
                throw new IllegalArgumentException(NAME + ": there is no job " + arguments[0]);
            });
        };
    }

    private int probe(String id) {
        return onDevice(id, device -> ChildLine.of(device.probe()));
    }

    private int doctor(String engine) {
        return telling(() -> context.engine(engine).diagnose().forEach(f -> tell(ChildLine.of(f))));
    }

    private int check(String id, Extent extent) {
        return telling(() -> {
            DeviceChoice choice = DeviceChoice.named(id, context.engines().get());
            Engine reference = context.reference();
            boolean isReference = choice.engine().role() == Engine.Role.REFERENCE;
            try (Device device = choice.open(); Device expected = DeviceChoice.first(reference).open()) {
                var checker = new Checker(device, expected);
                for (Check.Group group : extent.groups()) {
                    // The reference engine would be compared with itself.
                    checker.run(isReference ? group.stated() : group, extent.isApart(), v -> tell(ChildLine.of(v)));
                }
            }
        });
    }

    private static List<String> rest(String[] arguments) {
        return List.of(arguments).subList(2, arguments.length);
    }

    private int random(String id, BiConsumer<Device, Device> work) {
        return telling(() -> {
            try (Device device = DeviceChoice.named(id, context.engines().get()).open();
                    Device reference = DeviceChoice.first(context.reference()).open()) {
                work.accept(device, reference);
            }
        });
    }

    private int predict(String id) {
        return onDevice(id, device -> {
            K.useDevice(device);
            return ChildLine.of(Starts.predicted());
        });
    }

    private int memory(String id) {
        return onDevice(id, device -> {
            K.useDevice(device);
            return ChildLine.of(Starts.memoryOfTraining());
        });
    }

    private int onDevice(String id, Function<Device, ChildLine> work) {
        return telling(() -> {
            try (Device device = DeviceChoice.named(id, context.engines().get()).open()) {
                tell(work.apply(device));
            }
        });
    }

    private int telling(Runnable work) {
        try {
            work.run();
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            tell(ChildLine.of(e));
        }
        return 0;
    }

    private void tell(RandomRun.Line line) {
        tell(ChildLine.of(line));
    }

    private void tell(ChildLine line) {
        context.out().println(line.text());
        context.out().flush();
    }
}
