package io.clarion.reference;

import io.clarion.graph.ScalarFn;
import io.clarion.tensor.DType;

/** What is computed element by element. */
final class Elements {
    private Elements() {}

    /** {@code fn} of the elements at the same place; int32 results wrap. */
    static double[] map(ScalarFn fn, DType type, double[]... in) {
        double[] a = in[0];
        double[] b = in[Math.min(1, in.length - 1)];
        double[] c = in[in.length - 1];
        double[] y = new double[a.length];
        if (type == DType.INT32) {
            // The product of two ints may need more than a double's 53 bits.
            boolean product = fn == ScalarFn.MUL;
            for (int i = 0; i < y.length; i++) {
                y[i] = product ? (int) a[i] * (int) b[i] : wrapped(fn.reference(a[i], b[i], c[i]));
            }
        } else {
            for (int i = 0; i < y.length; i++) {
                y[i] = fn.reference(a[i], b[i], c[i]);
            }
        }
        return y;
    }

    /** The elements in another type: towards zero for integers, "is not 0" for bools; float32 is not rounded. */
    static double[] cast(DType to, double[] x) {
        if (to.isFloating()) {
            return x;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = to == DType.INT32 ? (int) x[i] : x[i] != 0 ? 1 : 0;
        }
        return y;
    }

    /** A whole number of less than 2^63 as an int32. */
    private static int wrapped(double whole) {
        return (int) (long) whole;
    }
}
