package io.clarion.model.layer.weight;

import io.clarion.K;
import io.clarion.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A constraint, which weights are made to meet after each step of training. */
@FunctionalInterface
public interface Constraint extends UnaryOperator<Tensor> {
    /** Weights stay as they are. */
    Constraint NONE = w -> w;

    /** Weights below 0 become 0. */
    Constraint NON_NEGATIVE = w -> w.times(K.greaterEqual(w, 0).cast(w.dtype()));

    /**
     * Weights whose Euclidean length over {@code axes} is at most {@code max}. Axis 0, that of the inputs of a dense
     * layer, if none is named; a convolution's kernel has its inputs on axes 0, 1 and 2 ("tf").
     */
    static Constraint maxNorm(double max, int... axes) {
        return new MaxNorm(max, overs(axes));
    }

    /** Weights whose Euclidean length over {@code axes}, as in {@link #maxNorm}, is 1. */
    static Constraint unitNorm(int... axes) {
        return new UnitNorm(overs(axes));
    }

    private static List<Integer> overs(int[] axes) {
        return axes.length == 0 ? List.of(0) : Arrays.stream(axes).boxed().toList();
    }

    private static Tensor lengths(Tensor w, List<Integer> axes) {
        return K.sqrt(K.sum(K.square(w), axes.stream().mapToInt(a -> a).toArray(), true));
    }

    /** See {@link #maxNorm}. */
    record MaxNorm(double max, List<Integer> axes) implements Constraint {
        public MaxNorm {
            InputChecks.check(max > 0,
                    "weights cannot have a length of " + max + " at most; a positive number would do");
        }

        @Override
        public Tensor apply(Tensor w) {
            Tensor lengths = lengths(w, axes);
            return w.times(K.clip(lengths, 0, max).div(lengths.plus(K.epsilon())));
        }
    }

    /** See {@link #unitNorm}. */
    record UnitNorm(List<Integer> axes) implements Constraint {
        @Override
        public Tensor apply(Tensor w) {
            return w.div(lengths(w, axes).plus(K.epsilon()));
        }
    }
}
