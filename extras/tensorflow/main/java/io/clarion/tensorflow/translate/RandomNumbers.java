package io.clarion.tensorflow.translate;

import io.clarion.graph.Philox;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.Output;

/**
 * The numbers of {@link Philox}, bit by bit: TensorFlow's stateless generator is the same Philox 4×32-10, of which
 * element i is word i mod 4 of the counter that was given plus i / 4.
 *
 * @param counter two uint64 numbers: 0 and the number of the call
 */
record RandomNumbers(Nodes tf, Output counter) {
    private static final int PHILOX = 1;
    private static final int SHIFT = 8;

    Output uniform(long seed, Shape shape) {
        Output key = tf.node("Bitcast").inputs(tf.constant(NDArray.of(new long[] {seed}, 1)))
                .set("type", ElementType.UINT64).output();
        Output bits = tf.node("StatelessRandomUniformFullIntV2")
                .inputs(tf.ints(shape.sizes()), key, counter, tf.scalar(DType.INT32, PHILOX))
                .set("dtype", ElementType.UINT32).output();
        Output high = tf.op("RightShift", bits, tf.cast(tf.scalar(DType.INT32, SHIFT), ElementType.UINT32));
        return tf.op("Mul", tf.cast(high, ElementType.FLOAT), tf.scalar(DType.FLOAT32, 0x1p-24));
    }
}
