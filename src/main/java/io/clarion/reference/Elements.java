package io.clarion.reference;

import io.clarion.graph.ScalarFn;
import io.clarion.tensor.DType;

/** The operations that are computed element by element. */
final class Elements {
    private Elements() {}

    /**
     * Returns {@code fn} of the elements at the same place, the last of which have the type {@code type}; integers
     * wrap.
     */
    static double[] map(ScalarFn fn, DType type, double[]... in) {
        double[] a = in[0];
        double[] b = in[Math.min(1, in.length - 1)];
        double[] c = in[in.length - 1];
        double[] y = new double[a.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = fn.reference(type, a[i], b[i], c[i]);
        }
        return y;
    }

    /**
     * Returns the elements in another type as {@link DType#nearest} says, of integers in narrower ones the low bits;
     * floats are not rounded.
     */
    static double[] cast(DType from, DType to, double[] x) {
        if (to.isFloating()) {
            return x;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = from.isFloating() ? to.nearest(x[i]) : to.wrapped((long) x[i]);
        }
        return y;
    }
}
