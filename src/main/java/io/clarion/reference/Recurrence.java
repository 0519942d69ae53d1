package io.clarion.reference;

import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;

/** {@code y(i) = a(i)·y(i − 1) + b(i)} along an axis; integers are computed in 64 bits and wrap. */
final class Recurrence {
    private Recurrence() {}

    static double[] of(int axis, boolean reversed, Shape shape, DType type, double[] a, double[] b) {
        double[] y = new double[b.length];
        int n = shape.size(axis);
        int inner = shape.strides()[axis];
        for (int row = 0; row < y.length / Math.max(1, n); row++) {
            int first = row / inner * inner * n + row % inner;
            double before = 0;
            long whole = 0;
            for (int i = 0; i < n; i++) {
                int place = first + (reversed ? n - 1 - i : i) * inner;
                before = a[place] * before + b[place];
                whole = (long) a[place] * whole + (long) b[place];
                y[place] = type.isInteger() ? type.wrapped(whole) : before;
            }
        }
        return y;
    }
}
