package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large arguments, borders, ties, sizes that only a call tells and second derivatives. */
class KNumericsTest {
    @BeforeEach
    void start() {
        K.useDevice("reference:0");
    }

    private static Tensor row(double... values) {
        return K.constant(NDArray.of(DType.FLOAT32, values, values.length));
    }

    private static double[] values(Tensor x) {
        return K.eval(x).toDoubles();
    }

    @Test
    void softmaxOfLargeLogitsStaysFinite() {
        assertArrayEquals(new double[] {1, 0, 0}, values(K.softmax(row(1000, 0, -1000))));
        assertArrayEquals(new double[] {0.5, 0.5}, values(K.softmax(row(-1000, -1000))));
        assertEquals(1000 + Math.log(2), K.eval(K.logsumexp(row(1000, 1000))).item(), 1e-4);
        assertEquals(Double.NEGATIVE_INFINITY,
                K.eval(K.logsumexp(row(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY))).item());
        assertEquals(Double.POSITIVE_INFINITY, K.eval(K.logsumexp(row(1, Double.POSITIVE_INFINITY))).item());
    }

    @Test
    void crossentropiesOfLargeLogitsKeepTheTail() {
        assertEquals(2000, K.eval(K.categoricalCrossentropy(row(1000, -1000), row(0, 1), true)).item());
        assertEquals(2000,
                K.eval(K.sparseCategoricalCrossentropy(row(1000, -1000), K.constant(1, DType.INT32), true)).item());
        assertEquals(0, K.eval(
                K.sparseCategoricalCrossentropy(row(0, Double.NEGATIVE_INFINITY), K.constant(0, DType.INT32), true))
                .item(), 1e-9);
        double tail = Math.log1p(Math.exp(-20));
        assertArrayEquals(new double[] {tail, 1000, tail},
                values(K.binaryCrossentropy(row(20, 1000, -20), row(1, 0, 0), true)), 1e-14);
    }

    @Test
    void theGradientOfBinaryCrossentropyAtLogitZeroIsAHalfMinusTheTarget() {
        Tensor x = row(0, 0, 0);
        assertArrayEquals(new double[] {0.5, 0, -0.5},
                values(K.gradients(K.binaryCrossentropy(x, row(0, 0.5, 1), true), x)));
    }

    @Test
    void probabilitiesAreRescaledAndClipped() {
        assertEquals(Math.log(4), K.eval(K.categoricalCrossentropy(row(1, 3), row(1, 0))).item(), 1e-6);
        assertEquals(-Math.log(1e-7), K.eval(K.categoricalCrossentropy(row(0, 3), row(1, 0))).item(), 1e-4);
        assertEquals(-Math.log(1e-7), K.eval(K.binaryCrossentropy(row(0), row(1))).item(), 1e-4);
    }

    @Test
    void sqrtOfNegativeNumbersIsZeroAndSoIsItsGradient() {
        Tensor x = row(-4, 0, 4);
        assertArrayEquals(new double[] {0, 0, 2}, values(K.sqrt(x)));
        assertArrayEquals(new double[] {0, 0, 0.25}, values(K.gradients(K.sqrt(x), x)));
    }

    @Test
    void theGradientOfStdOfEqualNumbersIsZero() {
        Tensor x = row(3, 3, 3);
        assertArrayEquals(new double[] {0, 0, 0}, values(K.gradients(K.std(x), x)));
    }

    @Test
    void powersOfIntegersAreIntegers() {
        Tensor x = K.constant(NDArray.of(new int[] {-2, 3}, 2));
        assertArrayEquals(new int[] {4, 9}, K.eval(K.pow(x, 2)).toInts());
        assertArrayEquals(new int[] {-8, 27}, K.eval(K.pow(x, 3)).toInts());
        assertArrayEquals(new int[] {1, 1}, K.eval(K.pow(x, 0)).toInts());
    }

    @Test
    void meansOfIntegersAndBoolsAreFloats() {
        Tensor mean = K.mean(K.constant(NDArray.of(new int[] {1, 2}, 2)));
        assertEquals(DType.FLOAT32, mean.dtype());
        assertEquals(1.5, K.eval(mean).item());
        assertEquals(0.5, K.eval(K.mean(K.constant(NDArray.of(new boolean[] {true, false}, 2)))).item());
        assertEquals(1, K.eval(K.sum(K.constant(NDArray.of(new boolean[] {true, false}, 2)))).item());
    }

