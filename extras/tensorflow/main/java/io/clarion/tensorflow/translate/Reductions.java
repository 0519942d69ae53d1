package io.clarion.tensorflow.translate;

import io.clarion.graph.Op.Reduce.Kind;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Extremes, products and the places of extremes along axes. */
record Reductions(Nodes tf) {
    Output of(Kind kind, List<Integer> axes, Output x, DType dtype, Shape in) {
        int[] out = in.without(axes).sizes();
        if (axes.stream().anyMatch(a -> in.size(a) == 0)) {
            return switch (kind) {
                case MAX, FIRST_MAX -> tf.filled(dtype, dtype.least(), out);
                case MIN -> dtype == DType.INT64 ? tf.op("Invert", tf.filled(dtype, dtype.least(), out))
                        : tf.filled(dtype, dtype.greatest(), out);
                case PROD -> tf.filled(dtype, 1, out);
                case ARGMAX, ARGMIN -> tf.filled(DType.INT32, 0, out);
            };
        }
        Output wide = tf.widened(x, dtype);
        if (Taps.fit(axes, in) && kind != Kind.PROD) {
            var taps = new Taps(tf, axes, in);
            return kind.givesIndex() ? taps.place(wide, kind.isGreatest(), Nodes.wide(dtype))
                    : tf.narrowed(taps.extreme(wide, kind.isGreatest()), dtype);
        }
        return switch (kind) {
            case MAX, FIRST_MAX -> tf.narrowed(tf.op("Max", wide, tf.ints(axes)), dtype);
            case MIN -> tf.narrowed(tf.op("Min", wide, tf.ints(axes)), dtype);
            case PROD -> tf.narrowed(tf.op("Prod", wide, tf.ints(axes)), dtype);
            case ARGMAX -> place("ArgMax", axes, wide, Nodes.wide(dtype), in);
            case ARGMIN -> place("ArgMin", axes, wide, Nodes.wide(dtype), in);
        };
    }

    /** Returns the first NaN is the extreme; TensorFlow's own operations do not say which one they take. */
    private Output place(String operation, List<Integer> axes, Output x, DType dtype, Shape in) {
        List<Integer> kept = IntStream.range(0, in.rank()).boxed().filter(a -> !axes.contains(a)).toList();
        var order = new ArrayList<>(kept);
        order.addAll(axes);
        int[] rows = IntStream.concat(kept.stream().mapToInt(in::size),
                IntStream.of(axes.stream().mapToInt(in::size).reduce(1, (a, b) -> a * b))).toArray();
        Output flat = tf.reshape(tf.transpose(x, order), rows);
        int last = rows.length - 1;
        Output first = first(operation, flat, last);
        if (!dtype.isFloating()) {
            return first;
        }
        Output isNan = tf.op("IsNan", flat);
        return tf.op("SelectV2", tf.op("Any", isNan, tf.ints(last)),
                first("ArgMax", tf.cast(isNan, ElementType.INT32), last), first);
    }

    private Output first(String operation, Output rows, int axis) {
        return tf.node(operation).inputs(rows, tf.scalar(DType.INT32, axis)).set("output_type", ElementType.INT32)
                .output();
    }
}
