package io.clarion.model;

import static io.clarion.model.Nets.floats;
import static io.clarion.model.Nets.numbers;
import static io.clarion.model.Nets.on;
import static io.clarion.model.Nets.out;
import static io.clarion.model.Nets.weight;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.ActivityRegularization;
import io.clarion.model.layer.BatchNormalization;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Dropout;
import io.clarion.model.layer.Embedding;
import io.clarion.model.layer.Flatten;
import io.clarion.model.layer.Lambda;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.Permute;
import io.clarion.model.layer.RepeatVector;
import io.clarion.model.layer.Reshape;
import io.clarion.model.layer.TimeDistributed;
import io.clarion.model.layer.Weight;
import io.clarion.model.layer.weight.Constraint;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.Regulariser;
import io.clarion.model.optimizer.Sgd;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LayersTest {
    private static final double ULPS = 1e-5;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void denseIsAProductABiasAndAnActivation() {
        NDArray x = floats(new double[] {1, 2, -1, 3}, 2, 2);
        try (Model model = on(x, new Dense(3, Activation.RELU))) {
            K.setValue(model.weights().get(0), floats(new double[] {1, 0, 2, -1, 1, 0}, 2, 3));
            K.setValue(model.weights().get(1), floats(new double[] {0.5, -1, 1}, 3));
            assertArrayEquals(new double[] {0, 1, 3, 0, 2, 0}, model.predict(x).toDoubles());
            assertEquals(List.of("dense_1/kernel", "dense_1/bias"), names(model));
        }
    }

    @Test
    void denseWithoutBiasHasOneWeightAndTakesSequences() {
        NDArray x = numbers(2, 5, 3);
        try (Model model = on(x, new Dense(4).bias(null))) {
            assertEquals(1, model.weights().size());
            assertArrayEquals(K.eval(K.dot(K.constant(x), model.weights().get(0))).toDoubles(),
                    model.predict(x).toDoubles(), ULPS);
        }
    }

    @Test
    void activationsAreLayers() {
        NDArray x = floats(new double[] {-3, -1, 0, 1, 3, 7}, 2, 3);
        for (Activation a : Activation.values()) {
            assertArrayEquals(K.eval(a.apply(K.constant(x))).toDoubles(), out(x, a).toDoubles(), ULPS, a.name());
        }
        assertEquals(Activation.HARD_SIGMOID, Activation.of("hard_sigmoid"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Activation.of("swish")).getMessage()
                .startsWith("activation \"swish\" is not one of linear, relu, tanh"));
    }

    @Test
    void dropoutDropsInTrainingOnly() {
        NDArray x = floats(IntStream.range(0, 4000).mapToDouble(i -> 1).toArray(), 40, 100);
        assertArrayEquals(x.toDoubles(), out(x, new Dropout(0.25)).toDoubles());
        Model model = on(x, new Dropout(0.25));
        try (var training = model.function(model.placeholders(), model.results(), List.of(), true)) {
            double[] y = training.call(List.of(x)).get(0).toDoubles();
            assertTrue(Arrays.stream(y).allMatch(v -> v == 0 || Math.abs(v - 4 / 3.0) < ULPS));
            assertEquals(1000, Arrays.stream(y).filter(v -> v == 0).count(), 150);
        }
        assertEquals("a share of 1.0 cannot be dropped; a number from 0 to below 1 would do",
                assertThrows(IllegalArgumentException.class, () -> new Dropout(1)).getMessage());
    }

    @Test
    void shapesChangeAsTheLayersSay() {
        NDArray x = numbers(2, 3, 4);
        assertEquals(Shape.of(2, 12), out(x, new Flatten()).shape());
        assertArrayEquals(x.toDoubles(), out(x, new Flatten()).toDoubles());
        assertEquals(Shape.of(2, 2, 6), out(x, new Reshape(2, -1)).shape());
        assertEquals(Shape.of(2, 4, 3), out(x, new Permute(2, 1)).shape());
        assertEquals(x.get(1), out(x, new Permute(2, 1)).get(3));
        NDArray repeated = out(numbers(2, 3), new RepeatVector(4));
        assertEquals(Shape.of(2, 4, 3), repeated.shape());
        assertEquals(repeated.get(0), repeated.get(9));
        assertEquals(x.get(5) * 2, out(x, new Lambda(t -> t.times(2))).get(5), ULPS);
    }

    @Test
    void batchNormalizationUsesTheBatchInTrainingAndAveragesInTests() {
        NDArray x = floats(new double[] {1, 10, 3, 30}, 2, 2);
        Model model = on(x, new BatchNormalization());
        try (var trainer = model.compile(new Sgd(0), Loss.MEAN_SQUARED_ERROR)) {
            double meanSquare = (1 / (1 + 1e-3) + 100 / (100 + 1e-3)) / 2;
            assertEquals(meanSquare, trainer.trainOnBatch(Samples.of(x, floats(new double[4], 2, 2))).loss(), ULPS);
            assertArrayEquals(new double[] {0.02, 0.2}, weight(model, 2).toDoubles(), ULPS);
            assertArrayEquals(new double[] {0.99 + 0.01, 0.99 + 1}, weight(model, 3).toDoubles(), ULPS);
            double[] tested = model.predict(x).toDoubles();
            assertEquals((1 - 0.02) / Math.sqrt(1 + 1e-3), tested[0], ULPS);
            assertEquals((30 - 0.2) / Math.sqrt(1.99 + 1e-3), tested[3], 1e-4);
        }
        assertEquals(2 * 2, model.size());
        assertEquals(4, model.weights().size());
        assertEquals(Shape.of(2, 3, 4), out(numbers(2, 3, 4), new BatchNormalization(1)).shape());
    }

    @Test
    void embeddingLooksVectorsUp() {
        NDArray words = NDArray.of(new int[] {1, 0, 2, 2}, 2, 2);
        try (Model model = on(words, new Embedding(3, 2))) {
            K.setValue(model.weights().get(0), floats(new double[] {1, 2, 3, 4, 5, 6}, 3, 2));
            assertArrayEquals(new double[] {3, 4, 1, 2, 5, 6, 5, 6}, model.predict(words).toDoubles());
        }
        assertTrue(Arrays.stream(weight(on(words, new Embedding(30, 9)), 0).toDoubles())
                .allMatch(w -> Math.abs(w) <= 0.05));
    }

    @Test
    void fractionsAreNoWords() {
        assertEquals(
                "layer embedding_1: the input is float32, and words are whole numbers; Node.input(DType.INT32, …) would do, "
                        + "or a Lambda that casts before, as Keras does",
                assertThrows(IllegalArgumentException.class, () -> on(numbers(2, 2), new Embedding(3, 2)))
                        .getMessage());
        NDArray x = floats(new double[] {1.9}, 1, 1);
        try (Model model = on(x, new Lambda(t -> t.cast(DType.INT32)), new Embedding(3, 2))) {
            assertEquals(Shape.of(1, 1, 2), model.predict(x).shape());
        }
    }

    @Test
    void timeDistributedDoesTheSameAtEachStep() {
        NDArray x = numbers(2, 3, 4);
        try (Model model = on(x, new TimeDistributed(new Dense(5, Activation.TANH)))) {
            NDArray y = model.predict(x);
            assertEquals(Shape.of(2, 3, 5), y.shape());
            Tensor step = K.tanh(K.dot(K.constant(x.reshape(6, 4)), model.weights().get(0)));
            assertArrayEquals(K.eval(step).toDoubles(), y.toDoubles(), ULPS);
        }
    }

    @Test
    void mergesCombineInputs() {
        NDArray a = numbers(2, 3);
        NDArray b = floats(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
        double x = a.get(4);
        double y = b.get(4);
        assertEquals(x + y, merged(Merge.sum(), a, b).get(4), ULPS);
        assertEquals(x * y, merged(Merge.mul(), a, b).get(4), ULPS);
        assertEquals((x + y) / 2, merged(Merge.ave(), a, b).get(4), ULPS);
        assertEquals(Math.max(x, y), merged(Merge.max(), a, b).get(4), ULPS);
        NDArray concat = merged(Merge.concat(), a, b);
        assertEquals(Shape.of(2, 6), concat.shape());
        assertEquals(y, concat.get(10), ULPS);
        double dot = IntStream.range(0, 3).mapToDouble(i -> a.get(i) * b.get(i)).sum();
        NDArray dots = merged(Merge.dot(), a, b);
        assertEquals(Shape.of(2, 1), dots.shape());
        assertEquals(dot, dots.get(0), ULPS);
        double lengths = Math.sqrt(IntStream.range(0, 3).mapToDouble(i -> a.get(i) * a.get(i)).sum() * 14);
        assertEquals(dot / lengths, merged(Merge.cos(), a, b).get(0), ULPS);
    }

    private static NDArray merged(Merge merge, NDArray a, NDArray b) {
        Node in = Node.input(3);
        Node other = Node.input(3);
        try (Model model = Model.of(List.of(in, other), List.of(merge.on(in, other)))) {
            return model.predict(List.of(a, b), 32).get(0);
        }
    }

    @Test
    void penaltiesAddToTheLoss() {
        NDArray x = floats(new double[] {1, -2}, 1, 2);
        Weight ones = Weight.of(Initialiser.ONE).regularised(Regulariser.l1l2(0.1, 0.2));
        try (Trainer trainer = on(x, new ActivityRegularization(Regulariser.l2(0.5)), new Dense(1).kernel(ones))
                .compile(new Sgd(),
                        Loss.MEAN_SQUARED_ERROR)) {
            double score = trainer.testOnBatch(Samples.of(x, floats(new double[] {2}, 1, 1))).loss();
            assertEquals(9 + 0.1 * 2 + 0.2 * 2 + 0.5 * 5, score, ULPS);
        }
    }

    @Test
    void constraintsHoldAfterAStep() {
        assertArrayEquals(new double[] {3, 4}, constrained(Constraint.NONE, 3, 4), ULPS);
        assertArrayEquals(new double[] {0, 4}, constrained(Constraint.NON_NEGATIVE, -3, 4), ULPS);
        assertArrayEquals(new double[] {0.6, 0.8}, constrained(Constraint.unitNorm(), 3, 4), ULPS);
        assertArrayEquals(new double[] {1.2, 1.6}, constrained(Constraint.maxNorm(2), 3, 4), ULPS);
        assertArrayEquals(new double[] {0.3, 0.4}, constrained(Constraint.maxNorm(2), 0.3, 0.4), ULPS);
    }

    private static double[] constrained(Constraint constraint, double... kernel) {
        NDArray x = floats(new double[2], 1, 2);
        Model model = on(x, new Dense(1).kernel(Weight.of(Initialiser.ONE).constrained(constraint)));
        K.setValue(model.weights().get(0), floats(kernel, 2, 1));
        try (Trainer trainer = model.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR)) {
            trainer.trainOnBatch(Samples.of(x, floats(new double[1], 1, 1)));
            return weight(model, 0).toDoubles();
        }
    }

    @Test
    void wrongInputsAreToldInOneSentence() {
        assertEquals("layer dense_1: the input has shape (None,); (samples, …, inputs) would do",
                refused(new Dense(2), new int[0]));
        assertEquals(
                "layer dense_1: the weights depend on axis 1 of the input (None, None), whose size is not known; declare it",
                refused(new Dense(2), K.NONE));
        assertEquals("layer reshape_1: a sample of the input (None, 4, 3) has 12 elements, which cannot become [5, 2]",
                refused(new Reshape(5, 2), 4, 3));
        assertEquals(
                "layer permute_1: pattern [1, 3] does not name each axis of the input (None, 4, 3) once, from 1 to 2",
                refused(new Permute(1, 3), 4, 3));
        assertEquals("layer merge_1: inputs given: 1; merging by SUM takes two or more", refused(Merge.sum(), 3));
        assertEquals("layer code: repeat: x has shape (None, 4, 3); a matrix (samples, dim) would do",
                refused(new RepeatVector(2).named("code"), 4, 3));
        assertEquals("0 units are not possible; 1 or more would do",
                assertThrows(IllegalArgumentException.class, () -> new Dense(0)).getMessage());
    }

    private static String refused(Layer layer, int... sample) {
        return assertThrows(IllegalArgumentException.class, () -> Model.sequential(Node.input(sample), layer))
                .getMessage();
    }

    static List<String> names(Model model) {
        return model.weights().stream().map(w -> ((Op.Read) w.op()).variable().name()).toList();
    }
}