    @Test
    void ofEqualElementsTheFirstIsTheGreatest() {
        assertEquals(1, K.eval(K.argmax(row(1, 5, 5))).item());
        assertEquals(0, K.eval(K.argmin(row(1, 5, 1))).item());
    }

    @Test
    void maxSharesItsGradientAndPoolGivesItToTheFirst() {
        Tensor x = K.constant(NDArray.of(new float[] {5, 5, 1, 5}, 1, 2, 2, 1));
        assertArrayEquals(new double[] {1 / 3f, 1 / 3f, 0, 1 / 3f}, values(K.gradients(K.max(x), x)), 1e-7);
        Tensor pooled = K.pool2d(x, new int[] {2, 2}, new int[] {1, 1}, BorderMode.VALID, DimOrdering.TF);
        assertArrayEquals(new double[] {1, 0, 0, 0}, values(K.gradients(pooled, x)));
    }

    @Test
    void overlappingPoolsAddTheirGradients() {
        Tensor x = K.constant(NDArray.of(new float[] {1, 9, 2}, 1, 3, 1, 1));
        Tensor pooled = K.pool2d(x, new int[] {2, 1}, new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF);
        assertArrayEquals(new double[] {9, 9, 2}, values(pooled));
        assertArrayEquals(new double[] {0, 2, 1}, values(K.gradients(pooled, x)));
    }

    @Test
    void inTopKCountsEqualPredictionsAsLarger() {
        Tensor predictions = K.constant(NDArray.of(new float[] {1, 3, 3, 0, Float.NaN, 1, 2, 3, 4, 3, 2, 1}, 3, 4));
        Tensor targets = K.constant(NDArray.of(new int[] {2, 0, 4}, 3));
        assertArrayEquals(new double[] {1, 0, 0}, values(K.inTopK(predictions, targets, 1)));
    }

