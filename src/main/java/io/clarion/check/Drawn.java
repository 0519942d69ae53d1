package io.clarion.check;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.SparseArray;
import io.clarion.tensor.Value;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An array of random numbers.
 *
 * @param sizes    of its axes; {@code K.NONE} for the batch's
 * @param isSparse whether most of it is 0; a placeholder's is given as a {@link SparseArray} then
 */
record Drawn(DType dtype, long seed, double low, double high, List<Integer> sizes, boolean isSparse) {
    Drawn {
        sizes = List.copyOf(sizes);
    }

    /** Returns the array for a batch. */
    NDArray array(int batch) {
        int[] shape = sizes.stream().mapToInt(n -> n < 0 ? batch : n).toArray();
        return isSparse ? Values.sparse(dtype, seed, low, high, shape) : Values.of(dtype, seed, low, high, shape);
    }

    /** Returns what a call of a function gives for it, which differs from call to call. */
    Value given(int batch, int call) {
        NDArray array = new Drawn(dtype, seed + call, low, high, sizes, isSparse).array(batch);
        return isSparse ? SparseArray.of(array) : array;
    }

    /**
     * Returns the Java expression of {@link #given}; {@code batch} stands for the batch's size and {@code call} for the
     * number of the call.
     */
    String text(String batch, String call) {
        String shape = sizes.stream().map(n -> n < 0 ? batch : String.valueOf(n)).collect(Collectors.joining(", "));
        String numbers = "(DType." + dtype + ", " + seed + "L" + call + ", " + low + ", " + high
                + (shape.isEmpty() ? "" : ", " + shape) + ")";
        return isSparse ? "SparseArray.of(Values.sparse" + numbers + ")" : "Values.of" + numbers;
    }
}
