package io.clarion.model;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
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
     * The array in {@code file}.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it, if it is not such a file
     */
    public static NDArray read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        }
    }

    /** The array in {@code in}; {@code name} stands for it in errors. */
    public static NDArray read(InputStream in, String name) throws IOException {
        try {
            return array(ByteBuffer.wrap(unzipped(new BufferedInputStream(in))));
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(name + " cannot be read as an IDX file: its gzip data are damaged ("
                    + e.getMessage() + ")", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " cannot be read as an IDX file: " + e.getMessage(), e);
        }
    }

    private static byte[] unzipped(BufferedInputStream in) throws IOException {
        in.mark(1);
        int first = in.read();
        in.reset();
        return first == GZIP_FIRST_BYTE ? new GZIPInputStream(in, 1 << 16).readAllBytes() : in.readAllBytes();
    }

    private static NDArray array(ByteBuffer file) {
        if (file.remaining() < 4 || file.getShort() != 0) {
            throw new IllegalArgumentException("it does not begin with two zero bytes");
        }
        int type = file.get() & 0xFF;
        int rank = file.get() & 0xFF;
        int bytes = switch (type) {
            case 0x08, 0x09 -> 1;
            case 0x0B -> 2;
            case 0x0C, 0x0D -> 4;
            case 0x0E -> 8;
            default -> throw new IllegalArgumentException("its type is 0x%02X; 08, 09, 0B, 0C, 0D and 0E exist".formatted(type));
        };
        if (file.remaining() < 4 * rank) {
            throw new IllegalArgumentException("it ends within the sizes of its " + rank + " axes");
        }
        int[] sizes = new int[rank];
        Arrays.setAll(sizes, a -> file.getInt());
        Shape shape = Shape.of(sizes);
        ByteBuffer data = file.slice();
        if (data.capacity() != (long) shape.elements() * bytes) {
            throw new IllegalArgumentException("shape " + shape + " needs " + (long) shape.elements() * bytes
                    + " bytes of data, it has " + data.capacity());
        }
        DType dtype = type == 0x0D ? DType.FLOAT32 : type == 0x0E ? DType.FLOAT64 : DType.INT32;
        NDArray array = NDArray.zeros(dtype, shape);
        IntToDoubleFunction elements = elements(type, data);
        for (int i = 0; i < array.elements(); i++) {
            array.set(i, elements.applyAsDouble(i));
        }
        return array;
    }

    private static IntToDoubleFunction elements(int type, ByteBuffer data) {
        return switch (type) {
            case 0x08 -> i -> data.get(i) & 0xFF;
            case 0x09 -> data::get;
            case 0x0B -> i -> data.getShort(2 * i);
            case 0x0C -> i -> data.getInt(4 * i);
            case 0x0D -> i -> data.getFloat(4 * i);
            default -> i -> data.getDouble(8 * i);
        };
    }
}
