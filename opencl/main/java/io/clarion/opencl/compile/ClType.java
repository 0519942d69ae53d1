package io.clarion.opencl.compile;

import io.clarion.tensor.DType;

/**
 * A dtype in OpenCL C: what it is in memory, what it is in a register, and the way between them, for scalars (width 1)
 * and vectors. A bool is a uchar of 0 or 1 in memory and in a register an int that is not 0, or a vector of 0 and −1.
 */
record ClType(DType dtype, int width) {

    /** The type of a register, such as {@code float8}. */
    String register() {
        return switch (dtype) {
            case BOOL, INT32 -> "int" + suffix();
            case FLOAT32 -> "float" + suffix();
            case FLOAT64 -> "double" + suffix();
        };
    }

    /** The type of an element in memory. */
    static String memory(DType dtype) {
        return switch (dtype) {
            case BOOL -> "uchar";
            case INT32 -> "int";
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
        };
    }

    /** Elements from {@code buffer + offset}, as a register. */
    String load(String buffer, String offset) {
        String raw = width == 1 ? buffer + "[" + offset + "]" : "vload" + width + "(0, " + buffer + " + " + offset + ")";
        return dtype != DType.BOOL ? raw : width == 1 ? "(int)" + raw : "-convert_int" + width + "(" + raw + ")";
    }

    /** The statement that stores a register at {@code buffer + offset}. */
    String store(String value, String buffer, String offset) {
        String raw = dtype == DType.BOOL ? "convert_uchar" + suffix() + "(" + value + " & 1)" : value;
        return width == 1 ? buffer + "[" + offset + "] = " + raw + ";"
                : "vstore" + width + "(" + raw + ", 0, " + buffer + " + " + offset + ");";
    }

    /** A register of the type {@code to} from one of this type. */
    String cast(String value, DType to) {
        ClType target = new ClType(to, width);
        return switch (to) {
            case BOOL -> "(" + value + " != (" + register() + ")(0))";
            // NaN becomes 0, which OpenCL promises of the saturating conversion and rusticl does not keep.
            case INT32 -> dtype == DType.BOOL ? "(" + value + " & 1)" : "convert_int" + suffix() + "_sat("
                    + (dtype.isFloating() ? value + " == " + value + " ? " + value + " : " + literal(0) : value) + ")";
            case FLOAT32, FLOAT64 -> "convert_" + target.register() + "(" + (dtype == DType.BOOL ? value + " & 1" : value) + ")";
        };
    }

    /** The scalar register {@code value} in all lanes. */
    String splat(String value) {
        if (width == 1) {
            return value;
        }
        return "(" + register() + ")(" + (dtype == DType.BOOL ? "-(" + value + " != 0)" : value) + ")";
    }

    /** A number in all lanes. */
    String literal(double value) {
        String number = switch (dtype) {
            case BOOL -> value != 0 ? "1" : "0";
            case INT32 -> value == Integer.MIN_VALUE ? "(-2147483647 - 1)" : Integer.toString((int) value);
            case FLOAT32 -> real((float) value, Float.toHexString((float) value) + "f");
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
