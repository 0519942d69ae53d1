package io.clarion.reference;

import io.clarion.graph.Tensor;
import java.util.Arrays;

/** Rows read and added to by index. */
final class GatherScatter {
    private GatherScatter() {}

    /** Returns the rows that {@code indices} name; NaN, or 0 for types without one, where there is no such row. */
    static double[] gathered(Tensor t, double[] rows, double[] indices) {
        int count = t.input(0).shape().size(0);
        double[] y = new double[t.shape().elements()];
        int length = indices.length == 0 ? 0 : y.length / indices.length;
        for (int i = 0; i < indices.length; i++) {
            int row = (int) indices[i];
            if (row >= 0 && row < count) {
                System.arraycopy(rows, row * length, y, i * length, length);
            } else if (t.dtype().isFloating()) {
                Arrays.fill(y, i * length, (i + 1) * length, Double.NaN);
            }
        }
        return y;
    }

    /** Each row of the result is the sum of the updates whose index names it, in ascending order of place. */
    static double[] scattered(Tensor t, double[] updates, double[] indices) {
        int count = t.shape().size(0);
        var sums = new Sums(t.shape().elements());
        long[] wholes = new long[t.shape().elements()];
        int length = indices.length == 0 ? 0 : updates.length / indices.length;
        for (int i = 0; i < indices.length; i++) {
            int row = (int) indices[i];
            for (int k = 0; k < length && row >= 0 && row < count; k++) {
                if (t.dtype().isInteger()) {
                    wholes[row * length + k] += (long) updates[i * length + k];
                } else {
                    sums.add(row * length + k, updates[i * length + k]);
                }
            }
        }
        return t.dtype().isInteger() ? Arrays.stream(wholes).mapToDouble(t.dtype()::wrapped).toArray()
                : sums.values(t.dtype());
    }
}
