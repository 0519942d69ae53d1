package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Variables, random tensors and what else makes values. */
class KValuesTest {
    @BeforeEach
    void start() {
        K.useDevice("reference:0");
    }

    private static double[] values(Tensor x) {
        return K.eval(x).toDoubles();
    }

    @Test
    void variablesHaveTheTypeAskedForAndKeepTheirValues() {
        Tensor v = K.variable(NDArray.of(new int[] {1, 2}, 2));
        assertEquals(DType.FLOAT32, K.dtype(v));
        K.setValue(v, NDArray.of(new double[] {3, 4}, 2));
        assertArrayEquals(new float[] {3, 4}, K.getValue(v).toFloats());
        assertArrayEquals(new int[] {2}, K.getVariableShape(v));
        assertEquals(2, K.countParams(v));
        assertEquals(1, K.ndim(v));
    }

    @Test
    void updatesAreComputedFromTheOldValues() {
        Tensor a = K.variable(1);
        Tensor b = K.variable(10);
        try (Function f = K.function(List.of(), List.of(a.plus(b)), List.of(K.update(a, b), K.updateAdd(b, a)))) {
            assertEquals(11, f.call().get(0).item());
        }
        assertEquals(10, K.getValue(a).item());
        assertEquals(11, K.getValue(b).item());
    }

    @Test
    void aMovingAverageMoves() {
        Tensor a = K.variable(1);
        try (Function f = K.function(List.of(), List.of(), List.of(K.movingAverageUpdate(a, K.constant(5), 0.75)))) {
            f.call();
        }
        assertEquals(2, K.getValue(a).item());
    }

    @Test
    void ofSeveralValuesAllAreSetOrNone() {
        Tensor a = K.zeros(1);
        Tensor b = K.zeros(2);
        NDArray one = NDArray.of(new float[] {1}, 1);
        assertThrows(IllegalArgumentException.class,
                () -> K.batchSetValue(List.of(Map.entry(a, one), Map.entry(b, one))));
        assertEquals(0, K.getValue(a).item());
        K.batchSetValue(List.of(Map.entry(a, one), Map.entry(b, NDArray.of(new float[] {2, 3}, 2))));
        assertArrayEquals(new double[] {2, 3}, K.batchGetValue(List.of(a, b)).get(1).toDoubles());
    }

    @Test
    void rangesEndBeforeTheirStop() {
        assertArrayEquals(new double[] {0, 1, 2}, values(K.arange(3)));
        assertArrayEquals(new double[] {5, 3}, values(K.arange(5, 1, -2)));
        assertArrayEquals(new double[] {1, 4}, values(K.arange(1, 7, 3, DType.FLOAT32)));
        assertEquals("(0,)", K.arange(-3).shape().toString());
        assertEquals(DType.INT32, K.arange(3).dtype());
    }

    @Test
    void constantsAndLikes() {
        assertArrayEquals(new double[] {7, 7}, values(K.constant(7, DType.INT32, 2)));
        assertArrayEquals(new double[] {0, 0}, values(K.zerosLike(K.ones(2))));
        assertArrayEquals(new double[] {1, 1}, values(K.onesLike(K.zeros(2))));
        assertArrayEquals(new double[] {1, 0, 0, 1}, values(K.eye(2)));
    }

