package io.clarion.model.layer.weight;

import io.clarion.DimOrdering;
import java.util.Arrays;

/**
 * The fan-in and fan-out of a layer's unit, as Keras counts them.
 *
 * @param in  inputs of a unit
 * @param out units that an input reaches
 */
public record Fans(double in, double out) {
    /**
     * Returns the fans of weights of that shape: (inputs, units), or a convolution's kernel by {@code ordering}, (…,
     * channels, filters) or (filters, channels, …). Any other shape has √elements for both.
     */
    public static Fans of(int[] shape, DimOrdering ordering) {
        int rank = shape.length;
        if (rank == 2) {
            return new Fans(shape[0], shape[1]);
        }
        if (rank < 2) {
            double root = Math.sqrt(product(shape, 0, rank));
            return new Fans(root, root);
        }
        return switch (ordering) {
            case TF -> {
                double taps = product(shape, 0, rank - 2);
                yield new Fans(shape[rank - 2] * taps, shape[rank - 1] * taps);
            }
            case TH -> {
                double taps = product(shape, 2, rank);
                yield new Fans(shape[1] * taps, shape[0] * taps);
            }
        };
    }

    private static double product(int[] sizes, int from, int to) {
        return Arrays.stream(sizes, from, to).asDoubleStream().reduce(1, (a, b) -> a * b);
    }
}
