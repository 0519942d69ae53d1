package io.clarion.cli;

import io.clarion.K;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.model.Digits;
import io.clarion.model.Net;
import io.clarion.model.Training;
import io.clarion.model.optimizer.Optimizer;
import io.clarion.schedule.Sharing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code clarion train}. */
@Command(name = "train", description = "Trains a net.", synopsisSubcommandLabel = "mnist")
final class TrainCommand {
    private final CliContext context;

    TrainCommand(CliContext context) {
        this.context = context;
    }

    /** The options of {@code train mnist}. */
    static final class Options {
        @Option(names = "--model", paramLabel = "MODEL", defaultValue = "cnn",
                description = "mlp or cnn; ${DEFAULT-VALUE} by default.")
        String model;

        @Option(names = "--epochs", paramLabel = "N", defaultValue = "3", description = "${DEFAULT-VALUE} by default.")
        int epochs;

        @Option(names = "--batch", paramLabel = "N", defaultValue = "128",
                description = "CheckInputs a step; ${DEFAULT-VALUE} by default.")
        int batch;

        @Option(names = "--optimizer", paramLabel = "NAME", defaultValue = "adam",
                description = "sgd, rmsprop, adagrad, adadelta, adam, adamax or nadam, with Keras's settings; ${DEFAULT-VALUE} by default.")
        String optimizer;

        @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
                description = "Of the first weights and the order of the samples; ${DEFAULT-VALUE} by default.")
        long seed;

        @Option(names = "--load", paramLabel = "FILE", description = "Weights (.npz) to begin with.")
        Path load;

        @Option(names = "--save", paramLabel = "FILE",
                description = "Where to write the weights (.npz), also after Ctrl-C.")
        Path save;

        Lesson lesson() {
            return WrongUse
                    .in(() -> new Lesson(Net.of(model), new Training(epochs, batch, seed), Optimizer.named(optimizer),
                            Optional.ofNullable(load), Optional.ofNullable(save)));
        }
    }

    @Command(name = "mnist", description = "Trains a net to read the 10,000 handwritten digits that come along.")
    int mnist(@Mixin DeviceOption device, @Mixin Options options,
            @Option(names = "--devices", split = ",", paramLabel = "DEVICE",
                    description = "Several that share each step's work, or `all`.") List<String> devices,
            @Option(names = "--sharing", paramLabel = "WAY",
                    description = "How they do: split (some samples each; without the option), place (some operations each), or fastest (whichever is faster).") Sharing sharing)
            throws IOException {
        Lesson lesson = options.lesson();
        if (devices == null && sharing != null) {
            throw new WrongUse("--sharing says how several devices share the work: name them too, as in --devices all");
        }
        if (devices != null) {
            WrongUse.in(() -> K.useDevices(Objects.requireNonNullElse(sharing, Sharing.SPLIT),
                    devices.toArray(String[]::new)));
        } else if (device.asked() != null) {
            WrongUse.in(() -> K.useDevice(device.asked()));
        }
        lesson.give(context, Digits.bundled()).close();
        return 0;
    }
}
