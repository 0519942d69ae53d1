package io.clarion.model.layer.weight;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Random matrices whose shorter side are vectors at right angles, by Gram and Schmidt's method, taken twice for
 * accuracy.
 */
final class Orthogonal {
    /** The length of the vectors. */
    static final double LENGTH = 1.1;

    private Orthogonal() {}

    /** Returns values in row-major order; all axes but the first count as one. */
    static double[] draw(int[] shape, RandomGenerator random) {
        if (shape.length < 2) {
            throw new IllegalArgumentException(
                    "weights of shape " + Arrays.toString(shape) + " cannot be orthogonal; a matrix would do");
        }
        int rows = shape[0];
        int columns = Arrays.stream(shape, 1, shape.length).reduce(1, Math::multiplyExact);
        double[][] vectors = new double[Math.min(rows, columns)][Math.max(rows, columns)];
        for (int i = 0; i < vectors.length; i++) {
            double[] v = vectors[i];
            Arrays.setAll(v, k -> random.nextGaussian());
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    addScaled(v, vectors[j], -dot(v, vectors[j]));
                }
                double length = Math.sqrt(dot(v, v));
                Arrays.setAll(v, k -> v[k] / length);
            }
        }
        double[] weights = new double[rows * columns];
        Arrays.setAll(weights, p -> LENGTH
                * (rows <= columns ? vectors[p / columns][p % columns] : vectors[p % columns][p / columns]));
        return weights;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static void addScaled(double[] to, double[] v, double by) {
        for (int k = 0; k < to.length; k++) {
            to[k] += by * v[k];
        }
    }
}
