package io.clarion.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The header of an {@code .npy} file.
 *
 * @param descr  NumPy's type string: byte order ({@code < > |}), kind ({@code b i u f}), bytes
 * @param length of all that stands before the data, in bytes
 */
record NpyHeader(String descr, boolean fortranOrder, int[] shape, int length) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** Magic, two bytes of version and the two of the length, as version 1.0 has it. */
    static final int PREFIX_BYTES = 10;
    static final String READABLE_TYPES = "bool, integers, float16, float32 and float64 are readable";
    /** As NumPy has it, for headers that nobody vouches for. */
    private static final int GREATEST_LENGTH = 10_000;
    private static final Pattern READABLE = Pattern.compile("[<>|](b1|[iu][1248]|f[248])");

    NpyHeader {
        if (!READABLE.matcher(descr).matches() || descr.charAt(0) == '|' && !descr.endsWith("1")) {
            throw new IllegalArgumentException("its dtype is '" + shortened(descr) + "'; " + READABLE_TYPES);
        }
    }

    /**
     * Reads up to the first byte of the data; an {@link IllegalArgumentException} says what is wrong, without a file's
     * name.
     */
    static NpyHeader read(InputStream in) throws IOException {
        byte[] prefix = in.readNBytes(8);
        if (prefix.length < 8 || !Arrays.equals(prefix, 0, 6, MAGIC, 0, 6)) {
            throw new IllegalArgumentException("it does not begin with the bytes \\x93NUMPY");
        }
        int major = prefix[6];
        if (major < 1 || major > 3 || prefix[7] != 0) {
            throw new IllegalArgumentException(
                    "it has format version " + major + "." + prefix[7] + "; 1.0, 2.0 and 3.0 are readable");
        }
        byte[] lengthBytes = in.readNBytes(major == 1 ? 2 : 4);
        long length = 0;
        for (int i = lengthBytes.length - 1; i >= 0; i--) {
            length = length << 8 | lengthBytes[i] & 0xFF;
        }
        if (length > GREATEST_LENGTH) {
            throw new IllegalArgumentException("its header claims to have " + length + " bytes; as in NumPy, "
                    + GREATEST_LENGTH + " are the most");
        }
        byte[] text = in.readNBytes((int) length);
        if (lengthBytes.length < (major == 1 ? 2 : 4) || text.length < length) {
            throw new IllegalArgumentException("it ends within its header");
        }
        return new HeaderText(new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
                major < 3)
                .read(prefix.length + lengthBytes.length + text.length);
    }

    /** Returns the beginning of what stands in a file, as it can stand in an error. */
    static String shortened(String text) {
        String line = text.strip();
        return (line.length() > 80 ? line.substring(0, 80) + "…" : line).replaceAll("\\p{Cntrl}", "?");
    }

    /** Returns the type of the array that the data become. */
    DType dtype() {
        return switch (descr.substring(1)) {
            case "b1" -> DType.BOOL;
            case "u1" -> DType.UINT8;
            case "i1", "i2", "i4", "u2" -> DType.INT32;
            case "i8", "u4", "u8" -> DType.INT64;
            case "f2" -> DType.FLOAT16;
            case "f4" -> DType.FLOAT32;
            case "f8" -> DType.FLOAT64;
            default -> throw new AssertionError(descr);
        };
    }

    /** Returns what stands after it. */
    StoredElements elements() {
        return new StoredElements(descr, fortranOrder, Shape.of(shape), dtype());
    }
}
