package io.clarion.model;

import static io.clarion.model.Nets.floats;
import static io.clarion.model.Nets.numbers;
import static io.clarion.model.Nets.on;
import static io.clarion.model.Nets.weight;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Embedding;
import io.clarion.model.layer.Flatten;
import io.clarion.model.layer.Masking;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.recurrent.Bidirectional;
import io.clarion.model.layer.recurrent.Gru;
import io.clarion.model.layer.recurrent.Lstm;
import io.clarion.model.layer.recurrent.Recurrent;
import io.clarion.model.layer.recurrent.SimpleRnn;
import io.clarion.model.optimizer.Adam;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Recurrent layers against their formulas, step by step in plain Java. */
class RecurrentTest {
    private static final double ULPS = 1e-5;
    private static final int SAMPLES = 2;
    private static final int TIME = 4;
    private static final int FEATURES = 3;
    private static final int UNITS = 2;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void theLastOutputOfEachKindFollowsItsFormula() {
        NDArray x = numbers(SAMPLES, TIME, FEATURES);
        for (Recurrent layer : List.of(new SimpleRnn(UNITS), new Gru(UNITS), new Lstm(UNITS))) {
            for (Recurrent variant : List.of(layer, layer.backwards(), layer.unrolled())) {
                try (Model model = on(x, variant)) {
                    double[][] all = outputs(model, variant, x, TIME);
                    assertArrayEquals(last(all), model.predict(x).toDoubles(), ULPS, variant.toString());
                }
            }
        }
    }

    @Test
    void sequencesHaveTheOutputOfEveryStepInTheOrderComputed() {
        NDArray x = numbers(SAMPLES, TIME, FEATURES);
        for (Recurrent layer : List.of(new Gru(UNITS).sequences(), new Lstm(UNITS).sequences().backwards())) {
            try (Model model = on(x, layer)) {
                NDArray y = model.predict(x);
                assertEquals(Shape.of(SAMPLES, TIME, UNITS), y.shape());
                double[] all = Arrays.stream(outputs(model, layer, x, TIME)).flatMapToDouble(Arrays::stream).toArray();
                assertArrayEquals(all, y.toDoubles(), ULPS);
            }
        }
    }

    @Test
    void theNumberOfStepsMayBeKnownAtTheCallOnly() {
        Model model = Model.sequential(1, Node.input(K.NONE, FEATURES), new Lstm(UNITS));
        for (int time : new int[] {1, 5}) {
            NDArray x = numbers(SAMPLES, time, FEATURES);
            assertArrayEquals(last(outputs(model, new Lstm(UNITS), x, time)), model.predict(x).toDoubles(), ULPS);
        }
        model.close();
    }

    @Test
    void maskedStepsLeaveTheState() {
        NDArray x = numbers(SAMPLES, TIME, FEATURES);
        for (int i = 0; i < SAMPLES; i++) {
            IntStream.range((i * TIME + 2) * FEATURES, (i + 1) * TIME * FEATURES).forEach(p -> x.set(p, 0));
        }
        for (Recurrent layer : List.of(new SimpleRnn(UNITS), new Gru(UNITS), new Lstm(UNITS))) {
            try (Model model = on(x, new Masking(), layer)) {
                assertArrayEquals(last(outputs(model, layer, x, 2)), model.predict(x).toDoubles(), ULPS,
                        layer.toString());
            }
        }
    }

    @Test
    void anEmbeddingMasksItsZeros() {
        NDArray words = NDArray.of(new int[] {3, 1, 0, 0}, 1, 4);
        NDArray shorter = NDArray.of(new int[] {3, 1}, 1, 2);
        Model model = Model.sequential(1, Node.input(DType.INT32, K.NONE), new Embedding(5, 3).maskingZero(),
                new Gru(2));
        assertArrayEquals(model.predict(shorter).toDoubles(), model.predict(words).toDoubles(), ULPS);
        model.close();
    }

    @Test
    void bidirectionalRunsBothWaysInOneOrder() {
        NDArray x = numbers(SAMPLES, TIME, FEATURES);
        try (Model model = on(x, new Bidirectional(new SimpleRnn(UNITS).sequences()))) {
            NDArray y = model.predict(x);
            assertEquals(Shape.of(SAMPLES, TIME, 2 * UNITS), y.shape());
            assertEquals("bidirectional_1/backward/kernel", LayersTest.names(model).get(3));
            // The first step of the backward half is the last that it computes.
            NDArray w = weight(model, 3);
            double in = IntStream.range(0, FEATURES)
                    .mapToDouble(f -> x.get((TIME - 1) * FEATURES + f) * w.get(f * UNITS)).sum();
            assertEquals(Math.tanh(in), y.get((TIME - 1) * 2 * UNITS + UNITS), ULPS);
        }
        try (Model model = on(x, new Bidirectional(new Gru(UNITS), Merge.sum()))) {
            assertEquals(Shape.of(SAMPLES, UNITS), model.predict(x).shape());
        }
    }

