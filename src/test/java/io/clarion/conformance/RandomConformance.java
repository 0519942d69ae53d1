package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.RandomCase;
import io.clarion.RandomCases;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.reference.Samples;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each differentiable function of K on random shapes and options, values and gradients, as on the reference engine.
 *
 * <p>{@code -Dclarion.samples} says how many calls of each are drawn: one without it, 20 with {@code -Dclarion.sweep=full}.
 * {@code -Dclarion.draw} is the first seed.
 */
public interface RandomConformance extends TestedEngine {
    /** Units in the last place for each operation that leads to an element, and how many there may be. */
    int STEPS = 16 * 16;

    /** Returns the dtypes of the arguments. */
    default List<DType> randomDTypes() {
        return List.of(DType.FLOAT32);
    }

    @TestFactory
    default Stream<DynamicTest> randomCases() {
        long first = Long.getLong("clarion.draw", 1);
        int samples = Integer.getInteger("clarion.samples", System.getProperty("clarion.sweep", "").equals("full") ? 20 : 1);
        return RandomCases.all().stream().map(c -> DynamicTest.dynamicTest(c + ", seeds from " + first,
                () -> LongStream.range(first, first + samples).forEach(seed -> randomDTypes().forEach(type -> check(c, seed, type)))));
    }

    private void check(RandomCase random, long seed, DType type) {
        K.useDevice(TestedEngine.reference());
        RandomCase.Trial trial = random.trial(seed, type);
        var results = new ArrayList<>(List.of(trial.y()));
        results.addAll(K.gradients(trial.loss(new Samples(~seed)), trial.inputs()));
        var graph = new Graph(trial.inputs(), results, List.of());
        NDArray[] values = trial.values().toArray(NDArray[]::new);
        List<NDArray> want = TestedEngine.call(TestedEngine.reference(), graph, values);
        List<NDArray> got = TestedEngine.call(device(), graph, values);
        for (int i = 0; i < results.size(); i++) {
            compare((i == 0 ? "" : "gradient " + (i - 1) + " of ") + trial.what(), results.get(i), want.get(i), got.get(i));
        }
    }

    /** Numbers are about 1, and what cancels to less is off by as much. */
    private static void compare(String what, Tensor t, NDArray want, NDArray got) {
        assertEquals(want.dtype(), got.dtype(), what);
        assertEquals(want.shape(), got.shape(), what);
        double largest = 1 + Arrays.stream(want.toDoubles()).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        double bound = t.dtype().isFloating() ? STEPS * t.dtype().ulp(largest) : 0;
        int wrong = IntStream.range(0, want.elements()).filter(i -> !isNear(want.get(i), got.get(i), bound)).findFirst().orElse(-1);
        if (wrong >= 0) {
            throw new AssertionError(what + ": element " + wrong + " is " + got.get(wrong) + ", not " + want.get(wrong) + "; the difference may be " + bound);
        }
    }

    private static boolean isNear(double want, double got, double bound) {
        return Double.compare(want, got) == 0 || want == got || Math.abs(want - got) <= bound;
    }
}
