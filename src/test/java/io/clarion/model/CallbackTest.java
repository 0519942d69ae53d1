package io.clarion.model;

import static io.clarion.model.Nets.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Node;
import io.clarion.model.optimizer.Sgd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model w·x, x = 1, learns 1 from w = 0; the validation wants 0.5, so that it is best half-way. */
class CallbackTest {
    private static final Samples ONE = Samples.of(floats(new double[] {1}, 1, 1), floats(new double[] {1}, 1, 1));
    private static final Samples HALF = Samples.of(floats(new double[] {1}, 1, 1), floats(new double[] {0.5}, 1, 1));

    @TempDir
    Path folder;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    /** Half of the way to 1 in two steps: w is 0.2, 0.36, 0.488, 0.5904, … */
    private static Trainer trainer() {
        Model model = Model.sequential(1, Node.input(1), new Dense(1).bias(null));
        K.setValue(model.weights().get(0), floats(new double[1], 1, 1));
        return model.compile(new Sgd(0.1), Loss.MEAN_SQUARED_ERROR, Loss.MEAN_ABSOLUTE_ERROR);
    }

    private static Training.History train(Trainer trainer, int epochs, Callback... callbacks) {
        return new Training(epochs, 1, 1).run(trainer, ONE, HALF, callbacks);
    }

    @Test
    void earlyStoppingEndsWhenTheValueIsNoLongerBetter() {
        try (Trainer trainer = trainer()) {
            Training.History history = train(trainer, 9, new EarlyStopping());
            assertTrue(history.stopped());
            assertEquals(4, history.epochs().size());
        }
        try (Trainer trainer = trainer()) {
            assertEquals(6, train(trainer, 9, new EarlyStopping(Monitor.of("val_loss"), 2)).epochs().size());
        }
        try (Trainer trainer = trainer()) {
            assertEquals(5, train(trainer, 5, new EarlyStopping(Monitor.of("loss"), 0)).epochs().size());
        }
    }

    @Test
    void aCheckpointHoldsTheBestWeights() throws IOException {
        Path file = folder.resolve("best.npz");
        try (Trainer trainer = trainer()) {
            train(trainer, 6, new Checkpoint(file));
            Model other = Model.sequential(2, Node.input(1), new Dense(1).bias(null));
            other.load(file);
            assertEquals(0.488, Nets.weight(other, 0).item(), 1e-6);
        }
    }

    @Test
    void aCsvLogHasALineForEachEpoch() throws IOException {
        Path file = folder.resolve("log.csv");
        Files.writeString(file, "old\n".repeat(9));
        try (Trainer trainer = trainer()) {
            train(trainer, 2, new CsvLog(file));
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(3, lines.size());
        assertEquals("epoch,loss,mean_absolute_error,val_loss,val_mean_absolute_error", lines.get(0));
        assertTrue(lines.get(1).startsWith("1,1.0,1.0,0.0"), lines.get(1));
    }

    @Test
    void progressIsALineForEachEpoch() {
        var text = new ByteArrayOutputStream();
        try (Trainer trainer = trainer()) {
            train(trainer, 2, new ProgressLog(new PrintStream(text)));
        }
        assertTrue(text.toString().startsWith("epoch 1/2  loss 1.0000  mean_absolute_error 1.0000  val_loss 0.0900  "),
                text.toString());
        assertEquals(2, text.toString().lines().count());
    }

    @Test
    void theHistoryHoldsEveryEpochAndCallbacksAreToldInOrder() {
        var told = new ArrayList<String>();
        try (Trainer trainer = trainer()) {
            Training.History history = train(trainer, 2, new Callback() {
                @Override
                public void begin(Trainer who, Training training) {
                    told.add("begin " + training.epochs());
                }

                @Override
                public void batch(int epoch, Score soFar) {
                    told.add("batch " + epoch);
                }

                @Override
                public void epoch(Training.Epoch epoch) {
                    told.add("epoch " + epoch.number());
                }

                @Override
                public void end(Training.History all) {
                    told.add("end " + all.epochs().size());
                }
            });
            assertEquals(List.of("begin 2", "batch 1", "epoch 1", "batch 2", "epoch 2", "end 2"), told);
            assertEquals(0.64, history.epochs().get(1).value("loss"), 1e-6);
        }
    }

    @Test
    void aValueThatIsNotThereIsToldWithThoseThatAre() {
        try (Trainer trainer = trainer()) {
            assertEquals(
                    "an epoch has no \"val_loss\"; it has [loss, mean_absolute_error], and no samples to test with were given",
                    assertThrows(IllegalArgumentException.class, () -> trainer.fit(ONE, 1, 1, new EarlyStopping()))
                            .getMessage());
        }
    }
}
