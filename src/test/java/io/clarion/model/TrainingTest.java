package io.clarion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.Digits.Labelled;
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
        Digits digits = new Digits(brightPixels(300, 1), brightPixels(50, 2));
        List<Training.Epoch> seen = new ArrayList<>();
        try (var net = new Classifier(smallNet(3), new Adam(0.05))) {
            var history = new Training(4, 32, 7).run(net, digits, listening(seen), () -> false);
            assertEquals(4, history.epochs().size());
            assertEquals(seen, history.epochs());
            assertTrue(seen.get(3).test().accuracy() > 0.95, seen.toString());
            assertTrue(seen.get(3).train().loss() < seen.get(0).train().loss());
            assertEquals(300, seen.get(0).train().samples());
            assertEquals(50, seen.get(0).test().samples());
            assertTrue(history.throughput() > 0);
            NDArray said = net.classify(digits.test().images());
            assertEquals(DType.INT32, said.dtype());
            assertEquals(Shape.of(50), said.shape());
        }
    }

    @Test
    void theSameSeedTrainsTheSameNet() {
        assertArrayEquals(trained(5), trained(5));
    }

    private static double[] trained(long seed) {
        Net net = smallNet(seed);
        try (var classifier = new Classifier(net, new Sgd(0.1, 0.9, true))) {
            new Training(1, 16, seed).run(classifier, new Digits(brightPixels(40, 1), brightPixels(8, 2)), listening(new ArrayList<>()),
                    () -> false);
            return K.getValue(net.parameters().get(0)).toDoubles();
        }
    }

    @Test
    void trainingStopsBetweenBatchesAndKeepsWhatItLearned() {
        Net net = smallNet(3);
        double[] before = K.getValue(net.parameters().get(0)).toDoubles();
        int[] batches = {0};
        try (var classifier = new Classifier(net, new Sgd(0.1, 0, false))) {
            var digits = new Digits(brightPixels(320, 1), brightPixels(8, 2));
            var history = new Training(9, 32, 7).run(classifier, digits, new Training.Progress() {
                @Override
                public void batch(int epoch, Score soFar) {
                    batches[0]++;
                }

                @Override
                public void epoch(Training.Epoch epoch) {}
            }, () -> batches[0] == 13);
            assertTrue(history.stopped());
            assertEquals(1, history.epochs().size());
            assertEquals(13, batches[0]);
            assertTrue(K.getValue(net.parameters().get(0)).toDoubles()[0] != before[0]);
        }
    }

    @Test
    void aFreshNetScoresAsChanceDoes() {
        try (var net = new Classifier(Net.mlp(1), new Adam())) {
            Score score = net.evaluate(Digits.bundled().test().part(0, 130), 64);
            assertEquals(130, score.samples());
            assertEquals(Math.log(10), score.loss(), 0.4);
            assertTrue(score.accuracy() < 0.4);
        }
    }

    @Test
    void bothNetsGiveALogitAClass() {
        for (Net.Kind kind : Net.Kind.values()) {
            Net net = kind.build(1);
            Tensor logits = net.forward().apply(net.placeholder());
            assertEquals(10, logits.shape().size(1));
            assertEquals(kind == Net.Kind.MLP ? 101_770 : 600_810, net.size());
        }
    }

    @Test
    void savedWeightsComeBack() throws IOException {
        Net one = Net.mlp(1);
        Net other = Net.mlp(2);
        Path file = folder.resolve("w.npz");
        Weights.save(file, one.parameters());
        Weights.load(file, other.parameters());
        for (int i = 0; i < one.parameters().size(); i++) {
            assertEquals(K.getValue(one.parameters().get(i)).bytes(), K.getValue(other.parameters().get(i)).bytes());
        }
    }

    @Test
    void weightsOfAnotherNetAreRefusedAndNothingIsChanged() throws IOException {
        Path file = folder.resolve("w.npz");
        Weights.save(file, Net.cnn(1).parameters());
        Net mlp = Net.mlp(1);
        String names = assertThrows(IllegalArgumentException.class, () -> Weights.load(file, mlp.parameters())).getMessage();
        assertTrue(names.startsWith(file + " holds conv1/kernel, conv1/bias") && names.endsWith("output/kernel, output/bias"), names);

        Tensor a = K.variable(NDArray.of(new float[] {1}, 1), DType.FLOAT32, "a");
        Tensor b = K.zeros(new int[] {2}, DType.FLOAT32, "b");
        Weights.save(file, List.of(a, b));
        Tensor a2 = K.zeros(new int[] {1}, DType.FLOAT32, "a");
        String shapes = assertThrows(IllegalArgumentException.class,
                () -> Weights.load(file, List.of(a2, K.zeros(new int[] {3}, DType.FLOAT32, "b")))).getMessage();
        assertEquals(file + ": b has shape (2,), this net needs (3,)", shapes);
        assertEquals(0, K.getValue(a2).item());
    }

    private static Training.Progress listening(List<Training.Epoch> seen) {
        return new Training.Progress() {
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

    private static Net smallNet(long seed) {
        NDArray first = Initialiser.GLOROT_UNIFORM.draw(new int[] {6, 6}, DimOrdering.TF, new SplittableRandom(seed));
        Tensor kernel = K.variable(first, DType.FLOAT32, "kernel");
        return new Net("small", List.of(kernel), Shape.of(6), x -> K.dot(x, kernel));
    }

    /** Noise of 2 × 3 pixels, one of them brighter: its number is the label. */
    private static Labelled brightPixels(int n, long seed) {
        var random = new SplittableRandom(seed);
        NDArray images = NDArray.zeros(DType.FLOAT32, Shape.of(n, 2, 3));
        NDArray labels = NDArray.zeros(DType.INT32, Shape.of(n));
        for (int i = 0; i < n; i++) {
            labels.set(i, random.nextInt(6));
            for (int p = 0; p < 6; p++) {
                images.set(6 * i + p, random.nextDouble(0.4) + (p == labels.get(i) ? 0.6 : 0));
            }
        }
        return new Labelled(images, labels);
    }
}
