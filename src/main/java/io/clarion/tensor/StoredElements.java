package io.clarion.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The elements of an array in a file, as the file's header announces them.
 *
 * @param code  NumPy's code of their type: byte order ({@code < > |}), kind ({@code b i u f}), bytes
 * @param dtype of the array that they become
 */
public record StoredElements(String code, boolean fortranOrder, Shape shape, DType dtype) {
    /** At most so many times as many bytes become of deflated ones. */
    public static final int MOST_DEFLATED = 1032;
    private static final int CHUNK = 1 << 16;

    /** Returns how many bytes they have. */
    public long bytes() {
        return (long) shape.elements() * width();
    }

    private int width() {
        return code.charAt(2) - '0';
    }

    /**
     * Reads them from {@code in}, up to the byte after the last.
     *
     * @param available the most bytes that can follow; no more memory is taken than for these
     * @throws IllegalArgumentException without a file's name, if there are fewer than announced, or more than memory
     *                                  holds
     */
    public NDArray read(InputStream in, long available) throws IOException {
        if (bytes() > available) {
            throw truncated(Math.max(0, available));
        }
        NDArray array = allocated();
        boolean isSame = !fortranOrder && dtype != DType.BOOL && dtype.npyCode().equals(code)
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        ByteBuffer target = array.bytes();
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, bytes()));
        chunk.order(code.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        String kind = code.substring(1);
        var walk = new ColumnMajor();
        for (int element = 0; element < array.elements();) {
            int count = Math.min(array.elements() - element, CHUNK / width());
            int there = in.readNBytes(chunk.array(), 0, count * width());
            if (there < count * width()) {
                throw truncated((long) element * width() + there);
            }
            if (isSame) {
                target.put(chunk.array(), 0, there);
            } else {
                for (int i = 0; i < count; i++) {
                    copy(kind, chunk, i, array, fortranOrder ? walk.next() : element + i);
                }
            }
            element += count;
        }
        return array;
    }

    private IllegalArgumentException truncated(long there) {
        return new IllegalArgumentException(
                "it is truncated: its header promises " + bytes() + " bytes of data for shape " + shape + ", " + there
                        + (there == 1 ? " is" : " are") + " there");
    }

    /** Returns the array for them. A file that promises much must not end the program. */
    private NDArray allocated() {
        try {
            return NDArray.zeros(dtype, shape);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "its %s%s needs %.1f GB of memory, which this program does not have; -Xmx, or "
                            + "-XX:MaxDirectMemorySize where that is set, gives it more",
                    dtype.word(), shape, 1e-9 * shape.elements() * dtype.bytes()), e);
        }
    }

    /** The places of row-major order as column-major order comes by them. */
    private final class ColumnMajor {
        private final int[] sizes = shape.sizes();
        private final int[] strides = shape.strides();
        private final int[] index = new int[sizes.length];
        private int at;

        int next() {
            int place = at;
            for (int a = 0; a < sizes.length; a++) {
                at += strides[a];
                if (++index[a] < sizes[a]) {
                    break;
                }
                at -= sizes[a] * strides[a];
                index[a] = 0;
            }
            return place;
        }
    }

    /** Copies element {@code from} of {@code data} to element {@code to} of the array. */
    private void copy(String kind, ByteBuffer data, int from, NDArray array, int to) {
        switch (kind) {
            case "f2" -> array.set(to, Float.float16ToFloat(data.getShort(2 * from)));
            case "f4" -> array.set(to, data.getFloat(4 * from));
            case "f8" -> array.set(to, data.getDouble(8 * from));
            default -> array.setLong(to, whole(kind, data, from));
        }
    }

    private long whole(String kind, ByteBuffer data, int i) {
        return switch (kind) {
            case "b1", "i1" -> data.get(i);
            case "i2" -> data.getShort(2 * i);
            case "i4" -> data.getInt(4 * i);
            case "i8" -> data.getLong(8 * i);
            case "u1" -> data.get(i) & 0xFF;
            case "u2" -> data.getShort(2 * i) & 0xFFFF;
            case "u4" -> data.getInt(4 * i) & 0xFFFFFFFFL;
            case "u8" -> fitting(data.getLong(8 * i));
            default -> throw new AssertionError(code);
        };
    }

    private long fitting(long value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "the value " + Long.toUnsignedString(value) + " of dtype '" + code + "' does not fit int64");
        }
        return value;
    }
}
