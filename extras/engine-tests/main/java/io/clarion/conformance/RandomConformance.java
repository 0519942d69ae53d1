package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.check.RandomValues;
import io.clarion.conformance.cases.RandomCase;
import io.clarion.conformance.cases.RandomCases;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
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
 * <p>{@code -Dclarion.samples} says how many calls of each are drawn, where {@link #randomDraws} is not to.
 * {@code -Dclarion.draw} is the first seed.
 */
public interface RandomConformance extends TestedEngine {
    /** Units in the last place for each operation that leads to an element, and how many there may be. */
    int STEPS = 16 * 16;

    /** Returns the dtypes of the arguments. */
    default List<DType> randomDTypes() {
        return List.of(DType.FLOAT32);
    }

    /**
     * Returns how many calls of each function are drawn: fewer in a sweep if the engine's compiler is slow.
     *
     * @param isSweep whether {@code -Dclarion.sweep=full} asks for many
     */
    default int randomDraws(boolean isSweep) {
        return isSweep ? 20 : 1;
    }

    @TestFactory
    default Stream<DynamicTest> randomCases() {
        long first = Long.getLong("clarion.draw", 1);
        int draws = Integer.getInteger("clarion.samples",
                randomDraws(System.getProperty("clarion.sweep", "").equals("full")));
        return TestedEngine.inParts(RandomCases.all(), casesAFunction()).stream()
                .map(some -> DynamicTest.dynamicTest(title(some) + ", seeds from " + first,
                        () -> LongStream.range(first, first + draws)
                                .forEach(seed -> randomDTypes().forEach(type -> check(some, seed, type)))));
    }

    private static String title(List<RandomCase> cases) {
        return cases.getFirst() + (cases.size() == 1 ? "" : " to " + cases.getLast());
    }

    private void check(List<RandomCase> cases, long seed, DType type) {
        K.useDevice(TestedEngine.reference());
        var inputs = new ArrayList<Tensor>();
        var values = new ArrayList<NDArray>();
        var results = new ArrayList<Tensor>();
        var what = new ArrayList<String>();
        for (RandomCase random : cases) {
            RandomCase.Trial trial = random.trial(seed, type);
            inputs.addAll(trial.inputs());
            values.addAll(trial.values());
            results.add(trial.y());
            what.add(trial.what());
            for (Tensor gradient : K.gradients(trial.loss(new RandomValues(~seed)), trial.inputs())) {
                results.add(gradient);
                what.add("a gradient of " + trial.what());
            }
        }
        var graph = new Graph(inputs, results, List.of());
        List<NDArray> want = TestedEngine.call(TestedEngine.reference(), graph, values);
        List<NDArray> got = TestedEngine.call(device(), graph, values);
        for (int i = 0; i < results.size(); i++) {
            compare(what.get(i), results.get(i), want.get(i), got.get(i));
        }
    }

    /**
     * Compares a tensor's values with those of the reference. Numbers are about 1, and what cancels to less is off by
     * as much.
     */
    private static void compare(String what, Tensor t, NDArray want, NDArray got) {
        assertEquals(want.dtype(), got.dtype(), what);
        assertEquals(want.shape(), got.shape(), what);
        double largest = 1 + Arrays.stream(want.toDoubles()).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        double bound = t.dtype().isFloating() ? STEPS * t.dtype().ulp(largest) : 0;
        int wrong = IntStream.range(0, want.elements()).filter(i -> !isNear(want.get(i), got.get(i), bound)).findFirst()
                .orElse(-1);
        if (wrong >= 0) {
            throw new AssertionError(what + ": element " + wrong + " is " + got.get(wrong) + ", not " + want.get(wrong)
                    + "; the difference may be " + bound);
        }
    }

    private static boolean isNear(double want, double got, double bound) {
        return Double.compare(want, got) == 0 || want == got || Math.abs(want - got) <= bound;
    }
}
