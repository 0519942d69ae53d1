package io.clarion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.RealDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random numbers have the distributions and the independence that they should, by the tests of Kolmogorov and Smirnov
 * and of chi-squared: at fixed seeds, none of which may be as odd as one in {@code 1 / SIGNIFICANCE}.
 */
class KRandomNumbersTest {
    private static final double SIGNIFICANCE = 1e-3;
    private static final long[] SEEDS = {1, 2, 3, -1, 1L << 40};
    private static final int N = 20_000;
    private static final int[] SHAPE = {N};

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    private static void isDistributed(RealDistribution as, LongFunction<Tensor> drawn) {
        for (long seed : SEEDS) {
            double[] x = K.eval(drawn.apply(seed)).toDoubles();
            likely(new KolmogorovSmirnovTest().kolmogorovSmirnovTest(as, x), "seed " + seed);
        }
    }

    private static void likely(double p, String what) {
        assertTrue(p > SIGNIFICANCE, () -> what + " would be that odd once in " + 1 / p + " times");
    }

    @Test
    void uniformNumbersAreUniform() {
        isDistributed(new UniformRealDistribution(0, 1), seed -> K.randomUniform(SHAPE, 0, 1, DType.FLOAT32, seed));
        isDistributed(new UniformRealDistribution(-3, 5), seed -> K.randomUniform(SHAPE, -3, 5, DType.FLOAT64, seed));
    }

    @Test
    void normalNumbersAreNormal() {
        isDistributed(new NormalDistribution(0, 1), seed -> K.randomNormal(SHAPE, 0, 1, DType.FLOAT32, seed));
        isDistributed(new NormalDistribution(-2, 0.5), seed -> K.randomNormal(SHAPE, -2, 0.5, DType.FLOAT64, seed));
    }

