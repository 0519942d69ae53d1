package io.clarion.device;

import io.clarion.K;
import io.clarion.model.Digits;
import io.clarion.model.Net;
import io.clarion.model.Trainer;
import io.clarion.model.optimizer.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Trains a small net on the device that Clarion chooses, saves and loads its weights, and prints its scores. */
final class SmallTraining {
    private SmallTraining() {}

    /** @param args the file for the weights */
    public static void main(String[] args) throws IOException {
        Digits.Labelled digits = Digits.bundled().test().part(0, 96);
        try (Trainer trainer = Net.trainer(Net.MLP.build(1), new Adam())) {
            double loss = trainer.fit(digits.fitting(trainer.model()), 2, 32).epochs().get(1).train().loss();
            double before = trainer.evaluate(digits.fitting(trainer.model())).loss();
            trainer.model().save(Path.of(args[0]));
            trainer.trainOnBatch(digits.fitting(trainer.model()));
            trainer.model().load(Path.of(args[0]));
            boolean same = before == trainer.evaluate(digits.fitting(trainer.model())).loss();
            System.out.println(String.format(Locale.ROOT, "%s learned to %.3f, loaded again: %s",
                    K.device().report().id(), loss, same));
        }
    }
}
