package io.clarion.reference;

import io.clarion.graph.Op.Reduce.Kind;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Extremes and products over some axes. */
final class Reduction {
    private Reduction() {}

    /**
     * Returns {@code x} reduced over {@code axes}; of no elements the extreme is the farthest value, the product 1, the
     * index 0.
     */
    static double[] of(Kind kind, List<Integer> axes, Shape in, DType type, double[] x) {
        Shape out = in.without(axes);
        var order = new ArrayList<>(IntStream.range(0, in.rank()).filter(a -> !axes.contains(a)).boxed().toList());
        order.addAll(axes);
        int[] strides = in.strides();
        double[] rows = new Walk(order.stream().mapToInt(in::size).toArray(),
                order.stream().mapToInt(a -> strides[a]).toArray(), 0).read(x);
        int n = axes.stream().mapToInt(in::size).reduce(1, (a, b) -> a * b);
        double[] y = new double[out.elements()];
        for (int i = 0; i < y.length; i++) {
            y[i] = row(kind, type, rows, i * n, (i + 1) * n);
        }
        return y;
    }

    private static double row(Kind kind, DType type, double[] x, int from, int to) {
        return switch (kind) {
            case MAX, FIRST_MAX -> from == to ? type.least() : x[first(x, from, to, 1)];
            case MIN -> from == to ? type.greatest() : x[first(x, from, to, -1)];
            case PROD -> type.isInteger() ? type.wrapped(wholeProduct(x, from, to)) : product(x, from, to);
            case ARGMAX -> first(x, from, to, 1) - from;
            case ARGMIN -> first(x, from, to, -1) - from;
        };
    }

    /**
     * Returns the place of the first NaN or, if there is none, of the first greatest ({@code sign} 1) or least (−1).
     */
    private static int first(double[] x, int from, int to, int sign) {
        int best = from;
        for (int i = from; i < to; i++) {
            if (Double.isNaN(x[i])) {
                return i;
            }
            if (sign * x[i] > sign * x[best]) {
                best = i;
            }
        }
        return best;
    }

    private static double product(double[] x, int from, int to) {
        double product = 1;
        for (int i = from; i < to; i++) {
            product *= x[i];
        }
        return product;
    }

    private static long wholeProduct(double[] x, int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product *= (long) x[i];
        }
        return product;
    }
}