    /** The same values and gradients whether sizes are known at once or at the call only. */
    private static void sameWhenUnknown(UnaryOperator<Tensor> net, int[] unknown, int... shape) {
        int n = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) Math.sin(1 + 3 * i);
        }
        var results = new ArrayList<List<NDArray>>();
        for (int[] declared : List.of(shape, unknown)) {
            Tensor x = K.placeholder(declared, DType.FLOAT32);
            Tensor y = net.apply(x);
            try (Function f = K.function(List.of(x), List.of(y, K.gradients(K.square(y), x)))) {
                results.add(f.call(NDArray.of(values, shape)));
            }
        }
        for (int i = 0; i < 2; i++) {
            assertEquals(results.get(0).get(i).shape(), results.get(1).get(i).shape());
            assertArrayEquals(results.get(0).get(i).toDoubles(), results.get(1).get(i).toDoubles(), 1e-6);
        }
    }

    @Test
    void sizesThatOnlyACallTellsChangeNothing() {
        int[] none = {-1, -1, -1, 3};
        int[] batch = {-1, 6, 5, 3};
        int[] one = {1, 1};
        int[] two = {2, 2};
        int[] images = {2, 6, 5, 3};
        Tensor kernel = K.randomNormalVariable(new int[] {3, 2, 3, 4}, 0, 1, DType.FLOAT32, null, 1);
        sameWhenUnknown(x -> K.conv2d(x, kernel, two, BorderMode.VALID, DimOrdering.TF), none, images);
        sameWhenUnknown(x -> K.conv2d(x, kernel, one, BorderMode.SAME, DimOrdering.TF), none, images);
        sameWhenUnknown(x -> K.conv2d(x, kernel, two, BorderMode.SAME, DimOrdering.TF), batch, images);
        for (PoolMode mode : PoolMode.values()) {
            sameWhenUnknown(x -> K.pool2d(x, two, two, BorderMode.VALID, DimOrdering.TF, mode), none, images);
            sameWhenUnknown(x -> K.pool2d(x, two, one, BorderMode.SAME, DimOrdering.TF, mode), none, images);
            sameWhenUnknown(x -> K.pool2d(x, two, two, BorderMode.SAME, DimOrdering.TF, mode), batch, images);
        }
        sameWhenUnknown(x -> K.normalizeBatchInTraining(x, null, null, new int[] {0, 1, 2}).normalized(), none, images);
        sameWhenUnknown(x -> K.softmax(K.batchFlatten(x)), batch, images);
        sameWhenUnknown(x -> K.reshape(x, -1, 15), batch, images);
        sameWhenUnknown(x -> K.batchDot(K.batchFlatten(x), K.batchFlatten(K.tanh(x)), 1), batch, images);
        sameWhenUnknown(x -> K.concatenate(List.of(x, x), 1), batch, images);
        sameWhenUnknown(x -> K.concatenate(List.of(K.exp(x), x, K.sin(x)), 0), batch, images);
        sameWhenUnknown(x -> K.concatenate(List.of(K.exp(x), x, K.sin(x)), 1), none, images);
        sameWhenUnknown(x -> K.logsumexp(K.l2Normalize(x, 1, 2), 1, true), none, images);
        sameWhenUnknown(x -> K.resizeImages(K.spatial2dPadding(x, two, DimOrdering.TF), 2, 3, DimOrdering.TF), none,
                images);
        sameWhenUnknown(x -> K.tile(K.flatten(K.repeatElements(x, 2, 0)), 2), none, images);
        sameWhenUnknown(x -> K.slice(x, new int[] {0, 1, 2, 0}, new int[] {-1, 2, -1, 2}), batch, images);
    }

    @Test
    void rowsOfTwoInputsMayBeUnknown() {
        Tensor x = K.placeholder(new int[] {-1, 2}, DType.FLOAT32);
        Tensor target = K.placeholder(new int[] {-1}, DType.INT32);
        Tensor loss = K.mean(K.sparseCategoricalCrossentropy(K.dot(x, K.eye(2)), target, true));
        try (Function f = K.function(List.of(x, target), List.of(loss, K.gradients(loss, x)))) {
            List<NDArray> got = f.call(NDArray.of(new float[] {0, 0, 0, 0}, 2, 2), NDArray.of(new int[] {0, 1}, 2));
            assertEquals(Math.log(2), got.get(0).item(), 1e-6);
            assertArrayEquals(new double[] {-0.25, 0.25, 0.25, -0.25}, got.get(1).toDoubles(), 1e-6);
        }
    }

    @Test
    void gradientsHaveGradients() {
        secondOrder(x -> K.tanh(K.dot(x, K.transpose(x))), 3, 2);
        secondOrder(x -> K.softmax(x), 2, 3);
        secondOrder(x -> K.conv2d(K.square(x), K.constant(0.5, DType.FLOAT64, 2, 2, 1, 2), new int[] {2, 1},
                BorderMode.SAME, DimOrdering.TF), 1, 3, 3, 1);
        secondOrder(x -> K.pool2d(K.exp(x), new int[] {2, 2}, new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF), 1, 3,
                3, 1);
        secondOrder(x -> K.std(x, 1), 2, 3);
        secondOrder(x -> K.prod(x, 1), 2, 3);
    }

    /** The derivative of Σ (d Σ y² / dx)² against central differences. */
    private static void secondOrder(UnaryOperator<Tensor> fn, int... shape) {
        Tensor x = K.placeholder(shape, DType.FLOAT64);
        Tensor first = K.sum(K.square(K.gradients(K.square(fn.apply(x)), x)));
        int n = x.shape().elements();
        double[] at = new double[n];
        for (int i = 0; i < n; i++) {
            at[i] = Math.sin(1 + 3 * i);
        }
        try (Function f = K.function(List.of(x), List.of(first, K.gradients(first, x)))) {
            double[] got = f.call(NDArray.of(at, shape)).get(1).toDoubles();
            for (int i = 0; i < n; i++) {
                double[] up = at.clone();
                double[] down = at.clone();
                up[i] += 1e-5;
                down[i] -= 1e-5;
                double slope = (f.call(NDArray.of(up, shape)).get(0).item()
                        - f.call(NDArray.of(down, shape)).get(0).item()) / 2e-5;
                assertEquals(slope, got[i], 1e-5 * Math.max(1, Math.abs(slope)));
            }
        }
    }
}
