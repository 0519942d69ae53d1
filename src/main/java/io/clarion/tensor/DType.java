package io.clarion.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The type of a tensor's elements, ordered by promotion: two types meet at the later one. */
public enum DType {
    /** Truth values, a byte each: 0 or 1. */
    BOOL(1, false, "|b1"),
    /** Signed 32-bit integers; overflow wraps. */
    INT32(4, false, "<i4"),
    /** IEEE 754 single precision, the default {@code floatx}. */
    FLOAT32(4, true, "<f4"),
    /** IEEE 754 double precision, where the device has it. */
    FLOAT64(8, true, "<f8");

    private final int bytes;
    private final boolean floating;
    private final String npyCode;

    DType(int bytes, boolean floating, String npyCode) {
        this.bytes = bytes;
        this.floating = floating;
        this.npyCode = npyCode;
    }

    /** The size of an element, in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether this is a floating-point type. */
    public boolean isFloating() {
        return floating;
    }

    /** NumPy's type string, as in the header of an {@code .npy} file. */
    public String npyCode() {
        return npyCode;
    }

    /** Keras's word for this type, such as "float32". */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type in which values of both types can be combined: the later in the order of this enum. */
    public DType promote(DType other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** Parses Keras's word for a type. */
    public static DType of(String word) {
        return Arrays.stream(values()).filter(t -> t.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("dtype \"" + word + "\" is not one of "
                        + Arrays.stream(values()).map(DType::word).collect(Collectors.joining(", "))));
    }
}
