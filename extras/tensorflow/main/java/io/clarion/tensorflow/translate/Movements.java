package io.clarion.tensorflow.translate;

import io.clarion.graph.Movement;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.Output;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Views: the same elements in other places. */
record Movements(Nodes tf) {
    private static final int MOST_AXES = 8;

    Output of(Movement movement, Output x, DType dtype, Shape in, Shape out) {
        boolean isLimited = movement instanceof Movement.Slice || movement instanceof Movement.Pad
                || movement instanceof Movement.Reverse;
        if (isLimited && in.rank() > MOST_AXES) {
            throw new UnsupportedOperationException(
                    "TensorFlow slices, pads and reverses tensors of " + MOST_AXES + " axes at most, and one of shape "
                            + in + " has " + in.rank() + "; reshape it to fewer, or use a device of another engine");
        }
        return switch (movement) {
            case Movement.Reshape r -> tf.reshape(x, out);
            case Movement.Permute(List<Integer> order) -> tf.transpose(x, order);
            case Movement.Broadcast b -> tf.broadcast(x, in.sizes(), out.sizes());
            case Movement.Slice(List<Integer> start, List<Integer> step, Shape to) ->
                    tf.slice(x, ints(start), ints(step), to.sizes());
            case Movement.Pad(List<Integer> before, List<Integer> step, Shape to, double value) ->
                    padded(x, in.sizes(), ints(before), ints(step), to.sizes(), tf.scalar(dtype, value));
            case Movement.Reverse(List<Integer> axes) -> axes.isEmpty() ? x : tf.op("ReverseV2", x, tf.ints(axes));
            case Movement.Windows w -> windows(w, x, in.sizes(), out);
        };
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(i -> i).toArray();
    }

    private Output padded(Output x, int[] in, int[] before, int[] step, int[] to, Output value) {
        if (Arrays.stream(in).anyMatch(n -> n == 0)) {
            return tf.op("Fill", tf.ints(to), value);
        }
        Output spread = x;
        int[] sizes = in.clone();
        for (int a = 0; a < in.length; a++) {
            if (step[a] > 1) {
                spread = spread(spread, sizes, a, step[a], value);
                sizes[a] = (sizes[a] - 1) * step[a] + 1;
            }
        }
        return tf.pad(spread, before, IntStream.range(0, in.length).map(a -> to[a] - before[a] - sizes[a]).toArray(),
                value);
    }

    /**
     * Emits a tensor with gaps between the elements of an axis: each is followed by one, and that after the last is cut
     * off.
     */
    private Output spread(Output x, int[] sizes, int axis, int step, Output value) {
        int outer = IntStream.range(0, axis).map(a -> sizes[a]).reduce(1, (a, b) -> a * b);
        int inner = IntStream.range(axis + 1, sizes.length).map(a -> sizes[a]).reduce(1, (a, b) -> a * b);
        Output rows = tf.reshape(x, outer * sizes[axis], inner);
        Output gaps = tf.pad(rows, new int[2], new int[] {0, (step - 1) * inner}, value);
        int kept = (sizes[axis] - 1) * step + 1;
        Output cut = tf.slice(tf.reshape(gaps, outer, sizes[axis] * step, inner), new int[3], ones(3),
                new int[] {outer, kept, inner});
        int[] shape = sizes.clone();
        shape[axis] = kept;
        return tf.reshape(cut, shape);
    }

    private Output windows(Movement.Windows w, Output x, int[] in, Shape out) {
        int places = out.size(w.axis());
        if (w.taps() == w.stride() && w.dilation() == 1) {
            int[] covered = in.clone();
            covered[w.axis()] = places * w.taps();
            return tf.reshape(
                    Arrays.equals(covered, in) ? x : tf.slice(x, new int[in.length], ones(in.length), covered), out);
        }
        int[] at = IntStream.range(0, places * w.taps())
                .map(i -> i / w.taps() * w.stride() + i % w.taps() * w.dilation()).toArray();
        return tf.gather(x, tf.constant(NDArray.of(at, places, w.taps())), w.axis());
    }

    static int[] ones(int n) {
        int[] ones = new int[n];
        Arrays.fill(ones, 1);
        return ones;
    }
}
