package io.clarion.runtime;

import io.clarion.engine.HostArray;
import io.clarion.graph.Op;
import io.clarion.graph.SparseMatrix;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import io.clarion.tensor.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs that a call has to give: a value for each placeholder, a sparse one for a sparse matrix, which is three
 * placeholders.
 *
 * @param declared     placeholders and sparse matrices of placeholders, in the order of a call's values
 * @param placeholders those that they consist of
 */
record Inputs(List<Tensor> declared, List<Tensor> placeholders) {
    /** The least number of values that a sparse matrix is given on a device. */
    private static final int LEAST_STORED = 16;

    /**
     * The inputs that a call gave: an array for each placeholder, and the sizes that it told.
     *
     * @param values arrays, and device arrays
     */
    record Given(List<Value> values, Map<Dim.Symbol, Integer> sizes) {
        /** Returns what was given for a placeholder, on the host. */
        NDArray array(int place) {
            return HostArray.onHost(values.get(place));
        }

        List<NDArray> arrays() {
            return HostArray.onHost(values);
        }
    }

    static Inputs of(List<Tensor> declared) {
        var placeholders = new ArrayList<Tensor>();
        for (Tensor in : declared) {
            List<Tensor> parts = SparseMatrix.is(in) ? in.inputs().subList(1, 4) : List.of(in);
            if (!parts.stream().allMatch(p -> p.op() instanceof Op.Placeholder)) {
                throw new IllegalArgumentException(
                        "function: " + in.described() + " is not a placeholder; only placeholders can be inputs");
            }
            parts.stream().filter(placeholders::contains).findFirst().ifPresent(twice -> {
                throw new IllegalArgumentException("function: placeholder " + ((Op.Placeholder) twice.op()).name()
                        + " is among the inputs twice, and a call could give it two values; once would do");
            });
            placeholders.addAll(parts);
        }
        return new Inputs(declared, placeholders);
    }

    Given given(List<? extends Value> values) {
        if (values == null) {
            throw new IllegalArgumentException("call: null was given in place of a list of values, one for each of the "
                    + declared.size() + " inputs");
        }
        if (values.size() != declared.size()) {
            throw new IllegalArgumentException("call: the function has " + declared.size() + " inputs, "
                    + values.size() + " values were given");
        }
        var given = new Given(new ArrayList<>(), new HashMap<>());
        for (int i = 0; i < values.size(); i++) {
            check(i, values.get(i));
            Tensor in = declared.get(i);
            bind(i, in.shape(), values.get(i).shape(), given.sizes);
            switch (values.get(i)) {
                case NDArray array -> given.values.add(array.cast(in.dtype()));
                case HostArray kept -> given.values.add(kept.array().cast(in.dtype()));
                case DeviceArray kept ->
                        given.values.add(kept.dtype() == in.dtype() ? kept : kept.value().cast(in.dtype()));
                case SparseArray sparse -> {
                    int stored = capacity(sparse.stored());
                    bind(i, in.input(1).shape(), Shape.of(stored), given.sizes);
                    given.values.add(padded(sparse.values().cast(in.dtype()), stored, 0));
                    given.values.add(padded(sparse.rows(), stored, SparseMatrix.NOWHERE));
                    given.values.add(padded(sparse.columns(), stored, SparseMatrix.NOWHERE));
                }
            }
        }
        return given;
    }

    private void check(int i, Value value) {
        Tensor in = declared.get(i);
        boolean sparse = SparseMatrix.is(in);
        String input = "call: input " + i + " (" + ((Op.Placeholder) (sparse ? in.input(1) : in).op()).name() + ") ";
        if (value == null) {
            throw new IllegalArgumentException(input + "was given null; a value of shape " + in.shape() + " and dtype "
                    + in.dtype().word() + " would do");
        }
        if (sparse != value instanceof SparseArray) {
            throw new IllegalArgumentException(
                    input + (sparse ? "is sparse, the value given is not; SparseArray.of(value) would do"
                            : "is not sparse, the value given is; value.toDense() would do"));
        }
        if (!in.shape().accepts(value.shape())) {
            throw new IllegalArgumentException(
                    input + "has shape " + in.shape() + ", the value given has " + value.shape());
        }
        if (value.dtype() != in.dtype() && !converts(value.dtype(), in.dtype()) && !isScalar(value, in.dtype())) {
            throw new IllegalArgumentException(input + "has dtype " + in.dtype().word() + ", the value given has "
                    + value.dtype().word() + "; cast it first: this conversion could lose something");
        }
    }

    private static boolean converts(DType from, DType to) {
        return from.promote(to) == to || from.isFloating() && to.isFloating();
    }

    /**
     * Returns whether a value is one number that a type of whole numbers has: Keras feeds the learning phase as 1.0.
     */
    private static boolean isScalar(Value value, DType dtype) {
        return value.shape().rank() == 0 && dtype.holds(HostArray.onHost(value).item());
    }

    private static void bind(int i, Shape declared, Shape given, Map<Dim.Symbol, Integer> sizes) {
        for (int a = 0; a < declared.rank(); a++) {
            int size = given.size(a);
            if (declared.dim(a) instanceof Dim.Symbol symbol && sizes.putIfAbsent(symbol, size) instanceof Integer other
                    && other != size) {
                throw new IllegalArgumentException("call: axis " + a + " of input " + i + " has " + size
                        + " elements where another input has " + other);
            }
        }
    }

    /** Returns the next power of two: matrices of about as many values are computed by one executable. */
    private static int capacity(int stored) {
        return Math.max(LEAST_STORED, stored < 2 ? stored : Integer.highestOneBit(stored - 1) << 1);
    }

    private static NDArray padded(NDArray vector, int length, double filler) {
        NDArray padded = NDArray.zeros(vector.dtype(), Shape.of(length));
        padded.bytes().put(vector.bytes());
        for (int i = vector.elements(); i < length && filler != 0; i++) {
            padded.set(i, filler);
        }
        return padded;
    }
}
