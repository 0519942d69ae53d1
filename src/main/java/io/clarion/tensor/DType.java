package io.clarion.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The type of a tensor's elements, ordered by promotion: two types meet at the later one. See
 * {@code docs/reference/dtypes.md}.
 *
 * <p>Integers wrap: a result has the low bits of what it would be. Floating-point numbers become integers towards zero
 * and stop at the ends of the range; NaN becomes 0.
 */
public enum DType {
    /** Truth values, a byte each: 0 or 1. */
    BOOL(1, false, "|b1", 0, 1),
    /** Whole numbers from 0 to 255. */
    UINT8(1, false, "|u1", 0, 255),
    /** Signed 32-bit integers. */
    INT32(4, false, "<i4", Integer.MIN_VALUE, Integer.MAX_VALUE),
    /** Signed 64-bit integers. */
    INT64(8, false, "<i8", Long.MIN_VALUE, Long.MAX_VALUE),
    /** IEEE 754 half precision in memory, 11 bits from 2⁻¹⁴ to 65504; devices compute with it in single precision. */
    FLOAT16(2, true, "<f2", Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
    /** IEEE 754 single precision, the default {@code floatx}. */
    FLOAT32(4, true, "<f4", Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
    /** IEEE 754 double precision, where the device has it. */
    FLOAT64(8, true, "<f8", Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    private final int bytes;
    private final boolean floating;
    private final String npyCode;
    private final double least;
    private final double greatest;

    DType(int bytes, boolean floating, String npyCode, double least, double greatest) {
        this.bytes = bytes;
        this.floating = floating;
        this.npyCode = npyCode;
        this.least = least;
        this.greatest = greatest;
    }

    /** Returns the size of an element, in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Returns whether this is a floating-point type. */
    public boolean isFloating() {
        return floating;
    }

    /** Returns whether this is a type of whole numbers; bool is none. */
    public boolean isInteger() {
        return !floating && this != BOOL;
    }

    /** Returns the value below which there is none: −∞ of floating-point types. */
    public double least() {
        return least;
    }

    /**
     * Returns the value above which there is none: ∞ of floating-point types, 2⁶³ for int64, whose last number no
     * double is.
     */
    public double greatest() {
        return greatest;
    }

    /** Returns whether this, a type of whole numbers, has the number {@code value}. */
    public boolean holds(double value) {
        return value == Math.rint(value) && value >= least && value <= greatest && value < 0x1p63;
    }

    /** Returns the whole number of this type with the same low bits, for integers; whether it is not 0, for bools. */
    public long wrapped(long whole) {
        return switch (this) {
            case BOOL -> whole != 0 ? 1 : 0;
            case UINT8 -> whole & 0xFF;
            case INT32 -> (int) whole;
            case INT64 -> whole;
            case FLOAT16, FLOAT32, FLOAT64 -> throw new IllegalArgumentException(word() + " numbers do not wrap");
        };
    }

    /**
     * Returns the nearest value of this type: towards zero and within the range for integers, where NaN is 0; "is not
     * 0" for bools. A float64 becomes a float16 by way of float32.
     */
    public double nearest(double value) {
        return switch (this) {
            case BOOL -> value != 0 ? 1 : 0;
            case UINT8 -> Math.clamp((int) value, 0, 255);
            case INT32 -> (int) value;
            case INT64 -> (long) value;
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case FLOAT32 -> (float) value;
            case FLOAT64 -> value;
        };
    }

    /** Returns the distance from {@code |value|} to the next larger number of this type; 1 for integers and bools. */
    public double ulp(double value) {
        return switch (this) {
            case BOOL, UINT8, INT32, INT64 -> 1;
            case FLOAT16 -> Math.max(0x1p-24, Math.scalb(1.0, Math.getExponent(value) - 10));
            case FLOAT32 -> Math.ulp((float) value);
            case FLOAT64 -> Math.ulp(value);
        };
    }

    /** Returns NumPy's type string, as in the header of an {@code .npy} file. */
    public String npyCode() {
        return npyCode;
    }

    /** Returns Keras's word for this type, such as "float32". */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the type in which values of both types can be combined: the later in the order of this enum. */
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
