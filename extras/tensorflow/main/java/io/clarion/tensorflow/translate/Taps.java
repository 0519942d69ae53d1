package io.clarion.tensorflow.translate;

import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Extremes along short axes of large tensors, such as the taps of pools: computed elementwise of one slice for each
 * tap, many times faster than by TensorFlow's reductions of axes in the middle.
 */
record Taps(Nodes tf, List<Integer> axes, Shape in) {
    private static final int MOST = 16;
    private static final int FEWEST_RESULTS = 4096;

    /** Returns whether axes are short enough, and what is left is large enough. */
    static boolean fit(List<Integer> axes, Shape in) {
        return !axes.isEmpty() && count(axes, in) <= MOST && in.without(axes).elements() >= FEWEST_RESULTS;
    }

    private static int count(List<Integer> axes, Shape in) {
        return axes.stream().mapToInt(in::size).reduce(1, (a, b) -> a * b);
    }

    /** Emits the extreme, axis by axis. */
    Output extreme(Output x, boolean isGreatest) {
        Output y = x;
        for (int axis : axes.reversed()) {
            y = unpacked(y, axis).stream().reduce((a, b) -> tf.op(isGreatest ? "Maximum" : "Minimum", a, b))
                    .orElseThrow();
        }
        return y;
    }

    /** Emits the number of the first tap that is the extreme; a NaN is, and is followed by none. */
    Output place(Output x, boolean isGreatest, DType dtype) {
        List<Output> taps = all(x);
        Output best = taps.get(0);
        Output place = null;
        for (int i = 1; i < taps.size(); i++) {
            Output tap = taps.get(i);
            Output isWorse = tf.op(isGreatest ? "LessEqual" : "GreaterEqual", tap, best);
            Output isBetter = tf.op("LogicalNot",
                    dtype.isFloating() ? tf.op("LogicalOr", isWorse, tf.op("IsNan", best)) : isWorse);
            place = place == null ? tf.cast(isBetter, ElementType.INT32)
                    : tf.op("SelectV2", isBetter, tf.scalar(DType.INT32, i), place);
            best = tf.op(isGreatest ? "Maximum" : "Minimum", best, tap);
        }
        return place == null ? tf.op("ZerosLike", tf.cast(best, ElementType.INT32)) : place;
    }

    /**
     * Emits {@code value}, which lacks the axes, at the tap that {@code place} says, and {@code otherwise}, a scalar,
     * at all others.
     */
    Output placed(Output place, Output value, Output otherwise) {
        List<Output> taps = new ArrayList<>();
        for (int i = 0; i < count(axes, in); i++) {
            taps.add(tf.op("SelectV2", tf.op("Equal", place, tf.scalar(DType.INT32, i)), value, otherwise));
        }
        // From the last axis on, as the first changes slowest; those before it are not there yet.
        for (int k = axes.size() - 1; k >= 0; k--) {
            int size = in.size(axes.get(k));
            var packed = new ArrayList<Output>();
            for (int i = 0; i < taps.size(); i += size) {
                packed.add(tf.node("Pack").list(taps.subList(i, i + size)).set("axis", axes.get(k) - k).output());
            }
            taps = packed;
        }
        return taps.get(0);
    }

    /** Returns the slices of all taps, in the row-major order of the axes. */
    private List<Output> all(Output x) {
        List<Output> slices = Collections.singletonList(x);
        for (int k = 0; k < axes.size(); k++) {
            int axis = axes.get(k) - k;
            int size = in.size(axes.get(k));
            slices = slices.stream()
                    .flatMap(s -> tf.node("Unpack").inputs(s).set("num", size).set("axis", axis).outputs(size).stream())
                    .toList();
        }
        return slices;
    }

    private List<Output> unpacked(Output x, int axis) {
        int size = in.size(axis);
        return tf.node("Unpack").inputs(x).set("num", size).set("axis", axis).outputs(size);
    }
}
