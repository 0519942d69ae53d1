package io.clarion.model;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.StoredElements;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The IDX files in which MNIST comes, gzipped or not: two zero bytes, a type, the number of axes, their sizes and the
 * data, all big endian. Integers of 8 to 32 bits become int32.
 *
 * @see <a href="https://yann.lecun.com/exdb/mnist/">The MNIST database</a>
 */
public final class Idx {
    private static final int GZIP_FIRST_BYTE = 0x1F;

    private Idx() {}

    /**
     * Returns the array in {@code file}.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it, if it is not such a file, or one
     *                                  whose array memory does not hold
     */
    public static NDArray read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString(), Files.isRegularFile(file) ? Files.size(file) : Long.MAX_VALUE);
        }
    }

    /** Returns the array in {@code in}; {@code name} stands for it in errors. */
    public static NDArray read(InputStream in, String name) throws IOException {
        return read(in, name, Long.MAX_VALUE);
    }

    private static NDArray read(InputStream file, String name, long size) throws IOException {
        try {
            var in = new BufferedInputStream(file);
            in.mark(1);
            int first = in.read();
            in.reset();
            if (first != GZIP_FIRST_BYTE) {
                return array(in, size);
            }
            long most = size > Long.MAX_VALUE / StoredElements.MOST_DEFLATED ? Long.MAX_VALUE
                    : size * StoredElements.MOST_DEFLATED;
            return array(new GZIPInputStream(in, 1 << 16), most);
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(name + " cannot be read as an IDX file: its gzip data are damaged ("
                    + e.getMessage() + ")", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " cannot be read as an IDX file: " + e.getMessage(), e);
        }
    }

    /** Returns the array in {@code in}, which has {@code available} bytes at most. */
    private static NDArray array(InputStream in, long available) throws IOException {
        byte[] begin = in.readNBytes(4);
        if (begin.length < 4 || begin[0] != 0 || begin[1] != 0) {
            throw new IllegalArgumentException("it does not begin with two zero bytes");
        }
        String code = switch (begin[2]) {
            case 0x08 -> "|u1";
            case 0x09 -> "|i1";
            case 0x0B -> ">i2";
            case 0x0C -> ">i4";
            case 0x0D -> ">f4";
            case 0x0E -> ">f8";
            default -> throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "its type is 0x%02X; 08, 09, 0B, 0C, 0D and 0E exist", begin[2]));
        };
        int rank = begin[3] & 0xFF;
        byte[] sizes = in.readNBytes(Integer.BYTES * rank);
        if (sizes.length < Integer.BYTES * rank) {
            throw new IllegalArgumentException("it ends within the sizes of its " + rank + " axes");
        }
        int[] shape = new int[rank];
        ByteBuffer.wrap(sizes).asIntBuffer().get(shape);
        DType dtype = begin[2] == 0x0D ? DType.FLOAT32 : begin[2] == 0x0E ? DType.FLOAT64 : DType.INT32;
        NDArray array = new StoredElements(code, false, Shape.of(shape), dtype).read(in,
                available - begin.length - sizes.length);
        if (in.read() >= 0) {
            throw new IllegalArgumentException(
                    "it has more data than the " + array.elements() + " elements of its shape " + array.shape());
        }
        return array;
    }
}