    @Test
    void shapesAreKnownWhenACallTellsThem() {
        Tensor x = K.placeholder(null, 2);
        assertArrayEquals(new int[] {K.NONE, K.NONE}, K.intShape(x));
        try (Function f = K.function(List.of(x), List.of(K.shape(x), K.mean(x), K.sum(x, 0, true)))) {
            List<NDArray> got = f.call(NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
            assertArrayEquals(new int[] {3, 2}, got.get(0).toInts());
            assertEquals(3.5, got.get(1).item());
            assertArrayEquals(new double[] {9, 12}, got.get(2).toDoubles());
        }
        assertArrayEquals(new double[] {2, 5}, values(K.shape(K.zeros(2, 5))));
        assertEquals("(0,)", K.shape(K.constant(1)).shape().toString());
    }

    @Test
    void drawsAreNewAtEachCallAndTheSameForTheSameSeed() {
        Tensor x = K.randomUniform(new int[] {4}, -1, 1, DType.FLOAT32, 3);
        Tensor y = K.randomUniform(new int[] {4}, -1, 1, DType.FLOAT32, 3);
        try (Function f = K.function(List.of(), List.of(x)); Function g = K.function(List.of(), List.of(y))) {
            float[] first = f.call().get(0).toFloats();
            float[] second = f.call().get(0).toFloats();
            assertFalse(Arrays.equals(first, second));
            assertArrayEquals(first, g.call().get(0).toFloats());
            assertArrayEquals(second, g.call().get(0).toFloats());
        }
    }

    @Test
    void drawsHaveTheMomentsAskedFor() {
        int[] shape = {40000};
        moments(K.randomNormal(shape, 2, 3, DType.FLOAT32, 1), 2, 3);
        moments(K.randomNormalVariable(shape, 2, 3, DType.FLOAT32, null, 1), 2, 3);
        moments(K.randomUniform(shape, -1, 3, DType.FLOAT32, 1), 1, 4 / Math.sqrt(12));
        moments(K.randomUniformVariable(shape, -1, 3, DType.FLOAT64, null, 1), 1, 4 / Math.sqrt(12));
        moments(K.randomBinomial(shape, 0.3, DType.FLOAT32, 1), 0.3, Math.sqrt(0.21));
        moments(K.dropout(K.constant(1, DType.FLOAT32, shape), 0.2, null, 1), 1, 0.5);
    }

    private static void moments(Tensor x, double mean, double std) {
        double[] values = values(x);
        double m = Arrays.stream(values).average().orElseThrow();
        double s = Math.sqrt(Arrays.stream(values).map(v -> (v - m) * (v - m)).average().orElseThrow());
        assertEquals(mean, m, 5 * std / Math.sqrt(values.length));
        assertEquals(std, s, 0.02 * std);
    }

    @Test
    void aVariableAndATensorOfOneSeedAreTheSameNormalNumbers() {
        assertArrayEquals(values(K.randomNormal(new int[] {9}, 0, 1, DType.FLOAT32, 5)),
                values(K.randomNormalVariable(new int[] {9}, 0, 1, DType.FLOAT32, null, 5)), 1e-5);
    }

    @Test
    void aTruncatedNormalIsCutAtTwoDeviations() {
        double[] values = values(K.truncatedNormal(new int[] {40000}, 1, 2, DType.FLOAT32, 1));
        assertTrue(Arrays.stream(values).allMatch(v -> v >= -3 && v <= 5));
        assertTrue(Arrays.stream(values).max().orElseThrow() > 4.9 && Arrays.stream(values).min().orElseThrow() < -2.9);
        moments(K.truncatedNormal(new int[] {40000}, 1, 2, DType.FLOAT32, 1), 1,
                2 * Math.sqrt(1 - 4 * 0.05399096651 / 0.9544997361));
    }

    @Test
    void quantilesAreThoseOfTheNormalDistribution() {
        var normal = new NormalDistribution();
        double least = normal.cumulativeProbability(-2);
        double[] uniform = IntStream.range(0, 1000).mapToDouble(i -> i / 1000.0).toArray();
        double[] want = Arrays.stream(uniform)
                .map(u -> normal.inverseCumulativeProbability(least + u * (1 - 2 * least))).toArray();
        assertArrayEquals(want, values(Quantiles.truncatedNormal(K.constant(NDArray.of(uniform, 1000)))), 1e-6);
    }

    private static String printed(Runnable what) {
        PrintStream console = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            what.run();
        } finally {
            System.setOut(console);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aPrintedTensorIsPrintedAtEachCall() {
        Tensor x = K.placeholder(new int[] {2}, DType.FLOAT32);
        Tensor y = K.printTensor(x.times(2), "twice");
        Tensor loss = K.sum(K.square(K.printTensor(y)));
        try (Function f = K.function(List.of(x), List.of(loss, K.gradients(loss, x)))) {
            NDArray value = NDArray.of(new float[] {1, 2}, 2);
            assertEquals(
                    "twice float32(2,) [2.0, 4.0]\nfloat32(2,) [2.0, 4.0]\n".repeat(2).replace("\n",
                            System.lineSeparator()),
                    printed(() -> {
                        assertEquals(20, f.call(value).get(0).item());
                        assertArrayEquals(new double[] {8, 16}, f.call(value).get(1).toDoubles());
                    }));
        }
        assertEquals("", printed(() -> K.gradients(loss, x)));
        assertEquals("x float32() [1.0]" + System.lineSeparator(),
                printed(() -> K.eval(K.printTensor(K.variable(1), "x"))));
    }

    @Test
    void aTensorInALoopIsPrintedWithTheNumberOfItsStep() {
        Tensor x = K.placeholder(new int[] {1, 2, 1}, DType.FLOAT32);
        Tensor h = K.rnn((in, states) -> {
            Tensor next = K.printTensor(K.printTensor(in, "in").plus(K.printTensor(states.get(0), "h")), "sum");
            return new StepFunction.Step(next, List.of(next));
        }, x, List.of(K.constant(0, DType.FLOAT32, 1, 1))).lastOutput();
        try (Function f = K.function(List.of(x), List.of(h, K.gradients(h, x)))) {
            String said = printed(() -> f.call(NDArray.of(new float[] {1, 2}, 1, 2, 1)));
            assertEquals("""
                    step 0: in float32(1, 1) [1.0]
                    step 1: in float32(1, 1) [2.0]
                    step 0: h float32(1, 1) [0.0]
                    step 0: sum float32(1, 1) [1.0]
                    step 1: h float32(1, 1) [1.0]
                    step 1: sum float32(1, 1) [3.0]
                    """.replace("\n", System.lineSeparator()), said);
        }
    }

    @Test
    void aTensorInABranchIsPrintedIfItsSideIsTaken() {
        Tensor x = K.placeholder(new int[] {3}, DType.FLOAT32);
        Tensor y = K.foldl((sum, e) -> K.foldl((inner, w) -> K.switch_(K.greater(e, w),
                () -> K.printTensor(inner.times(2), "twice"), () -> K.printTensor(inner, "once")),
                K.constant(NDArray.of(new float[] {0, 2}, 2)), sum), x, K.constant(1));
        try (Function f = K.function(List.of(x), List.of(y))) {
            String said = printed(() -> assertEquals(8, f.call(NDArray.of(new float[] {0, 1, 3}, 3)).get(0).item()));
            assertEquals("""
                    step 0, 0: once float32() [1.0]
                    step 0, 1: once float32() [1.0]
                    step 1, 0: twice float32() [2.0]
                    step 1, 1: once float32() [2.0]
                    step 2, 0: twice float32() [4.0]
                    step 2, 1: twice float32() [8.0]
                    """.replace("\n", System.lineSeparator()), said);
            assertEquals(6, said.lines().count());
        }
        Tensor input = K.placeholder(new int[0], DType.FLOAT32);
        try (Function f = K.function(List.of(input),
                List.of(K.switch_(input, () -> K.printTensor(input, "yes"), () -> input)))) {
            assertEquals("", printed(() -> f.call(NDArray.scalar(DType.FLOAT32, 0))));
            assertEquals("yes float32() [1.0]" + System.lineSeparator(),
                    printed(() -> f.call(NDArray.scalar(DType.FLOAT32, 1))));
        }
    }

    @Test
    void namesBeginWithTheirScopes() {
        Tensor w = K.nameScope("net",
                () -> K.nameScope("dense", () -> K.variable(NDArray.of(new float[1], 1), DType.FLOAT32, "w")));
        assertTrue(w.toString().contains("net/dense/w"), w.toString());
        assertFalse(K.variable(NDArray.of(new float[1], 1), DType.FLOAT32, "w").toString().contains("/"));
    }

    @Test
    void dropoutDropsWhatItsNoiseShapeSays() {
        double[] y = values(K.dropout(K.constant(1, DType.FLOAT32, 50, 4), 0.5, new int[] {K.NONE, 1}, 9));
        for (int i = 0; i < y.length; i++) {
            assertEquals(y[i / 4 * 4], y[i]);
        }
        assertEquals(2, Arrays.stream(y).distinct().count());
    }

    @Test
    void aConstantKeepsWhatItsArrayWas() {
        NDArray array = NDArray.of(new float[] {1, 2}, 2);
        Tensor constant = K.constant(array);
        Tensor typed = K.constant(array, DType.FLOAT32);
        array.set(0, 9);
        assertArrayEquals(new double[] {1, 2}, K.eval(constant).toDoubles());
        assertArrayEquals(new double[] {1, 2}, K.eval(typed).toDoubles());
    }
}
