package io.clarion.check;

import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tensor that a sketch has, and what is known of its value.
 *
 * @param step  by which the program names it
 * @param sizes for each of the calls
 * @param low   the least of its values in the first call
 * @param high  the greatest of them
 * @param sound whether none of them is infinite or no number
 */
record Known(int step, Tensor tensor, List<int[]> sizes, double low, double high, boolean sound) {
    /** Returns it as an argument. */
    Argument ref() {
        return new Argument.Ref(step);
    }

    int rank() {
        return tensor.rank();
    }

    DType dtype() {
        return tensor.dtype();
    }

    boolean isFloating() {
        return dtype().isFloating();
    }

    /** Returns the sizes of the axes in the first call. */
    int[] sizes0() {
        return sizes.get(0);
    }

    /** Returns the size of an axis in the first call. */
    int size(int axis) {
        return sizes0()[axis];
    }

    /** Returns the least size that an axis has in a call. */
    int least(int axis) {
        return sizes.stream().mapToInt(s -> s[axis]).min().orElseThrow();
    }

    /** Returns whether the size of an axis is the same in all calls. */
    boolean isFixed(int axis) {
        return tensor.shape().dim(axis).isKnown();
    }

    /** Returns the axes whose sizes are known before a call. */
    List<Integer> fixedAxes() {
        return IntStream.range(0, rank()).filter(this::isFixed).boxed().toList();
    }

    /** Returns whether all axes from {@code axis} on have known sizes. */
    boolean isFixedFrom(int axis) {
        return IntStream.range(axis, rank()).allMatch(this::isFixed);
    }

    int elements() {
        return Arrays.stream(sizes0()).reduce(1, (a, b) -> a * b);
    }

    /** Returns whether an axis has the same size as one of another tensor in all calls. */
    boolean isSame(int axis, Known other, int otherAxis) {
        return IntStream.range(0, sizes.size()).allMatch(c -> sizes.get(c)[axis] == other.sizes.get(c)[otherAxis]);
    }

    /** Returns whether it has the shape of another tensor in all calls. */
    boolean isShapedAs(Known other) {
        return rank() == other.rank() && IntStream.range(0, rank()).allMatch(a -> isSame(a, other, a));
    }

    /** Returns whether NumPy's rule broadcasts the two. */
    boolean broadcastsWith(Known other) {
        int shared = Math.min(rank(), other.rank());
        return IntStream.rangeClosed(1, shared).allMatch(i -> isSame(rank() - i, other, other.rank() - i)
                || isFixed(rank() - i) && size(rank() - i) == 1
                || other.isFixed(other.rank() - i) && other.size(other.rank() - i) == 1);
    }

    /** Returns the largest magnitude in the first call. */
    double largest() {
        return Math.max(Math.abs(low), Math.abs(high));
    }
}
