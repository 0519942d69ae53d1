package io.clarion.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A matrix on the host of which some elements are stored, each with its row and column (COO, "coordinates"); the others
 * are 0. Values at one place add up.
 *
 * @param shape   (rows, columns) of the matrix
 * @param values  a vector
 * @param rows    for each value its row, int32
 * @param columns for each value its column, int32
 */
public record SparseArray(Shape shape, NDArray values, NDArray rows, NDArray columns) implements Value {

    public SparseArray {
        if (shape.rank() != 2) {
            throw new IllegalArgumentException("a sparse array is a matrix; it cannot have shape " + shape);
        }
        if (values.shape().rank() != 1 || !values.shape().equals(rows.shape())
                || !values.shape().equals(columns.shape())) {
            throw new IllegalArgumentException(
                    "values " + values.shape() + ", rows " + rows.shape() + " and columns " + columns.shape()
                            + " are not three vectors of one length");
        }
        checkInside("row", rows, shape.size(0));
        checkInside("column", columns, shape.size(1));
    }

    private static void checkInside(String what, NDArray indices, int size) {
        if (indices.dtype() != DType.INT32) {
            throw new IllegalArgumentException("a " + what + " is an int32, not a " + indices.dtype().word());
        }
        for (int i = 0; i < indices.elements(); i++) {
            if (indices.get(i) < 0 || indices.get(i) >= size) {
                throw new IllegalArgumentException(
                        what + " " + (int) indices.get(i) + " of value " + i + " is outside; there are " + size);
            }
        }
    }

    /** Returns a matrix from coordinates: value {@code i} is at ({@code rows[i]}, {@code columns[i]}). */
    public static SparseArray coo(NDArray values, int[] rows, int[] columns, int... shape) {
        return new SparseArray(Shape.of(shape), values, NDArray.of(rows, rows.length),
                NDArray.of(columns, columns.length));
    }

    /**
     * Returns a matrix from compressed rows (CSR).
     *
     * @param columns  for each value its column
     * @param rowStart for each row, and one more, the place of its first value
     */
    public static SparseArray csr(NDArray values, int[] columns, int[] rowStart, int... shape) {
        if (shape.length != 2 || rowStart.length != shape[0] + 1 || rowStart[0] != 0
                || rowStart[shape[0]] != columns.length
                || IntStream.range(0, shape[0]).anyMatch(r -> rowStart[r] > rowStart[r + 1])) {
            throw new IllegalArgumentException(
                    "row starts have to rise from 0 to the number of values, " + columns.length
                            + ", and be one more than there are rows in shape " + Shape.of(shape));
        }
        int[] rows = new int[columns.length];
        for (int r = 0; r < shape[0]; r++) {
            Arrays.fill(rows, rowStart[r], rowStart[r + 1], r);
        }
        return coo(values, rows, columns, shape);
    }

    /** Returns the elements of a matrix that are not 0. */
    public static SparseArray of(NDArray matrix) {
        int columns = matrix.shape().size(1);
        int[] places = IntStream.range(0, matrix.elements()).filter(i -> matrix.get(i) != 0).toArray();
        NDArray values = NDArray.zeros(matrix.dtype(), Shape.of(places.length));
        IntStream.range(0, places.length).forEach(k -> values.set(k, matrix.get(places[k])));
        return coo(values, IntStream.of(places).map(i -> i / columns).toArray(),
                IntStream.of(places).map(i -> i % columns).toArray(),
                matrix.shape().sizes());
    }

    @Override
    public DType dtype() {
        return values.dtype();
    }

    /** Returns the number of values that are stored. */
    public int stored() {
        return values.elements();
    }

    public SparseArray cast(DType to) {
        return to == dtype() ? this : new SparseArray(shape, values.cast(to), rows, columns);
    }

    /** Returns the whole matrix. */
    public NDArray toDense() {
        NDArray matrix = NDArray.zeros(dtype(), shape);
        for (int i = 0; i < stored(); i++) {
            int place = (int) rows.get(i) * shape.size(1) + (int) columns.get(i);
            matrix.set(place, matrix.get(place) + values.get(i));
        }
        return matrix;
    }

    @Override
    public String toString() {
        return "sparse " + dtype().word() + shape + " of " + stored() + " values";
    }
}
