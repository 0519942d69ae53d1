package io.clarion.model;

import static io.clarion.model.Nets.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Losses and metrics computed by hand, of two samples of two outputs each. */
class LossTest {
    private static final double ULPS = 1e-5;
    private static final double[] TARGET = {1, 0, 0, 1};
    private static final double[] OUTPUT = {0.8, 0.2, 0.6, 0.4};

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void regressionLossesAreMeansOverTheLastAxis() {
        assertScores(Loss.MEAN_SQUARED_ERROR, 0.04, 0.36);
        assertScores(Loss.MEAN_ABSOLUTE_ERROR, 0.2, 0.6);
        assertScores(Loss.MEAN_SQUARED_LOGARITHMIC_ERROR, (sq(Math.log(1.8 / 2)) + sq(Math.log(1.2))) / 2,
                (sq(Math.log(1.6)) + sq(Math.log(1.4 / 2))) / 2);
        assertArrayEquals(new double[] {25, 50},
                scores(Loss.MEAN_ABSOLUTE_PERCENTAGE_ERROR, new double[] {2, 4, 1, -1}, new double[] {1, 4, 2, -1}),
                1e-4);
        assertScores(Loss.POISSON, (0.8 - Math.log(0.8) + 0.2) / 2, (0.6 + 0.4 - Math.log(0.4)) / 2);
        assertScores(Loss.COSINE_PROXIMITY, -0.8 / Math.sqrt(0.68) / 2, -0.4 / Math.sqrt(0.52) / 2);
    }

    @Test
    void hingesTakeSigns() {
        double[] signs = {1, -1, -1, 1};
        assertArrayEquals(new double[] {(0.2 + 1.2) / 2, (1.6 + 0.6) / 2}, scores(Loss.HINGE, signs, OUTPUT), ULPS);
        assertArrayEquals(new double[] {(0.04 + 1.44) / 2, (2.56 + 0.36) / 2},
                scores(Loss.SQUARED_HINGE, signs, OUTPUT), ULPS);
    }

    @Test
    void crossEntropiesTakeProbabilities() {
        assertScores(Loss.BINARY_CROSSENTROPY, -Math.log(0.8), -Math.log(0.4));
        assertScores(Loss.CATEGORICAL_CROSSENTROPY, -Math.log(0.8), -Math.log(0.4));
        assertScores(Loss.KULLBACK_LEIBLER_DIVERGENCE, -Math.log(0.8), -Math.log(0.4));
        Tensor classes = K.constant(NDArray.of(new int[] {0, 1}, 2));
        Tensor output = K.constant(floats(OUTPUT, 2, 2));
        assertArrayEquals(new double[] {-Math.log(0.8), -Math.log(0.4)},
                K.eval(Loss.SPARSE_CATEGORICAL_CROSSENTROPY.scores(classes, output)).toDoubles(), ULPS);
        assertArrayEquals(new double[] {-Math.log(0.8), -Math.log(0.4)},
                K.eval(Loss.SPARSE_CATEGORICAL_CROSSENTROPY_OF_LOGITS.scores(classes, K.log(output))).toDoubles(),
                ULPS);
    }

    @Test
    void accuraciesCountWhatIsRight() {
        Tensor target = K.constant(floats(TARGET, 2, 2));
        Tensor output = K.constant(floats(OUTPUT, 2, 2));
        Tensor classes = K.constant(NDArray.of(new int[] {0, 1}, 2));
        assertEquals(0.5, K.eval(Accuracy.BINARY.value(target, output)).item());
        assertEquals(0.5, K.eval(Accuracy.CATEGORICAL.value(target, output)).item());
        assertEquals(0.5, K.eval(Accuracy.SPARSE_CATEGORICAL.value(classes, output)).item());
        assertEquals(0.5, K.eval(Metric.topK(1).value(target, output)).item());
        assertEquals(1, K.eval(Metric.topK(2).value(classes, output)).item());
        assertEquals(0.2, K.eval(Loss.of("mse").value(target, output)).item(), ULPS);
    }

    @Test
    void namesAreKerass() {
        assertEquals(Loss.MEAN_SQUARED_ERROR, Loss.of("mse"));
        assertEquals(Loss.KULLBACK_LEIBLER_DIVERGENCE, Loss.of("kullback_leibler_divergence"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Loss.of("huber")).getMessage()
                .startsWith("loss \"huber\" is not one of mean_squared_error, mean_absolute_error"));
    }

    private static double sq(double x) {
        return x * x;
    }

    private static void assertScores(Loss loss, double first, double second) {
        assertArrayEquals(new double[] {first, second}, scores(loss, TARGET, OUTPUT), ULPS, loss.word());
    }

    private static double[] scores(Loss loss, double[] target, double[] output) {
        return K.eval(loss.scores(K.constant(floats(target, 2, 2)), K.constant(floats(output, 2, 2)))).toDoubles();
    }
}