    /** By their quantiles, which are uniform. */
    @Test
    void truncatedNormalNumbersAreNormalWithinTwoDeviations() {
        var normal = new NormalDistribution(1, 3);
        double least = normal.cumulativeProbability(1 - 2 * 3);
        for (long seed : SEEDS) {
            double[] x = K.eval(K.truncatedNormal(SHAPE, 1, 3, DType.FLOAT32, seed)).toDoubles();
            assertTrue(DoubleStream.of(x).allMatch(v -> Math.abs(v - 1) <= 6 * (1 + 1e-6)));
            double[] quantiles = DoubleStream.of(x)
                    .map(v -> (normal.cumulativeProbability(v) - least) / (1 - 2 * least)).toArray();
            likely(new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new UniformRealDistribution(0, 1), quantiles),
                    "seed " + seed);
        }
    }

    /** Of ten draws as many are ones as of a binomial distribution: none depends on those beside it. */
    @Test
    void onesAmongTenAreBinomial() {
        for (double p : new double[] {0.1, 0.5, 0.73}) {
            var ofTen = new BinomialDistribution(10, p);
            double[] expected = IntStream.rangeClosed(0, 10).mapToDouble(k -> ofTen.probability(k) * N / 10).toArray();
            for (long seed : SEEDS) {
                double[] x = K.eval(K.randomBinomial(SHAPE, p, DType.FLOAT32, seed)).toDoubles();
                counted(expected, N / 10, i -> (int) Arrays.stream(x, 10 * i, 10 * i + 10).sum(),
                        "p = " + p + ", seed " + seed);
            }
        }
    }

    @Test
    void dropoutKeepsWhatItSaysAndTheMean() {
        for (long seed : SEEDS) {
            double[] x = K.eval(K.dropout(K.ones(SHAPE), 0.3, null, seed)).toDoubles();
            assertTrue(DoubleStream.of(x).allMatch(v -> v == 0 || v == (float) (1 / 0.7)));
            counted(new double[] {0.3 * N, 0.7 * N}, N, i -> x[i] == 0 ? 0 : 1, "seed " + seed);
        }
    }

    /**
     * Chi-squared of how often each number comes; what is expected less than five times counts together with its
     * neighbour.
     */
    private static void counted(double[] expected, int n, IntUnaryOperator drawn, String what) {
        long[] observed = new long[expected.length];
        IntStream.range(0, n).forEach(i -> observed[drawn.applyAsInt(i)]++);
        for (int k = 0; k < expected.length; k++) {
            int to = k < expected.length / 2 ? k + 1 : k - 1;
            if (expected[k] < 5 && to >= 0) {
                expected = expected.clone();
                expected[to] += expected[k];
                observed[to] += observed[k];
                expected[k] = 0;
                observed[k] = 0;
            }
        }
        double[] many = DoubleStream.of(expected).filter(e -> e > 0).toArray();
        double[] all = expected;
        likely(new ChiSquareTest().chiSquareTest(many,
                IntStream.range(0, all.length).filter(k -> all[k] > 0).mapToLong(k -> observed[k]).toArray()), what);
    }

    /** Pairs of sixteenths: each of 256 as often as each other. */
    private static void independent(int pairs, IntBinaryOperator sixteenth, String what) {
        double[] expected = new double[256];
        Arrays.fill(expected, pairs / 256.0);
        counted(expected, pairs, i -> 16 * sixteenth.applyAsInt(i, 0) + sixteenth.applyAsInt(i, 1), what);
    }

    @Test
    void neighboursCallsSeedsAndStepsAreIndependent() {
        for (long seed : SEEDS) {
            Tensor x = K.randomUniform(new int[] {2 * N}, 0, 1, DType.FLOAT32, seed);
            Tensor other = K.randomUniform(new int[] {2 * N}, 0, 1, DType.FLOAT32, seed + 1);
            Tensor steps = K.mapFn(none -> K.randomUniform(new int[] {N}, 0, 1, DType.FLOAT32, seed), K.zeros(2));
            try (Function f = K.function(List.of(), List.of(x, other, steps))) {
                List<NDArray> first = f.call();
                NDArray later = f.call().get(0);
                NDArray drawn = first.get(0);
                independent(N, (i, k) -> (int) (16 * drawn.get(2 * i + k)), "neighbours, seed " + seed);
                independent(N, (i, k) -> (int) (16 * drawn.get(8 * (i / 4) + i % 4 + 4 * k)),
                        "numbers of one place in neighbouring blocks, seed " + seed);
                independent(N, (i, k) -> (int) (16 * (k == 0 ? drawn : later).get(i)), "calls, seed " + seed);
                independent(N, (i, k) -> (int) (16 * first.get(k).get(i)), "seeds " + seed + " and " + (seed + 1));
                independent(N, (i, k) -> (int) (16 * first.get(2).get(k * N + i)), "steps, seed " + seed);
            }
            // The two streams of Box and Muller: normal numbers beside each other, by their quantiles.
            double[] normal = K.eval(K.randomNormal(new int[] {2 * N}, 0, 1, DType.FLOAT32, seed)).toDoubles();
            var gauss = new NormalDistribution(0, 1);
            independent(N, (i, k) -> (int) Math.min(15, 16 * gauss.cumulativeProbability(normal[2 * i + k])),
                    "normal neighbours, seed " + seed);
        }
    }

    @Test
    void eachCallDrawsAnewAndFunctionsOfOneSeedAlike() {
        Tensor x = K.randomNormal(new int[] {50}, 0, 1, DType.FLOAT32, 7);
        try (Function f = K.function(List.of(), List.of(x, x.plus(0)));
                Function g = K.function(List.of(), List.of(x))) {
            List<NDArray> first = f.call();
            List<NDArray> second = f.call();
            assertArrayEquals(first.get(0).toDoubles(), first.get(1).toDoubles());
            assertNotEquals(first.get(0).get(0), second.get(0).get(0));
            assertArrayEquals(first.get(0).toDoubles(), g.call().get(0).toDoubles());
            assertArrayEquals(second.get(0).toDoubles(), g.call().get(0).toDoubles());
        }
        K.setRandomSeed(5);
        double[] drawn = K.eval(K.randomUniform(9)).toDoubles();
        assertNotEquals(drawn[0], K.eval(K.randomUniform(9)).get(0));
        K.setRandomSeed(5);
        assertArrayEquals(drawn, K.eval(K.randomUniform(9)).toDoubles());
    }

    /** In whatever a step is: of elements alone, of states, in a branch, in a loop of its own. */
    @Test
    void eachStepOfALoopDrawsAnew() {
        Tensor steps = K.arange(0, 6, 1, DType.FLOAT32);
        Tensor phase = K.placeholder(new int[0], DType.INT32);
        int[] one = {1};
        Tensor lifted = K.mapFn(t -> K.randomUniform(one, 0, 1, DType.FLOAT32, 3), steps);
        Tensor carried = outputs(steps, h -> K.randomUniform(one, 0, 1, DType.FLOAT32, 3).plus(h.times(0)));
        Tensor inBranch = outputs(steps,
                h -> K.switch_(phase, () -> K.randomUniform(one, 0, 1, DType.FLOAT32, 3).plus(h.times(0)), () -> h));
        Tensor ofNothingElse = outputs(steps,
                h -> K.switch_(phase, () -> K.randomUniform(one, 0, 1, DType.FLOAT32, 3), () -> K.zeros(1)));
        Tensor inInner = outputs(steps, h -> K.foldl((a, b) -> K.switch_(phase, () -> K.switch_(phase,
                () -> K.randomUniform(one, 0, 1, DType.FLOAT32, 3).plus(a.times(0)), () -> a), () -> a.plus(1)),
                K.zeros(2, 1), h.times(0)));
        try (Function f = K.function(List.of(phase), List.of(lifted, carried, inBranch, ofNothingElse, inInner))) {
            List<NDArray> got = f.call(NDArray.scalar(DType.INT32, 1));
            var names = List.of("lifted", "carried", "in a branch", "of nothing else", "in an inner loop");
            for (int i = 0; i < got.size(); i++) {
                var different = new HashSet<>(DoubleStream.of(got.get(i).toDoubles()).boxed().toList());
                assertEquals(6, different.size(), names.get(i) + ": " + different);
            }
        }
    }

    @FunctionalInterface
    private interface Next {
        Tensor of(Tensor state);
    }

    /** Returns what each step makes of the state before, (1,), which starts as 0. */
    private static Tensor outputs(Tensor steps, Next next) {
        return K.rnn((x, h) -> {
            Tensor made = next.of(K.reshape(h.get(0), 1));
            Tensor state = K.reshape(made, 1, 1);
            return new StepFunction.Step(state, List.of(state));
        }, K.reshape(steps, 1, 6, 1), List.of(K.zeros(1, 1))).outputs();
    }

    /** What dropout keeps of x, it keeps of the gradient: in a loop and in branches too. */
    @Test
    void theGradientSeesTheDrawOfTheValue() {
        Tensor x = K.placeholder(new int[] {4, 5, 3}, DType.FLOAT32);
        Tensor phase = K.placeholder(new int[0], DType.INT32);
        Tensor flat = K.dropout(x, 0.4, null, 1);
        Tensor chosen = K.switch_(phase, () -> K.dropout(x, 0.4, null, 2), () -> x);
        Tensor along = K.rnn((now, h) -> {
            Tensor kept = K.switch_(phase, () -> K.dropout(now.plus(h.get(0).times(0)), 0.4, null, 3), () -> now);
            return new StepFunction.Step(kept, List.of(kept));
        }, x, List.of(K.zeros(4, 3))).outputs();
        NDArray ones = K.eval(K.ones(4, 5, 3));
        for (Tensor y : List.of(flat, chosen, along)) {
            try (Function f = K.function(List.of(x, phase), List.of(y, K.gradients(K.sum(y), x)))) {
                for (int call = 0; call < 3; call++) {
                    List<NDArray> got = f.call(ones, NDArray.scalar(DType.INT32, 1));
                    assertArrayEquals(got.get(0).toDoubles(), got.get(1).toDoubles());
                    assertEquals(2, new HashSet<>(DoubleStream.of(got.get(0).toDoubles()).boxed().toList()).size());
                }
            }
        }
    }
}
