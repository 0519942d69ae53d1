package io.clarion.tensorflow.translate;

import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensorflow.runtime.Output;
import java.util.Arrays;

/** Rows read and added to by index. TensorFlow refuses an index outside, so such indices are replaced. */
record GatherScatter(Nodes tf) {
    /** Emits the rows that the indices name; NaN, or 0 for types without one, where there is no such row. */
    Output gathered(Tensor t, Output rows, Output indices) {
        int count = t.input(0).shape().size(0);
        double none = t.dtype().isFloating() ? Double.NaN : 0;
        if (count == 0) {
            return tf.filled(t.dtype(), none, t.shape().sizes());
        }
        Output isInside = isInside(indices, count);
        Output safe = tf.op("SelectV2", isInside, indices, tf.scalar(DType.INT32, 0));
        int rank = t.input(1).rank();
        int[] wide = Arrays.copyOf(t.shape().sizes(), t.rank());
        Arrays.fill(wide, rank, wide.length, 1);
        return tf.op("SelectV2", tf.reshape(isInside, wide), tf.gather(rows, safe, 0), tf.scalar(t.dtype(), none));
    }

    /** Emits rows that are the sums of the updates whose index names them; an index outside is dropped. */
    Output scattered(Tensor t, Output updates, Output indices) {
        int count = t.shape().size(0);
        Output safe = tf.op("SelectV2", isInside(indices, count), indices, tf.scalar(DType.INT32, -1));
        DType dtype = t.dtype();
        return tf.narrowed(tf.op("UnsortedSegmentSum", tf.widened(updates, dtype), safe, tf.scalar(DType.INT32, count)),
                dtype);
    }

    private Output isInside(Output indices, int count) {
        return tf.op("LogicalAnd", tf.op("GreaterEqual", indices, tf.scalar(DType.INT32, 0)),
                tf.op("Less", indices, tf.scalar(DType.INT32, count)));
    }
}