    @Test
    void firstWeightsAreKerass() {
        Model model = on(numbers(SAMPLES, TIME, FEATURES), new Lstm(UNITS));
        assertEquals(List.of("lstm_1/kernel", "lstm_1/recurrent_kernel", "lstm_1/bias"), LayersTest.names(model));
        assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0, 0, 0}, weight(model, 2).toDoubles());
        double bound = Math.sqrt(6.0 / (FEATURES + UNITS));
        assertTrue(Arrays.stream(weight(model, 0).toDoubles()).allMatch(w -> Math.abs(w) <= bound));
        NDArray u = weight(model, 1);
        assertEquals(1.21, u.get(0) * u.get(0) + u.get(1) * u.get(1), ULPS);
    }

    @Test
    void dropoutChangesTrainingAlone() {
        NDArray x = numbers(SAMPLES, TIME, FEATURES);
        for (Recurrent layer : List.of(new SimpleRnn(UNITS), new Gru(UNITS), new Lstm(UNITS))) {
            Recurrent dropping = layer.dropout(0.5, 0.5);
            try (Model model = on(x, dropping)) {
                double[] tested = last(outputs(model, layer, x, TIME));
                assertArrayEquals(tested, model.predict(x).toDoubles(), ULPS);
                try (var training = model.function(model.placeholders(), model.results(), List.of(), true)) {
                    assertFalse(Arrays.equals(tested, training.call(List.of(x)).get(0).toDoubles()));
                }
            }
        }
    }

    @Test
    void wrongInputsAreToldInOneSentence() {
        assertEquals("layer lstm_1: the input has shape (None, 3); (samples, time, features) would do",
                assertThrows(IllegalArgumentException.class, () -> on(numbers(2, 3), new Lstm(2))).getMessage());
        assertEquals(
                "layer gru_1: the weights depend on axis 2 of the input (None, 5, None), whose size is not known; declare it",
                assertThrows(IllegalArgumentException.class, () -> Model.sequential(Node.input(5, K.NONE), new Gru(2)))
                        .getMessage());
        assertEquals(
                "layer flatten_1: a mask comes with the input, but this layer does not know what to do with masked steps",
                assertThrows(IllegalArgumentException.class, () -> on(numbers(2, 4, 3), new Masking(), new Flatten()))
                        .getMessage());
    }

    @Test
    void aLstmLearnsWhichHalfIsLouder() {
        NDArray x = numbers(64, 6, 1);
        NDArray t = floats(
                IntStream.range(0, 64).mapToDouble(i -> sum(x, 6 * i, 3) > sum(x, 6 * i + 3, 3) ? 1 : 0).toArray(), 64,
                1);
        K.setRandomSeed(4);
        try (Trainer trainer = Model.sequential(2, Node.input(6, 1), new Lstm(8), new Dense(1, K::sigmoid))
                .compile(new Adam(0.03), Loss.BINARY_CROSSENTROPY, Accuracy.FITTING)) {
            trainer.fit(Samples.of(x, t), 25, 16);
            Score score = trainer.evaluate(Samples.of(x, t));
            assertTrue(score.loss() < 0.15, score.toString());
        }
    }

    private static double sum(NDArray x, int from, int n) {
        return IntStream.range(from, from + n).mapToDouble(x::get).sum();
    }

    /** The state after the last step, sample by sample; of {@code outputs} whose rows are samples. */
    private static double[] last(double[][] outputs) {
        return Arrays.stream(outputs).flatMapToDouble(o -> Arrays.stream(o, o.length - UNITS, o.length)).toArray();
    }

    /** For each sample the outputs of the first {@code time} steps, one after another. */
    private static double[][] outputs(Model model, Recurrent layer, NDArray x, int time) {
        NDArray w = weight(model, 0);
        NDArray u = weight(model, 1);
        NDArray b = weight(model, 2);
        int steps = x.shape().size(1);
        double[][] all = new double[SAMPLES][time * UNITS];
        for (int s = 0; s < SAMPLES; s++) {
            double[] h = new double[UNITS];
            double[] c = new double[UNITS];
            for (int t = 0; t < time; t++) {
                int at = (s * steps + (layer.recurrence().backwards() ? steps - 1 - t : t)) * FEATURES;
                double[] in = new double[layer.gates() * UNITS];
                Arrays.setAll(in, j -> b.get(j)
                        + IntStream.range(0, FEATURES).mapToDouble(f -> x.get(at + f) * w.get(f * in.length + j))
                                .sum());
                h = step(layer, in, h, c, u);
                System.arraycopy(h, 0, all[s], t * UNITS, UNITS);
            }
        }
        return all;
    }

    private static double[] step(Recurrent layer, double[] in, double[] h, double[] c, NDArray u) {
        double[] next = new double[UNITS];
        for (int k = 0; k < UNITS; k++) {
            switch (layer) {
                case SimpleRnn rnn -> next[k] = Math.tanh(in[k] + times(h, u, k, in.length));
                case Gru gru -> {
                    double z = hard(in[k] + times(h, u, k, in.length));
                    double[] kept = new double[UNITS];
                    Arrays.setAll(kept, j -> h[j] * hard(in[UNITS + j] + times(h, u, UNITS + j, in.length)));
                    next[k] = z * h[k]
                            + (1 - z) * Math.tanh(in[2 * UNITS + k] + times(kept, u, 2 * UNITS + k, in.length));
                }
                case Lstm lstm -> {
                    double i = hard(in[k] + times(h, u, k, in.length));
                    double f = hard(in[UNITS + k] + times(h, u, UNITS + k, in.length));
                    c[k] = f * c[k] + i * Math.tanh(in[2 * UNITS + k] + times(h, u, 2 * UNITS + k, in.length));
                    next[k] = hard(in[3 * UNITS + k] + times(h, u, 3 * UNITS + k, in.length)) * Math.tanh(c[k]);
                }
            }
        }
        return next;
    }

    private static double times(double[] h, NDArray u, int column, int width) {
        return IntStream.range(0, UNITS).mapToDouble(j -> h[j] * u.get(j * width + column)).sum();
    }

    private static double hard(double x) {
        return Math.min(1, Math.max(0, 0.2 * x + 0.5));
    }
}
