package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;

/**
 * The learning rate's factor and the count of an optimizer's steps.
 *
 * @param factor a scalar by which learning rates are multiplied; null for 1
 */
public record Pace(Tensor factor) {
    /** The learning rate as it is. */
    static final Pace STEADY = new Pace(null);

    /** Returns a learning rate as a scalar of a parameter's type. */
    Tensor rate(double rate, DType type) {
        return factor == null ? Tensor.literal(type, rate) : factor.cast(type).times(rate);
    }

    /** Returns a variable that counts the steps of {@code whose}, from 0. */
    static Tensor counter(String whose) {
        return K.zeros(new int[0], DType.FLOAT32, whose + "/iterations");
    }

    /** Returns 1 − βᵗ; written with expm1, as 1 − 0.999 in float32 has lost four digits. */
    static Tensor oneMinusPower(double beta, Tensor t) {
        return t.times(Math.log(beta)).apply(ScalarFn.EXPM1).neg();
    }
}
