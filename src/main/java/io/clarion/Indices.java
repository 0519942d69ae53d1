package io.clarion;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.stream.IntStream;

/**
 * Indices that have to be inside of something: those that never change are checked at once, all others by each call.
 *
 * @param function the function of K that takes them
 * @param what     an index, in the error's words
 * @param of       what it has to be inside of, with its shape, and {@code places} those that it has
 */
record Indices(String function, String what, String of, String places) {

    /** Returns {@code indices} as int32, each of which has to be from 0 to {@code size} − 1. */
    Tensor checked(Tensor indices, Dim size) {
        Tensor whole = K.places(indices);
        Tensor source = source(indices);
        if (size.isKnown() && source.op() instanceof Op.Constant(NDArray value)) {
            IntStream.range(0, value.elements()).forEach(i -> check((int) value.get(i), size.size()));
            return whole;
        }
        if (size.isKnown() && source.op() instanceof Op.Literal(DType type, double value)) {
            check((int) value, size.size());
            return whole;
        }
        var within = new Op.Within(size, this::check);
        return source.op() instanceof Op.Placeholder ? Tensor.of(within, whole, source) : Tensor.of(within, whole);
    }

    /** Returns what {@code indices} are all elements of. */
    private static Tensor source(Tensor indices) {
        Tensor t = indices;
        while (t.op() instanceof Op.Cast || t.op() instanceof Op.View(Movement.Reshape to)) {
            t = t.input(0);
        }
        return t;
    }

    private void check(int index, int size) {
        // The words only where they are needed: calls check each of their indices.
        if (index < 0 || index >= size) {
            NamedCall.check(false, function,
                    what + " " + index + " is outside " + of + ", whose " + places + " are 0 to " + (size - 1));
        }
    }
}
