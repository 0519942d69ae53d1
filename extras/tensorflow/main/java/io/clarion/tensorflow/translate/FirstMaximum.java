package io.clarion.tensorflow.translate;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.Output;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The gradient of a pool: {@code select(place == iota, slope, otherwise)}, where {@code place} says which tap of each
 * window is the greatest. Recognised, as TensorFlow is slow at comparing with what is broadcast along axes in the
 * middle.
 *
 * @param place     an {@link Op.Reduce}
 * @param slope     what is put there, with sizes of 1 for the window's axes
 * @param otherwise a literal
 */
record FirstMaximum(Tensor place, Tensor slope, Tensor otherwise) {
    /** Returns what {@code t} does if it is one. */
    static Optional<FirstMaximum> of(Tensor t) {
        return isFunction(t, ScalarFn.SELECT) && isFunction(t.input(0), ScalarFn.EQUAL)
                && origin(t.input(0).input(0)).op() instanceof Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes)
                && kind == Op.Reduce.Kind.ARGMAX
                && Taps.fit(axes, t.shape()) && repeats(t.input(0).input(0), axes, t.shape())
                && repeats(t.input(1), axes, t.shape())
                && origin(t.input(0).input(1)).op() instanceof Op.Iota
                && repeats(t.input(0).input(1), others(axes, t.shape()), t.shape())
                && t.input(2).op() instanceof Op.View(Movement.Broadcast b) && t.input(2).input(0).rank() == t.rank()
                && origin(t.input(2)).op() instanceof Op.Literal
                        ? Optional.of(
                                new FirstMaximum(origin(t.input(0).input(0)), t.input(1).input(0), origin(t.input(2))))
                        : Optional.empty();
    }

    private static boolean isFunction(Tensor t, ScalarFn fn) {
        return t.op() instanceof Op.Elementwise(ScalarFn own) && own == fn;
    }

    /** Returns what a broadcast, if any, of a reshape, if any, shows. */
    private static Tensor origin(Tensor t) {
        Tensor narrow = t.op() instanceof Op.View(Movement.Broadcast b) ? t.input(0) : t;
        return narrow.op() instanceof Op.View(Movement.Reshape r) ? narrow.input(0) : narrow;
    }

    /** Returns whether {@code t} repeats along {@code axes} what it has along the others. */
    private static boolean repeats(Tensor t, List<Integer> axes, Shape shape) {
        return t.op() instanceof Op.View(Movement.Broadcast b) && t.input(0).shape().equals(shape.keeping(axes));
    }

    private static List<Integer> others(List<Integer> axes, Shape shape) {
        return IntStream.range(0, shape.rank()).boxed().filter(a -> !axes.contains(a)).toList();
    }

    Output emit(Nodes tf, Shape shape, Function<Tensor, Output> values) {
        List<Integer> axes = ((Op.Reduce) place.op()).axes();
        Output value = tf.reshape(values.apply(slope), place.shape());
        return new Taps(tf, axes, shape).placed(values.apply(place), value, values.apply(otherwise));
    }
}
