package io.clarion.opencl.compile.codegen;

import io.clarion.tensor.DType;

/**
 * A dtype in OpenCL C: what it is in memory, what it is in a register, and the way between them, for scalars (width 1)
 * and vectors.
 *
 * <p>A bool is a uchar of 0 or 1 in memory and in a register an int that is not 0, or a vector of 0 and −1. A uint8 is
 * an int from 0 to 255 in a register, a float16 a float: it is rounded where it is stored.
 */
public record ClType(DType dtype, int width) {

    /** Returns the type of a register, such as {@code float8}. */
    public String register() {
        return switch (dtype) {
            case BOOL, UINT8, INT32 -> "int" + suffix();
            case INT64 -> "long" + suffix();
            case FLOAT16, FLOAT32 -> "float" + suffix();
            case FLOAT64 -> "double" + suffix();
        };
    }

    /** Returns the type of an element in memory. */
    public static String memory(DType dtype) {
        return switch (dtype) {
            case BOOL, UINT8 -> "uchar";
            case INT32 -> "int";
            case INT64 -> "long";
            case FLOAT16 -> "half";
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
        };
    }

    /** Returns what a comparison of two registers gives: of vectors one of 0 and −1, as wide as they are. */
    public String mask() {
        return (width > 1 && isLong() ? "long" : "int") + suffix();
    }

    private boolean isLong() {
        return dtype == DType.INT64 || dtype == DType.FLOAT64;
    }

    /** Returns the load of elements from {@code buffer + offset}, as a register. */
    String load(String buffer, String offset) {
        String place = buffer + " + " + offset;
        String raw = width == 1 ? buffer + "[" + offset + "]" : "load" + width + "(" + place + ")";
        return switch (dtype) {
            case BOOL -> width == 1 ? "(int)" + raw : "-convert_int" + width + "(" + raw + ")";
            case UINT8 -> "convert_int" + suffix() + "(" + raw + ")";
            case FLOAT16 -> width == 1 ? "vload_half(0, " + place + ")"
                    : "from_half" + width + "(load" + width + "((global const ushort*)(" + place + ")))";
            case INT32, INT64, FLOAT32, FLOAT64 -> raw;
        };
    }

    /** Returns the statement that stores a register at {@code buffer + offset}. */
    String store(String value, String buffer, String offset) {
        String place = buffer + " + " + offset;
        String raw = switch (dtype) {
            case BOOL -> "convert_uchar" + suffix() + "(" + value + " & 1)";
            case UINT8 -> "convert_uchar" + suffix() + "(" + value + ")";
            case INT32, INT64, FLOAT16, FLOAT32, FLOAT64 -> value;
        };
        if (dtype == DType.FLOAT16) {
            return width == 1 ? "vstore_half_rte(" + value + ", 0, " + place + ");"
                    : "store" + width + "(to_half" + width + "(" + value + "), (global ushort*)(" + place + "));";
        }
        return width == 1 ? buffer + "[" + offset + "] = " + raw + ";"
                : "store" + width + "(" + raw + ", " + place + ");";
    }

    /** Returns a register of the type {@code to} from one of this type. */
    String cast(String value, DType to) {
        ClType target = new ClType(to, width);
        // A vector's true is −1.
        String number = dtype == DType.BOOL ? "(" + value + " & 1)" : value;
        return switch (to) {
            case BOOL -> truth("(" + value + " != (" + register() + ")(0))");
            // Bounds as vectors, as Oclgrind 21.10 gets the lanes of vectors wrong with scalars.
            case UINT8 -> dtype.isFloating()
                    ? "clamp(" + saturated(value, "int") + ", " + target.literal(0) + ", " + target.literal(255) + ")"
                    : dtype == DType.INT32 || dtype == DType.INT64 ? converted(wrapped(value, to), target) : number;
            case INT32 -> dtype.isFloating() ? saturated(value, "int") : converted(number, target);
            case INT64 -> dtype.isFloating() ? saturated(value, "long") : converted(number, target);
            case FLOAT16, FLOAT32, FLOAT64 -> converted(number, target);
        };
    }

    private String converted(String value, ClType target) {
        return register().equals(target.register()) ? value : "convert_" + target.register() + "(" + value + ")";
    }

    /**
     * Returns a float as an integer; NaN becomes 0, which OpenCL promises of the saturating conversion and rusticl does
     * not keep.
     */
    private String saturated(String value, String type) {
        return "convert_" + type + suffix() + "_sat(" + value + " == " + value + " ? " + value + " : " + literal(0)
                + ")";
    }

    /**
     * Returns a register's value as memory would give it back. Comparisons are of such values: else the maximum that
     * one kernel has stored were not equal to any of the numbers that another computes again.
     */
    String stored(String value) {
        return dtype == DType.FLOAT16 ? "from_half" + suffix() + "(to_half" + suffix() + "(" + value + "))" : value;
    }

    /** Returns a comparison of registers of this type as a bool's register. */
    String truth(String comparison) {
        return mask().startsWith("int") ? comparison : "convert_int" + suffix() + "(" + comparison + ")";
    }

    /** Returns a bool's register as what chooses between registers of this type. */
    String condition(String truth) {
        return mask().startsWith("int") ? truth : "convert_long" + suffix() + "(" + truth + ")";
    }

    /** Returns what a computation gave, as a register of {@code dtype}: uint8 is computed as int. */
    public static String wrapped(String value, DType dtype) {
        return dtype == DType.UINT8 ? "(" + value + " & 255)" : value;
    }

    /** Returns the scalar register {@code value} in all lanes. */
    String splat(String value) {
        if (width == 1) {
            return value;
        }
        return "(" + register() + ")(" + (dtype == DType.BOOL ? "-(" + value + " != 0)" : value) + ")";
    }

    /** Returns a number in all lanes. */
    public String literal(double value) {
        String number = switch (dtype) {
            case BOOL -> value != 0 ? "1" : "0";
            case UINT8, INT32 -> value == Integer.MIN_VALUE ? "(-2147483647 - 1)" : Integer.toString((int) value);
            case INT64 -> value == Long.MIN_VALUE ? "(-9223372036854775807L - 1)" : (long) value + "L";
            case FLOAT16, FLOAT32 -> real((float) value, Float.toHexString((float) value) + "f");
            case FLOAT64 -> real(value, Double.toHexString(value));
        };
        return splat(width == 1 && !number.startsWith("-") ? number : "(" + number + ")");
    }

    private static String real(double value, String hex) {
        return Double.isNaN(value) ? "NAN" : Double.isInfinite(value) ? value > 0 ? "INFINITY" : "-INFINITY" : hex;
    }

    private String suffix() {
        return width == 1 ? "" : Integer.toString(width);
    }
}
