package io.clarion.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Values on the host: a dense row-major array of one {@link DType}, in memory outside the heap that a driver
 * can read and write without a copy.
 *
 * <p>Not thread-safe while it is written. Indices are flat, from 0 to {@link #elements()} − 1.
 */
public final class NDArray implements Value {
    private final DType dtype;
    private final Shape shape;
    private final int elements;
    private final ByteBuffer bytes;

    private NDArray(DType dtype, Shape shape, ByteBuffer bytes) {
        this.dtype = dtype;
        this.shape = shape;
        this.elements = shape.elements();
        this.bytes = bytes.order(ByteOrder.nativeOrder());
    }

    /** An array of zeros (false for bools). */
    public static NDArray zeros(DType dtype, Shape shape) {
        long size = (long) shape.elements() * dtype.bytes();
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a host array of shape " + shape + " and dtype " + dtype.word()
                    + " needs " + size + " bytes; at most 2^31 - 1 are possible");
        }
        return new NDArray(dtype, shape, ByteBuffer.allocateDirect((int) size));
    }

    public static NDArray of(float[] values, int... shape) {
        NDArray a = zeros(DType.FLOAT32, sized(values.length, shape));
        a.bytes.asFloatBuffer().put(values);
        return a;
    }

    public static NDArray of(int[] values, int... shape) {
        NDArray a = zeros(DType.INT32, sized(values.length, shape));
        a.bytes.asIntBuffer().put(values);
        return a;
    }

    public static NDArray of(double[] values, int... shape) {
        NDArray a = zeros(DType.FLOAT64, sized(values.length, shape));
        a.bytes.asDoubleBuffer().put(values);
        return a;
    }

    public static NDArray of(boolean[] values, int... shape) {
        NDArray a = zeros(DType.BOOL, sized(values.length, shape));
        for (int i = 0; i < values.length; i++) {
            a.set(i, values[i] ? 1 : 0);
        }
        return a;
    }

    /** Values converted to {@code dtype}: towards zero for integers, "is not 0" for bools. */
    public static NDArray of(DType dtype, double[] values, int... shape) {
        NDArray a = zeros(dtype, sized(values.length, shape));
        for (int i = 0; i < values.length; i++) {
            a.set(i, values[i]);
        }
        return a;
    }

    /** A scalar. */
    public static NDArray scalar(DType dtype, double value) {
        return of(dtype, new double[] {value}, new int[0]);
    }

    private static Shape sized(int length, int... sizes) {
        Shape shape = Shape.of(sizes);
        if (shape.elements() != length) {
            throw new IllegalArgumentException(length + " values do not fill shape " + shape + ", which has "
                    + shape.elements() + " elements");
        }
        return shape;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    public int elements() {
        return elements;
    }

    /** All of the memory, in native byte order, its position at 0; writing to it writes to the array. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.nativeOrder()).clear();
    }

    /** Element {@code i} as a double: exact for every type. */
    public double get(int i) {
        return switch (dtype) {
            case BOOL -> bytes.get(i);
            case INT32 -> bytes.getInt(4 * i);
            case FLOAT32 -> bytes.getFloat(4 * i);
            case FLOAT64 -> bytes.getDouble(8 * i);
        };
    }

    /** Sets element {@code i}, converted to this array's type. */
    public void set(int i, double value) {
        switch (dtype) {
            case BOOL -> bytes.put(i, (byte) (value != 0 ? 1 : 0));
            case INT32 -> bytes.putInt(4 * i, (int) value);
            case FLOAT32 -> bytes.putFloat(4 * i, (float) value);
            case FLOAT64 -> bytes.putDouble(8 * i, value);
        }
    }

    /** The value of an array of one element. */
    public double item() {
        if (elements != 1) {
            throw new IllegalStateException("an array of shape " + shape + " is not one number");
        }
        return get(0);
    }

    public double[] toDoubles() {
        double[] values = new double[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = get(i);
        }
        return values;
    }

    public float[] toFloats() {
        float[] values = new float[elements];
        if (dtype == DType.FLOAT32) {
            bytes().asFloatBuffer().get(values);
        } else {
            for (int i = 0; i < elements; i++) {
                values[i] = (float) get(i);
            }
        }
        return values;
    }

    public int[] toInts() {
        int[] values = new int[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (int) get(i);
        }
        return values;
    }

    /** These values in {@code to}; the array itself if it has that type. */
    public NDArray cast(DType to) {
        if (to == dtype) {
            return this;
        }
        NDArray cast = zeros(to, shape);
        for (int i = 0; i < elements; i++) {
            cast.set(i, get(i));
        }
        return cast;
    }

    public NDArray copy() {
        NDArray copy = zeros(dtype, shape);
        copy.bytes().put(bytes());
        return copy;
    }

    /** The same memory seen with another shape of as many elements. */
    public NDArray reshape(int... sizes) {
        return new NDArray(dtype, sized(elements, sizes), bytes());
    }

    /** Rows {@code from} to before {@code to} of the first axis, as a view of the same memory. */
    public NDArray rows(int from, int to) {
        Objects.checkFromToIndex(from, to, shape.size(0));
        int row = shape.size(0) == 0 ? 0 : elements / shape.size(0) * dtype.bytes();
        return new NDArray(dtype, shape.with(0, Dim.of(to - from)), bytes().slice(from * row, (to - from) * row));
    }

    /** The first few values, with shape and type. */
    @Override
    public String toString() {
        var text = new StringBuilder(dtype.word() + shape + " [");
        for (int i = 0; i < Math.min(8, elements); i++) {
            text.append(i > 0 ? ", " : "").append(dtype == DType.FLOAT32 ? "" + (float) get(i) : "" + get(i));
        }
        return text.append(elements > 8 ? ", …]" : "]").toString();
    }
}
