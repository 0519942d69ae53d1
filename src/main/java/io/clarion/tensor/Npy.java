package io.clarion.tensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * NumPy's {@code .npy} files: one array each.
 *
 * <p>Reads format versions 1.0 to 3.0, little and big endian, C and Fortran order, of all types that Clarion has; other
 * integers become the shortest type that has all of theirs (int8, int16 and uint16 int32, uint32 int64), uint64 int64,
 * where one that does not fit is an error. Writes version 1.0, little endian, C order.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>
 */
public final class Npy {
    private static final int CHUNK = 1 << 16;

    private Npy() {}

    /**
     * Returns the array in {@code file}; bytes after it are ignored, as NumPy does.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it, if it holds no array that Clarion can
     *                                  have: one that memory does not hold is none
     */
    public static NDArray read(Path file) throws IOException {
        try (var in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, file.toString(), Files.isRegularFile(file) ? Files.size(file) : Long.MAX_VALUE);
        }
    }

    /** Returns the array at the beginning of {@code in}; {@code name} stands for it in errors. */
    public static NDArray read(InputStream in, String name) throws IOException {
        return read(in, name, Long.MAX_VALUE);
    }

    /** Returns the array at the beginning of {@code in}, which has {@code available} bytes at most. */
    static NDArray read(InputStream in, String name, long available) throws IOException {
        try {
            NpyHeader header = NpyHeader.read(in);
            return header.elements().read(in, available - header.length());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " cannot be read as an .npy array: " + e.getMessage(), e);
        }
    }

    /** Writes {@code array} to {@code file}; a file that is there is replaced once the new one is complete. */
    public static void write(Path file, NDArray array) throws IOException {
        WholeFile.write(file, out -> write(out, array));
    }

    /** Writes {@code array} to {@code out}, which stays open. */
    public static void write(OutputStream out, NDArray array) throws IOException {
        out.write(headerOf(array));
        ByteBuffer data = array.bytes();
        byte[] chunk = new byte[Math.min(CHUNK, data.remaining())];
        while (data.hasRemaining()) {
            int count = Math.min(chunk.length, data.remaining());
            data.get(chunk, 0, count);
            if (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN) {
                reverse(chunk, count, array.dtype().bytes());
            }
            out.write(chunk, 0, count);
        }
    }

    /** Returns how many bytes {@link #write(OutputStream, NDArray)} writes. */
    static long size(NDArray array) {
        return headerOf(array).length + (long) array.bytes().remaining();
    }

    /** Reverses the bytes of each element. */
    private static void reverse(byte[] elements, int count, int width) {
        for (int at = 0; at < count; at += width) {
            for (int i = 0; i < width / 2; i++) {
                byte other = elements[at + i];
                elements[at + i] = elements[at + width - 1 - i];
                elements[at + width - 1 - i] = other;
            }
        }
    }

    /** Magic, version 1.0, length, then the dictionary, padded so that the data begin at a multiple of 64 bytes. */
    private static byte[] headerOf(NDArray array) {
        int[] sizes = array.shape().sizes();
        String inner = String.join(", ", Arrays.stream(sizes).mapToObj(Integer::toString).toList());
        String dictionary = "{'descr': '" + array.dtype().npyCode() + "', 'fortran_order': False, 'shape': ("
                + inner + (sizes.length == 1 ? ",)" : ")") + ", }";
        int length = Math.ceilDiv(NpyHeader.PREFIX_BYTES + dictionary.length() + 1, 64) * 64;
        ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        header.put(NpyHeader.MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - NpyHeader.PREFIX_BYTES));
        header.put(dictionary.getBytes(StandardCharsets.US_ASCII));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').array();
    }
}
