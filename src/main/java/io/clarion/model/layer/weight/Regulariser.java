package io.clarion.model.layer.weight;

import io.clarion.K;
import io.clarion.graph.Tensor;

/** A penalty on weights or activities: {@code l1·Σ|x| + l2·Σx²}. */
public record Regulariser(double l1, double l2) {
    public Regulariser {
        InputChecks.check(Double.isFinite(l1) && Double.isFinite(l2),
                "a penalty cannot be " + l1 + " times the sum and " + l2
                        + " times the sum of squares; finite numbers would do");
    }

    /** No penalty. */
    public static final Regulariser NONE = new Regulariser(0, 0);

    public static Regulariser l1(double l1) {
        return new Regulariser(l1, 0);
    }

    public static Regulariser l2(double l2) {
        return new Regulariser(0, l2);
    }

    public static Regulariser l1l2(double l1, double l2) {
        return new Regulariser(l1, l2);
    }

    public boolean isNone() {
        return l1 == 0 && l2 == 0;
    }

    /** Returns the penalty, a scalar. */
    public Tensor of(Tensor x) {
        Tensor absolute = K.sum(K.abs(x)).times(l1);
        Tensor squared = K.sum(K.square(x)).times(l2);
        return l2 == 0 ? absolute : l1 == 0 ? squared : absolute.plus(squared);
    }
}
