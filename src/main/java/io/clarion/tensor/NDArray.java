package io.clarion.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Values on the host: a dense row-major array of one {@link DType}, in memory outside the heap that a driver can read
 * and write without a copy.
 *
 * <p>Not thread-safe while it is written. Indices are flat, from 0 to {@link #elements()} − 1. Doubles are exact for
 * every type but int64, of which they are up to 2⁵³; {@link #getLong} and {@link #setLong} are exact for all integers.
 * An index outside is an {@link IndexOutOfBoundsException}.
 */
public final class NDArray implements Value {
    /**
     * Arrays of so many bytes and more begin at a multiple of it, where a CPU's driver can use them in place: OpenCL's
     * largest type has 128 bytes.
     */
    public static final int ALIGNMENT = 128;
    /** Bytes that a thread copies at a time. */
    private static final int COPIED = 1 << 22;

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

    /** Returns an array of zeros (false for bools). */
    public static NDArray zeros(DType dtype, Shape shape) {
        if (dtype == null) {
            throw new IllegalArgumentException("the dtype of an array is null; DType.FLOAT32 would do");
        }
        long size = (long) shape.elements() * dtype.bytes();
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a host array of shape " + shape + " and dtype " + dtype.word()
                    + " needs " + size + " bytes; at most 2^31 - 1 are possible");
        }
        return new NDArray(dtype, shape,
                size < ALIGNMENT ? ByteBuffer.allocateDirect((int) size) : aligned((int) size));
    }

    /**
     * Returns an array in memory that the caller has, which is not copied: what is written to one is in the other. A
     * CPU's driver uses it in place if it has {@link #ALIGNMENT} bytes or more and begins at a multiple of that.
     *
     * @param memory a direct buffer, such as JavaCPP's {@code Pointer.asByteBuffer()} gives, from its position to its
     *               limit; in native byte order, whatever its own is. It has to live as long as the array.
     * @throws IllegalArgumentException if it is on Java's heap, or has another size
     */
    public static NDArray over(ByteBuffer memory, DType dtype, int... shape) {
        Shape all = Shape.of(shape);
        long size = (long) all.elements() * dtype.bytes();
        if (!memory.isDirect()) {
            throw new IllegalArgumentException(
                    "over: a buffer on Java's heap was given, and drivers need memory outside of it, from "
                            + "ByteBuffer.allocateDirect or a pointer's asByteBuffer(); NDArray.of copies");
        }
        if (memory.remaining() != size) {
            throw new IllegalArgumentException(
                    "over: " + dtype.word() + all + " has " + size + " bytes, and the buffer " + memory.remaining()
                            + " from its position to its limit");
        }
        return new NDArray(dtype, all, memory.slice());
    }

    private static ByteBuffer aligned(int size) {
        ByteBuffer more = ByteBuffer.allocateDirect((int) Math.min(Integer.MAX_VALUE, size + ALIGNMENT - 1L));
        int before = Math.floorMod(-more.alignmentOffset(0, ALIGNMENT), ALIGNMENT);
        return before + size <= more.capacity() ? more.slice(before, size) : ByteBuffer.allocateDirect(size);
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

    public static NDArray of(long[] values, int... shape) {
        NDArray a = zeros(DType.INT64, sized(values.length, shape));
        a.bytes.asLongBuffer().put(values);
        return a;
    }

    /** Returns whole numbers from 0 to 255: uint8. */
    public static NDArray of(byte[] values, int... shape) {
        NDArray a = zeros(DType.UINT8, sized(values.length, shape));
        a.bytes().put(values);
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

    /** Returns values converted to {@code dtype} as {@link DType#nearest} says. */
    public static NDArray of(DType dtype, double[] values, int... shape) {
        NDArray a = zeros(dtype, sized(values.length, shape));
        for (int i = 0; i < values.length; i++) {
            a.set(i, values[i]);
        }
        return a;
    }

    /** Returns a scalar. */
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

    /** Returns all of the memory, in native byte order, its position at 0; writing to it writes to the array. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.nativeOrder()).clear();
    }

    /** Copies all elements to an array of the same dtype and size, by several threads where they are many. */
    public void copyTo(NDArray to) {
        if (to.dtype != dtype || to.elements != elements) {
            throw new IllegalArgumentException(
                    "copyTo: " + dtype.word() + shape + " does not fit " + to.dtype.word() + to.shape
                            + "; an array of as many elements of that dtype would do");
        }
        ByteBuffer from = bytes();
        ByteBuffer target = to.bytes();
        IntStream.range(0, (int) (((long) from.limit() + COPIED - 1) / COPIED)).parallel()
                .forEach(part -> target.put(part * COPIED, from, part * COPIED,
                        Math.min(COPIED, from.limit() - part * COPIED)));
    }

    private void check(int i) {
        if (i < 0 || i >= elements) {
            throw new IndexOutOfBoundsException("element " + i + " does not exist in an array of shape " + shape
                    + ", which has "
                    + (elements == 0 ? "none" : elements == 1 ? "element 0 alone" : "elements 0 to " + (elements - 1)));
        }
    }

    /** Returns element {@code i} as a double: exact for every type but int64, which is rounded beyond 2⁵³. */
    public double get(int i) {
        check(i);
        return switch (dtype) {
            case BOOL, UINT8, INT32, INT64 -> getLong(i);
            case FLOAT16 -> Float.float16ToFloat(bytes.getShort(2 * i));
            case FLOAT32 -> bytes.getFloat(4 * i);
            case FLOAT64 -> bytes.getDouble(8 * i);
        };
    }

    /**
     * Returns element {@code i} as a whole number: exact for integers and bools, else as {@link DType#nearest} says.
     */
    public long getLong(int i) {
        check(i);
        return switch (dtype) {
            case BOOL -> bytes.get(i);
            case UINT8 -> bytes.get(i) & 0xFF;
            case INT32 -> bytes.getInt(4 * i);
            case INT64 -> bytes.getLong(8 * i);
            case FLOAT16, FLOAT32, FLOAT64 -> (long) get(i);
        };
    }

    /** Sets element {@code i}, converted to this array's type as {@link DType#nearest} says. */
    public void set(int i, double value) {
        check(i);
        switch (dtype) {
            case BOOL, UINT8, INT32 -> setLong(i, (long) dtype.nearest(value));
            case INT64 -> setLong(i, (long) value);
            case FLOAT16 -> bytes.putShort(2 * i, Float.floatToFloat16((float) value));
            case FLOAT32 -> bytes.putFloat(4 * i, (float) value);
            case FLOAT64 -> bytes.putDouble(8 * i, value);
        }
    }

    /** Sets element {@code i} to a whole number, of which a narrower integer keeps the low bits. */
    public void setLong(int i, long value) {
        check(i);
        switch (dtype) {
            case BOOL, UINT8 -> bytes.put(i, (byte) dtype.wrapped(value));
            case INT32 -> bytes.putInt(4 * i, (int) value);
            case INT64 -> bytes.putLong(8 * i, value);
            case FLOAT16 -> set(i, (float) value);
            case FLOAT32 -> bytes.putFloat(4 * i, value);
            case FLOAT64 -> bytes.putDouble(8 * i, value);
        }
    }

    /** Returns the value of an array of one element. */
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

    /**
     * Returns the elements as int32: the low bits of longer integers, the nearest whole numbers towards zero of others.
     */
    public int[] toInts() {
        int[] values = new int[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = dtype.isFloating() ? (int) get(i) : (int) getLong(i);
        }
        return values;
    }

    public long[] toLongs() {
        long[] values = new long[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = getLong(i);
        }
        return values;
    }

    /**
     * Returns these values in {@code to}: of an integer in a narrower one the low bits, else as {@link DType#nearest}
     * says; the array itself if it has that type.
     */
    public NDArray cast(DType to) {
        if (to == dtype) {
            return this;
        }
        NDArray cast = zeros(to, shape);
        for (int i = 0; i < elements; i++) {
            if (dtype.isFloating()) {
                cast.set(i, get(i));
            } else {
                cast.setLong(i, getLong(i));
            }
        }
        return cast;
    }

    public NDArray copy() {
        NDArray copy = zeros(dtype, shape);
        copy.bytes().put(bytes());
        return copy;
    }

    /** Returns the same memory seen with another shape of as many elements. */
    public NDArray reshape(int... sizes) {
        return new NDArray(dtype, sized(elements, sizes), bytes());
    }

    /** Returns rows {@code from} to before {@code to} of the first axis, as a view of the same memory. */
    public NDArray rows(int from, int to) {
        if (from < 0 || from > to || to > shape.size(0)) {
            throw new IndexOutOfBoundsException(
                    "rows " + from + " to before " + to + " do not exist in an array of shape " + shape);
        }
        int row = shape.size(0) == 0 ? 0 : elements / shape.size(0) * dtype.bytes();
        return new NDArray(dtype, shape.with(0, Dim.of(to - from)), bytes().slice(from * row, (to - from) * row));
    }

    /** Returns row {@code i} of the first axis, without that axis, as a view of the same memory. */
    public NDArray row(int i) {
        return rows(i, i + 1).reshape(shape.part(1, shape.rank()).sizes());
    }

    /** Returns the first few values, with shape and type. */
    @Override
    public String toString() {
        var text = new StringBuilder(dtype.word() + shape + " [");
        for (int i = 0; i < Math.min(8, elements); i++) {
            text.append(i > 0 ? ", " : "").append(switch (dtype) {
                case BOOL, UINT8, INT32, INT64 -> Long.toString(getLong(i));
                case FLOAT16, FLOAT32 -> Float.toString((float) get(i));
                case FLOAT64 -> Double.toString(get(i));
            });
        }
        return text.append(elements > 8 ? ", …]" : "]").toString();
    }
}
