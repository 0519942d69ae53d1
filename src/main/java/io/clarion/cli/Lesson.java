package io.clarion.cli;

import io.clarion.K;
import io.clarion.engine.DeviceReport;
import io.clarion.model.Callback;
import io.clarion.model.Digits;
import io.clarion.model.Learner;
import io.clarion.model.Model;
import io.clarion.model.Net;
import io.clarion.model.Optimizer;
import io.clarion.model.Training;
import io.clarion.model.Training.Epoch;
import io.clarion.model.Training.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A net and how it is taught the bundled digits on K's device.
 *
 * @param load weights to begin with
 * @param save where the weights go in the end, or when training is stopped
 */
record Lesson(Net kind, Training training, Optimizer optimizer, Optional<Path> load, Optional<Path> save) {
    /** Teaches; returns what has learned, which the caller closes. */
    Learner give(Surroundings surroundings, Digits digits) throws IOException {
        Model net = kind.build(training.seed());
        if (load.isPresent()) {
            net.load(load.get());
        }
        DeviceReport device = K.device().report();
        surroundings.say("training a %s of %d parameters on %s (%s), %d digits, %d to test with", kind.title(), net.size(),
                device.id(), device.name(), digits.train().samples(), digits.test().samples());
        Learner learner = Net.learner(net, optimizer);
        try (var interruption = new Interruption();
                var display = new TrainingDisplay(surroundings, training.epochs(), digits.train().samples())) {
            History history = training.run(learner, digits.train().fitting(net), digits.test().fitting(net), display,
                    Callback.stopping(interruption));
            display.clear();
            if (save.isPresent()) {
                net.save(save.get());
            }
            report(surroundings, history);
            return learner;
        } catch (IOException | RuntimeException e) {
            learner.close();
            throw e;
        }
    }

    private void report(Surroundings surroundings, History history) {
        if (history.stopped()) {
            surroundings.say("stopped in epoch %d of %d", history.epochs().size() + 1, training.epochs());
        }
        if (!history.epochs().isEmpty()) {
            Epoch last = history.epochs().get(history.epochs().size() - 1);
            surroundings.say("test accuracy %.2f %%, %.0f samples/s", 100 * last.test().accuracy(), history.throughput());
        }
        save.ifPresent(file -> surroundings.say("weights saved in %s", file));
    }
}
