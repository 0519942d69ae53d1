package io.clarion.grad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.check.RandomValues;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.reference.Evaluation;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holds gradients against differences of the function itself, in float64: element by element, along one random
 * direction, and the same for the gradients' own gradients.
 */
final class CentralDifferences {
    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 2e-6;

    /** A function of tensors, built anew for each set of inputs. */
    @FunctionalInterface
    interface Built {
        Tensor of(List<Tensor> x);
    }

    private CentralDifferences() {}

    /** Checks first and second gradients of a weighted sum of sines of what {@code built} gives, at {@code x}. */
    static void check(String what, RandomValues samples, Built built, List<NDArray> x) {
        List<Tensor> inputs = x.stream().map(v -> Tensor.of(new Op.Placeholder(DType.FLOAT64, v.shape(), "x")))
                .toList();
        // The sine gives functions that are linear themselves a second gradient too.
        Tensor loss = weighted(samples, built.of(inputs).apply(ScalarFn.SIN));
        List<Tensor> gradients = Gradients.of(loss, inputs);
        compare(what, samples, inputs, loss, gradients, x);
        Tensor second = gradients.stream().map(g -> weighted(samples, g)).reduce(Tensor::plus).orElseThrow();
        compare(what + ", second", samples, inputs, second, Gradients.of(second, inputs), x);
    }

    private static Tensor weighted(RandomValues samples, Tensor y) {
        Tensor weights = Tensor.constant(samples.array(DType.FLOAT64, -1, 1, y.shape().sizes()));
        return y.times(weights).sum(y.shape().axes());
    }

    private static void compare(String what, RandomValues samples, List<Tensor> inputs, Tensor loss,
            List<Tensor> gradients, List<NDArray> x) {
        for (int i = 0; i < inputs.size(); i++) {
            assertEquals(inputs.get(i).shape(), gradients.get(i).shape(), what);
        }
        List<NDArray> found = Evaluation.function(inputs, gradients).call(x);
        Function f = Evaluation.function(inputs, List.of(loss));
        double along = 0;
        List<NDArray> direction = x.stream().map(v -> samples.array(DType.FLOAT64, -1, 1, v.shape().sizes())).toList();
        for (int i = 0; i < x.size(); i++) {
            for (int k = 0; k < x.get(i).elements(); k++) {
                NDArray unit = NDArray.zeros(DType.FLOAT64, x.get(i).shape());
                unit.set(k, 1);
                double g = found.get(i).get(k);
                near(difference(f, x, List.of(unit), i), g, what + ": element " + k + " of input " + i);
                along += g * direction.get(i).get(k);
            }
        }
        near(difference(f, x, direction, 0), along, what + ": along a direction");
    }

    private static void near(double difference, double gradient, String what) {
        assertEquals(difference, gradient, TOLERANCE * (1 + Math.abs(gradient)), what);
    }

    /** The slope of {@code f} when inputs {@code from}, {@code from} + 1, … move by {@code by}. */
    private static double difference(Function f, List<NDArray> x, List<NDArray> by, int from) {
        double[] ends = IntStream.of(1, -1).mapToDouble(sign -> {
            var moved = new ArrayList<>(x);
            for (int i = 0; i < by.size(); i++) {
                NDArray at = x.get(from + i).copy();
                for (int k = 0; k < at.elements(); k++) {
                    at.set(k, at.get(k) + sign * STEP * by.get(i).get(k));
                }
                moved.set(from + i, at);
            }
            return f.call(moved).get(0).item();
        }).toArray();
        return (ends[0] - ends[1]) / (2 * STEP);
    }
}
