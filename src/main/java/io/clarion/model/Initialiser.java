package io.clarion.model;

import io.clarion.DimOrdering;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.random.RandomGenerator;

/** How a layer's first weights are drawn; on the host, so that every device starts from the same. */
public enum Initialiser {
    /** Uniform with variance 2 / (in + out): <a href="https://proceedings.mlr.press/v9/glorot10a.html">Glorot and Bengio</a>. */
    GLOROT_UNIFORM(true),
    /** Normal with variance 2 / (in + out). */
    GLOROT_NORMAL(false),
    /** Uniform with variance 2 / in: <a href="https://arxiv.org/abs/1502.01852">He et al.</a>, for relu. */
    HE_UNIFORM(true),
    /** Normal with variance 2 / in. */
    HE_NORMAL(false);

    private final boolean uniform;

    Initialiser(boolean uniform) {
        this.uniform = uniform;
    }

    /** The variance of the numbers drawn for weights with these fans. */
    public double variance(Fans fans) {
        return switch (this) {
            case GLOROT_UNIFORM, GLOROT_NORMAL -> 2 / (fans.in() + fans.out());
            case HE_UNIFORM, HE_NORMAL -> 2 / fans.in();
        };
    }

    /** Float32 weights of that shape; {@code ordering} tells how a kernel's fans are counted. */
    public NDArray draw(int[] shape, DimOrdering ordering, RandomGenerator random) {
        NDArray weights = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        double variance = variance(Fans.of(shape, ordering));
        double bound = Math.sqrt(3 * variance);
        for (int i = 0; i < weights.elements(); i++) {
            weights.set(i, uniform ? random.nextDouble(-bound, bound) : random.nextGaussian(0, Math.sqrt(variance)));
        }
        return weights;
    }
}
