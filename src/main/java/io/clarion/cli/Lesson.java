package io.clarion.cli;

import io.clarion.K;
import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.Interruption;
import io.clarion.cli.terminal.TrainingDisplay;
import io.clarion.cli.terminal.WrongUse;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.model.Callback;
import io.clarion.model.Digits;
import io.clarion.model.Model;
import io.clarion.model.Net;
import io.clarion.model.Trainer;
import io.clarion.model.Training;
import io.clarion.model.Training.Epoch;
import io.clarion.model.Training.History;
import io.clarion.model.optimizer.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A net and how it is taught the bundled digits on K's device.
 *
 * @param load weights to begin with
 * @param save where the weights go in the end, or when training is stopped
 */
record Lesson(Net kind, Training training, Optimizer optimizer, Optional<Path> load, Optional<Path> save) {
    /** Teaches; returns what has learned, which the caller closes. */
    Trainer give(CliContext context, Digits digits) throws IOException {
        save.ifPresent(Lesson::requireWritable);
        try (var interruption = new Interruption()) {
            Model net = kind.build(training.seed());
            if (load.isPresent()) {
                net.load(load.get());
            }
            DeviceReport device = K.device().report();
            context.say("training a %s of %d parameters on %s (%s), %d digits, %d to test with", kind.title(),
                    net.size(),
                    device.id(), device.name(), digits.train().samples(), digits.test().samples());
            Trainer trainer = Net.trainer(net, optimizer);
            try {
                History history = taught(context, trainer, digits, interruption);
                if (save.isPresent()) {
                    save(net, save.get());
                }
                report(context, history);
                return trainer;
            } catch (IOException | RuntimeException e) {
                trainer.close();
                throw e;
            }
        }
    }

    private static void save(Model net, Path file) throws IOException {
        try {
            net.save(file);
        } catch (IOException e) {
            throw new IOException("the weights cannot be saved in " + file + ": " + Main.sentence(e), e);
        }
    }

    private History taught(CliContext context, Trainer trainer, Digits digits, Interruption interruption) {
        List<Device> devices = K.device().parts();
        try (var display = new TrainingDisplay(context, training.epochs(), digits.train().samples())) {
            devices.forEach(device -> device.watchBuilds(display::compiling));
            return training.run(trainer, digits.train().fitting(trainer.model()),
                    digits.test().fitting(trainer.model()), display,
                    Callback.stopping(interruption));
        } finally {
            devices.forEach(device -> device.watchBuilds(kernels -> {}));
        }
    }

    /** Checks what can be known before training of whether a file can be written. */
    private static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null) {
            throw new WrongUse(
                    "--save " + file + ": it is a folder; name a file in it, as in " + file.resolve("weights.npz"));
        }
        if (!Files.isDirectory(folder)) {
            throw new WrongUse("--save " + file + ": its folder " + folder + " does not exist");
        }
        boolean isDevice = Files.exists(file) && !Files.isRegularFile(file);
        if (!Files.isWritable(isDevice ? file : folder)) {
            throw new WrongUse(
                    "--save " + file + ": " + (isDevice ? "it" : "its folder " + folder) + " cannot be written to");
        }
    }

    private void report(CliContext context, History history) {
        if (history.stopped()) {
            context.say("stopped in epoch %d of %d", history.epochs().size() + 1, training.epochs());
        }
        if (!history.epochs().isEmpty()) {
            Epoch last = history.epochs().get(history.epochs().size() - 1);
            context.say("test accuracy %.2f %%, %.0f samples/s", 100 * last.test().accuracy(), history.throughput());
        }
        save.ifPresent(file -> context.say("weights saved in %s", file));
    }
}
