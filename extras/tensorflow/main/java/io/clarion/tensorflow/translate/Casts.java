package io.clarion.tensorflow.translate;

import io.clarion.tensor.DType;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.Output;

/**
 * Values in another dtype. TensorFlow leaves it open what a float beyond an integer's range becomes: here it stops at
 * the ends, and NaN is 0.
 */
record Casts(Nodes tf) {
    Output of(Output x, DType from, DType to) {
        if (ElementType.computed(from) == ElementType.computed(to)) {
            return x;
        }
        if (!from.isFloating() || !to.isInteger()) {
            return to == DType.BOOL ? tf.op("NotEqual", tf.widened(x, from), tf.scalar(Nodes.wide(from), 0))
                    : tf.cast(x, ElementType.computed(to));
        }
        Output number = tf.op("SelectV2", tf.op("IsNan", x), tf.scalar(from, 0), x);
        double below = to.least() - 1;
        double above = to == DType.INT64 ? 0x1p63 : to.greatest() + 1;
        // In single precision -2^31 - 1 is -2^31, which int32 has.
        Output isBelow = tf.op(to == DType.UINT8 ? "LessEqual" : "Less", number,
                tf.scalar(from, to == DType.UINT8 ? below : to.least()));
        Output isAbove = tf.op("GreaterEqual", number, tf.scalar(from, above));
        Output inside = tf.op("SelectV2", tf.op("LogicalOr", isBelow, isAbove), tf.scalar(from, 0), number);
        Output whole = tf.cast(inside, ElementType.computed(to));
        return tf.op("SelectV2", isBelow, tf.scalar(to, to.least()), tf.op("SelectV2", isAbove, greatest(to), whole));
    }

    /** Emits the greatest number of a type. 2⁶³ − 1 is no double: it is the complement of −2⁶³. */
    private Output greatest(DType to) {
        return to == DType.INT64 ? tf.op("Invert", tf.scalar(to, to.least())) : tf.scalar(to, to.greatest());
    }

    /** Makes of a value as it is kept one that is computed with. */
    Output loaded(Output x, DType dtype) {
        return ElementType.stored(dtype) == ElementType.computed(dtype) ? x : tf.cast(x, ElementType.computed(dtype));
    }

    /** Makes of a computed value one that is kept. */
    Output stored(Output x, DType dtype) {
        return ElementType.stored(dtype) == ElementType.computed(dtype) ? x : tf.cast(x, ElementType.stored(dtype));
    }
}
