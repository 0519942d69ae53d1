package io.clarion.reference;

import io.clarion.graph.Movement;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A way through an array in the row-major order of a box: element (i, j, …) lies at
 * {@code start + i·stride0 + j·stride1 + …}. A stride may be 0 or negative.
 */
record Walk(int[] sizes, int[] strides, int start) {
    /** The action on one row of the box: the first element's place in row-major order, and in the array. */
    @FunctionalInterface
    private interface Row {
        void at(int place, int offset);
    }

    /** Returns the elements that the walk meets. */
    double[] read(double[] from) {
        Walk w = merged();
        double[] read = new double[w.elements()];
        int n = w.rowLength();
        int stride = w.rowStride();
        w.rows((place, offset) -> {
            if (stride == 1) {
                System.arraycopy(from, offset, read, place, n);
            } else {
                for (int i = 0; i < n; i++) {
                    read[place + i] = from[offset + i * stride];
                }
            }
        });
        return read;
    }

    /** Puts {@code values} where the walk leads. */
    void write(double[] values, double[] into) {
        Walk w = merged();
        int n = w.rowLength();
        int stride = w.rowStride();
        w.rows((place, offset) -> {
            for (int i = 0; i < n; i++) {
                into[offset + i * stride] = values[place + i];
            }
        });
    }

    /** Returns where the walk leads, step by step. */
    int[] offsets() {
        int[] all = new int[elements()];
        int n = rowLength();
        int stride = rowStride();
        rows((place, offset) -> {
            for (int i = 0; i < n; i++) {
                all[place + i] = offset + i * stride;
            }
        });
        return all;
    }

    private int elements() {
        return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }

    private int rowLength() {
        return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
    }

    private int rowStride() {
        return sizes.length == 0 ? 1 : strides[sizes.length - 1];
    }

    /** Returns the same walk with axes that continue each other made one, so that rows are long. */
    private Walk merged() {
        int[] size = new int[sizes.length];
        int[] stride = new int[sizes.length];
        int n = 0;
        for (int a = 0; a < sizes.length; a++) {
            if (n > 0 && stride[n - 1] == strides[a] * sizes[a]) {
                size[n - 1] *= sizes[a];
                stride[n - 1] = strides[a];
            } else if (sizes[a] != 1) {
                size[n] = sizes[a];
                stride[n++] = strides[a];
            }
        }
        return new Walk(Arrays.copyOf(size, n), Arrays.copyOf(stride, n), start);
    }

    private void rows(Row row) {
        int outer = Math.max(0, sizes.length - 1);
        int n = rowLength();
        int all = elements();
        int[] at = new int[outer];
        int offset = start;
        for (int place = 0; place < all; place += n) {
            row.at(place, offset);
            for (int a = outer - 1; a >= 0; a--) {
                offset += strides[a];
                if (++at[a] < sizes[a]) {
                    break;
                }
                offset -= at[a] * strides[a];
                at[a] = 0;
            }
        }
    }

    /**
     * Returns {@code x} of shape {@code in} after a movement to shape {@code out}. No default: javac finds the gaps.
     */
    static double[] moved(Movement movement, Shape in, Shape out, double[] x) {
        int[] strides = in.strides();
        return switch (movement) {
            case Movement.Reshape r -> x;
            case Movement.Permute(List<Integer> order) ->
                    new Walk(out.sizes(), order.stream().mapToInt(a -> strides[a]).toArray(), 0).read(x);
            case Movement.Broadcast b -> {
                Arrays.setAll(strides, a -> in.dim(a).is(1) ? 0 : strides[a]);
                yield new Walk(out.sizes(), strides, 0).read(x);
            }
            case Movement.Slice(List<Integer> start, List<Integer> step, Shape to) ->
                    stepping(out.sizes(), strides, start, step).read(x);
            case Movement.Pad(List<Integer> before, List<Integer> step, Shape to, double value) -> {
                double[] padded = new double[out.elements()];
                Arrays.fill(padded, value);
                stepping(in.sizes(), out.strides(), before, step).write(x, padded);
                yield padded;
            }
            case Movement.Reverse(List<Integer> axes) -> {
                var start = new ArrayList<>(Collections.nCopies(in.rank(), 0));
                var step = new ArrayList<>(Collections.nCopies(in.rank(), 1));
                axes.forEach(a -> {
                    start.set(a, in.size(a) - 1);
                    step.set(a, -1);
                });
                yield stepping(out.sizes(), strides, start, step).read(x);
            }
            case Movement.Windows(int axis, int taps, int stride, int dilation) -> {
                int[] split = new int[strides.length + 1];
                Arrays.setAll(split, a -> a < axis ? strides[a] : a == axis ? stride * strides[axis]
                        : a == axis + 1 ? dilation * strides[axis] : strides[a - 1]);
                yield new Walk(out.sizes(), split, 0).read(x);
            }
        };
    }

    private static Walk stepping(int[] sizes, int[] strides, List<Integer> start, List<Integer> step) {
        int first = 0;
        int[] stepped = new int[strides.length];
        for (int a = 0; a < strides.length; a++) {
            first += start.get(a) * strides[a];
            stepped[a] = step.get(a) * strides[a];
        }
        return new Walk(sizes, stepped, first);
    }
}
