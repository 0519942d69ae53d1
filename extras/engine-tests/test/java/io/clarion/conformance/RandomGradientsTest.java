package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.clarion.K;
import io.clarion.check.RandomValues;
import io.clarion.conformance.cases.RandomCase;
import io.clarion.conformance.cases.RandomCases;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each differentiable function of K on random shapes and options: its gradient, and for smooth ones the gradient of
 * that, against central differences along a random direction, in double precision.
 *
 * <p>{@code -Dclarion.samples} says how many calls of each are drawn, {@code -Dclarion.draw} the first seed.
 */
class RandomGradientsTest {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-7;

    @TestFactory
    Stream<DynamicTest> gradientsAreThoseOfDifferences() {
        K.useDevice("reference:0");
        long first = Long.getLong("clarion.draw", 1);
        int samples = Integer.getInteger("clarion.samples", 4);
        return RandomCases.all().stream().map(c -> dynamicTest(c + ", seeds from " + first, () -> {
            for (long seed = first; seed < first + samples; seed++) {
                check(c.trial(seed, DType.FLOAT64), c.smooth(), new RandomValues(~seed));
            }
        }));
    }

    private static void check(RandomCase.Trial trial, boolean smooth, RandomValues s) {
        Tensor loss = trial.loss(s);
        List<Tensor> gradients = K.gradients(loss, trial.inputs());
        compare(trial.what(), trial, loss, gradients, s);
        if (smooth) {
            Tensor second = IntStream.range(0, gradients.size())
                    .mapToObj(i -> K.sum(gradients.get(i).times(Tensor.constant(
                            s.array(DType.FLOAT64, -1, 1, trial.values().get(i).shape().sizes())))))
                    .reduce(Tensor::plus).orElseThrow();
            compare(trial.what() + ", second order", trial, second, K.gradients(second, trial.inputs()), s);
        }
    }

    private static void compare(String what, RandomCase.Trial trial, Tensor loss, List<Tensor> gradients,
            RandomValues s) {
        List<NDArray> direction = trial.values().stream().map(v -> s.array(DType.FLOAT64, -1, 1, v.shape().sizes()))
                .toList();
        var results = new ArrayList<Tensor>(List.of(loss));
        results.addAll(gradients);
        try (Function f = K.function(trial.inputs(), results)) {
            List<NDArray> got = f.call(trial.values());
            double along = 0;
            for (int i = 0; i < direction.size(); i++) {
                assertEquals(trial.inputs().get(i).shape(), gradients.get(i).shape(), what);
                double[] g = got.get(1 + i).toDoubles();
                double[] d = direction.get(i).toDoubles();
                along += IntStream.range(0, g.length).mapToDouble(k -> g[k] * d[k]).sum();
            }
            double slope = (moved(f, trial, direction, STEP) - moved(f, trial, direction, -STEP)) / (2 * STEP);
            double size = DoubleStream.of(1, Math.abs(along), Math.abs(got.get(0).item())).max().orElseThrow();
            assertEquals(slope, along, TOLERANCE * size, what);
        }
    }

    private static double moved(Function f, RandomCase.Trial trial, List<NDArray> direction, double by) {
        return f.call(IntStream.range(0, direction.size()).mapToObj(i -> {
            NDArray at = trial.values().get(i).copy();
            for (int k = 0; k < at.elements(); k++) {
                at.set(k, at.get(k) + by * direction.get(i).get(k));
            }
            return at;
        }).toList()).get(0).item();
    }
}
