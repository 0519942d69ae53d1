package io.clarion.model.layer.weight;

import io.clarion.DimOrdering;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/** An initialiser, which draws a layer's first weights; on the host, so that every device starts from the same. */
public enum Initialiser {
    /**
     * Uniform with variance 2 / (in + out): <a href="https://proceedings.mlr.press/v9/glorot10a.html">Glorot and
     * Bengio</a>.
     */
    GLOROT_UNIFORM(true),
    /** Normal with variance 2 / (in + out). */
    GLOROT_NORMAL(false),
    /** Uniform with variance 2 / in: <a href="https://arxiv.org/abs/1502.01852">He et al.</a>, for relu. */
    HE_UNIFORM(true),
    /** Normal with variance 2 / in. */
    HE_NORMAL(false),
    /** Uniform with variance 1 / in: <a href="http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf">LeCun et al.</a> */
    LECUN_UNIFORM(true),
    /** Uniform from −0.05 to 0.05. */
    UNIFORM(true),
    /** Normal with deviation 0.05. */
    NORMAL(false),
    /**
     * Rows or columns at right angles, each of length 1.1: <a href="https://arxiv.org/abs/1312.6120">Saxe et al.</a>
     */
    ORTHOGONAL(false),
    /** The identity matrix. */
    IDENTITY(false),
    ZERO(true),
    ONE(true);

    private static final double SCALE = 0.05;
    private final boolean uniform;

    Initialiser(boolean uniform) {
        this.uniform = uniform;
    }

    /**
     * Returns the variance of the numbers drawn for weights with these fans; on average, where they depend on each
     * other.
     */
    public double variance(Fans fans) {
        return switch (this) {
            case GLOROT_UNIFORM, GLOROT_NORMAL -> 2 / (fans.in() + fans.out());
            case HE_UNIFORM, HE_NORMAL -> 2 / fans.in();
            case LECUN_UNIFORM -> 1 / fans.in();
            case UNIFORM -> SCALE * SCALE / 3;
            case NORMAL -> SCALE * SCALE;
            case ORTHOGONAL -> Orthogonal.LENGTH * Orthogonal.LENGTH / Math.max(fans.in(), fans.out());
            case IDENTITY, ZERO, ONE -> 0;
        };
    }

    /** Returns float32 weights of that shape; {@code ordering} tells how a kernel's fans are counted. */
    public NDArray draw(int[] shape, DimOrdering ordering, RandomGenerator random) {
        NDArray weights = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        switch (this) {
            case ZERO -> {}
            case ONE -> fill(weights, i -> 1);
            case IDENTITY -> {
                if (shape.length != 2 || shape[0] != shape[1]) {
                    throw new IllegalArgumentException("weights of shape " + Arrays.toString(shape)
                            + " cannot be an identity; a square would do");
                }
                fill(weights, i -> i / shape[0] == i % shape[0] ? 1 : 0);
            }
            case ORTHOGONAL -> {
                double[] drawn = Orthogonal.draw(shape, random);
                fill(weights, i -> drawn[i]);
            }
            default -> {
                double variance = variance(Fans.of(shape, ordering));
                double bound = Math.sqrt(3 * variance);
                fill(weights,
                        i -> uniform ? random.nextDouble(-bound, bound) : random.nextGaussian(0, Math.sqrt(variance)));
            }
        }
        return weights;
    }

    private static void fill(NDArray weights, IntToDoubleFunction value) {
        for (int i = 0; i < weights.elements(); i++) {
            weights.set(i, value.applyAsDouble(i));
        }
    }
}
