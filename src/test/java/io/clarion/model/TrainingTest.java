package io.clarion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Flatten;
import io.clarion.model.layer.Node;
import io.clarion.model.optimizer.Adam;
import io.clarion.model.optimizer.Optimizer;
import io.clarion.model.optimizer.Sgd;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void aSmallNetLearnsWhichPixelIsBright() {
        List<Training.Epoch> seen = new ArrayList<>();
        try (Trainer trainer = smallNet(3, new Adam(0.05))) {
            Samples test = brightPixels(50, 2);
            var history = new Training(4, 32, 7).run(trainer, brightPixels(300, 1), test, listening(seen));
            assertEquals(4, history.epochs().size());
            assertEquals(seen, history.epochs());
            assertTrue(seen.get(3).test().accuracy() > 0.95, seen.toString());
            assertTrue(seen.get(3).train().loss() < seen.get(0).train().loss());
            assertEquals(300, seen.get(0).train().samples());
            assertEquals(50, seen.get(0).test().samples());
            assertTrue(history.throughput() > 0);
            NDArray said = trainer.model().predictClasses(test.inputs().get(0));
            assertEquals(DType.INT32, said.dtype());
            assertEquals(Shape.of(50), said.shape());
        }
    }

    @Test
    void theSameSeedTrainsTheSameNet() {
        assertArrayEquals(trained(5), trained(5));
    }

    private static double[] trained(long seed) {
        try (Trainer trainer = smallNet(seed, new Sgd(0.1, 0.9, true))) {
            new Training(1, 16, seed).run(trainer, brightPixels(40, 1), brightPixels(8, 2));
            return K.getValue(trainer.model().weights().get(0)).toDoubles();
        }
    }

    @Test
    void trainingStopsBetweenBatchesAndKeepsWhatItLearned() {
        int[] batches = {0};
        try (Trainer trainer = smallNet(3, new Sgd(0.1))) {
            double[] before = K.getValue(trainer.model().weights().get(0)).toDoubles();
            var history = new Training(9, 32, 7).run(trainer, brightPixels(320, 1), brightPixels(8, 2), new Callback() {
                @Override
                public void batch(int epoch, Score soFar) {
                    batches[0]++;
                }
            }, Callback.stopping(() -> batches[0] == 13));
            assertTrue(history.stopped());
            assertEquals(1, history.epochs().size());
            assertEquals(13, batches[0]);
            assertTrue(K.getValue(trainer.model().weights().get(0)).toDoubles()[0] != before[0]);
        }
    }

    @Test
    void trainingStopsBetweenBatchesOfAnEvaluationToo() {
        int[] asked = {0};
        try (Trainer trainer = smallNet(3, new Sgd(0.1))) {
            // Asked before 2 batches to learn from, then before each of 3 to test with.
            var history = new Training(1, 32, 7).run(trainer, brightPixels(64, 1), brightPixels(1200, 2),
                    Callback.stopping(() -> ++asked[0] == 4));
            assertTrue(history.stopped());
            assertEquals(List.of(), history.epochs());
            assertEquals(4, asked[0]);
        }
    }

    @Test
    void aLossThatIsNoNumberIsToldOnceWithItsStepAndRate() {
        var said = new ArrayList<String>();
        Samples broken = brightPixels(320, 1);
        broken.inputs().get(0).set(0, Double.NaN);
        try (Trainer trainer = smallNet(3, new Sgd(0.1).decay(0.1).clipValue(2))) {
            new Training(2, 32, 7).run(trainer, broken, null, new DivergenceWarning(said::add));
        }
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.get(0).matches(
                "the loss is NaN in step ([1-9]|10), in epoch 1, at a learning rate of 0.1: .*CLARION_CHECK=nan.*"),
                said.get(0));
        try (Trainer trainer = smallNet(3, new Sgd(0.1))) {
            new Training(1, 32, 7).run(trainer, brightPixels(64, 1), null, new DivergenceWarning(said::add));
        }
        assertEquals(1, said.size(), said.toString());
    }

    @Test
    void aFreshNetScoresAsChanceDoes() {
        try (Trainer trainer = Net.trainer(Net.MLP.build(1), new Adam())) {
            Score score = trainer.evaluate(Digits.bundled().test().part(0, 130).fitting(trainer.model()), 64);
            assertEquals(130, score.samples());
            assertEquals(Math.log(10), score.loss(), 0.4);
            assertTrue(score.accuracy() < 0.4);
        }
    }

    @Test
    void bothNetsGiveALogitAClass() {
        for (Net net : Net.values()) {
            Model model = net.build(1);
            assertEquals(10, model.results().get(0).shape().size(1));
            assertEquals(net == Net.MLP ? 101_770 : 600_810, model.size());
        }
    }

    @Test
    void savedWeightsComeBack() throws IOException {
        Model one = Net.MLP.build(1);
        Model other = Net.MLP.build(2);
        Path file = folder.resolve("w.npz");
        one.save(file);
        other.load(file);
        for (int i = 0; i < one.weights().size(); i++) {
            assertEquals(K.getValue(one.weights().get(i)).bytes(), K.getValue(other.weights().get(i)).bytes());
        }
    }

    @Test
    void weightsOfAnotherNetAreRefusedAndNothingIsChanged() throws IOException {
        Path file = folder.resolve("w.npz");
        Net.CNN.build(1).save(file);
        Model mlp = Net.MLP.build(1);
        String names = assertThrows(IllegalArgumentException.class, () -> mlp.load(file)).getMessage();
        assertTrue(names.startsWith(file + " holds conv1/kernel, conv1/bias")
                && names.endsWith("output/kernel, output/bias"), names);

        Tensor a = K.variable(NDArray.of(new float[] {1}, 1), DType.FLOAT32, "a");
        Tensor b = K.zeros(new int[] {2}, DType.FLOAT32, "b");
        Weights.save(file, List.of(a, b));
        Tensor a2 = K.zeros(new int[] {1}, DType.FLOAT32, "a");
        String shapes = assertThrows(IllegalArgumentException.class,
                () -> Weights.load(file, List.of(a2, K.zeros(new int[] {3}, DType.FLOAT32, "b")))).getMessage();
        assertEquals(file + ": b has shape (2,), this net needs (3,)", shapes);
        assertEquals(0, K.getValue(a2).item());
    }

    private static Callback listening(List<Training.Epoch> seen) {
        return new Callback() {
            @Override
            public void batch(int epoch, Score soFar) {
                assertEquals(seen.size() + 1, epoch);
            }

            @Override
            public void epoch(Training.Epoch epoch) {
                seen.add(epoch);
            }
        };
    }

    private static Trainer smallNet(long seed, Optimizer optimizer) {
        return Net.trainer(Model.sequential(seed, Node.input(2, 3), new Flatten(), new Dense(6)), optimizer);
    }

    /** Noise of 2 × 3 pixels, one of them brighter: its number is the label. */
    private static Samples brightPixels(int n, long seed) {
        var random = new SplittableRandom(seed);
        NDArray images = NDArray.zeros(DType.FLOAT32, Shape.of(n, 2, 3));
        NDArray labels = NDArray.zeros(DType.INT32, Shape.of(n));
        for (int i = 0; i < n; i++) {
            labels.set(i, random.nextInt(6));
            for (int p = 0; p < 6; p++) {
                images.set(6 * i + p, random.nextDouble(0.4) + (p == labels.get(i) ? 0.6 : 0));
            }
        }
        return Samples.of(images, labels);
    }
}
