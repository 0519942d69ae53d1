package io.clarion.opencl.compile.codegen;

import io.clarion.graph.ScalarFn;
import io.clarion.tensor.DType;
import java.util.List;

/** Writes scalar functions in OpenCL C, for scalars and vectors. */
public final class ScalarText {
    private ScalarText() {}

    /**
     * Returns whether functions.cl has a function for a dtype, under its word and the type: {@code exp_float8}. It is
     * computed as float32.
     */
    public static boolean isOwn(ScalarFn fn, DType dtype) {
        return (dtype == DType.FLOAT32 || dtype == DType.FLOAT16) && switch (fn) {
            case EXP, LOG, TANH, SIGMOID, SOFTPLUS, EXPM1, POW -> true;
            case NEG, SIGN, ABS, SQRT, SIN, COS, RELU, ROUND, FLOOR, ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, EQUAL,
                    NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL,
                    AND, OR, NOT, SELECT -> false;
        };
    }

    /**
     * Returns the expression of a function of arguments that stand in variables.
     *
     * @param type the arguments' type; of a selection that of what is selected
     */
    static String of(ScalarFn fn, ClType type, List<String> names) {
        String x = names.get(0);
        if (isOwn(fn, type.dtype())) {
            return fn.word() + "_" + type.register() + "(" + String.join(", ", names) + ")";
        }
        return switch (fn) {
            case NEG -> "-" + x;
            case SIGN -> type.dtype().isFloating() ? known(x, "sign(" + x + ")")
                    : "((" + x + " > " + number(type, 0) + " ? " + number(type, 1) + " : " + number(type, 0) + ") - ("
                            + x + " < " + number(type, 0) + " ? " + number(type, 1) + " : " + number(type, 0) + "))";
            case ABS -> type.dtype().isFloating() ? "fabs(" + x + ")"
                    : "(" + x + " < " + number(type, 0) + " ? -" + x + " : " + x + ")";
            case SQRT -> "sqrt(" + x + ")";
            case EXP -> known(x, "exp(" + x + ")");
            case LOG -> "log(" + x + ")";
            case SIN -> "sin(" + x + ")";
            // Intel's compiler joins sin(x) and cos(x), and crashes where x is such a sine or cosine itself; this it
            // leaves.
            case COS -> "cos(-" + x + ")";
            case TANH -> "tanh(" + x + ")";
            case SIGMOID -> known(x, number(type, 1) + " / (" + number(type, 1) + " + exp(-" + x + "))");
            case SOFTPLUS -> known(x, "fmax(" + x + ", " + number(type, 0) + ") + log1p(exp(-fabs(" + x + ")))");
            case EXPM1 -> known(x, "expm1(" + x + ")");
            case RELU -> "(" + x + " < " + number(type, 0) + " ? " + number(type, 0) + " : " + x + ")";
            case ROUND -> finite(type, x, "rint(" + x + ")");
            case FLOOR -> finite(type, x, "floor(" + x + ")");
            case ADD -> between(names, "+");
            case SUB -> between(names, "-");
            case MUL -> between(names, "*");
            case DIV -> between(names, "/");
            case POW -> "pow(" + x + ", " + names.get(1) + ")";
            case MAXIMUM -> extreme(x, ">", names.get(1));
            case MINIMUM -> extreme(x, "<", names.get(1));
            case EQUAL -> "(" + between(names, "==") + ")";
            case NOT_EQUAL -> "(" + between(names, "!=") + ")";
            case GREATER -> "(" + between(names, ">") + ")";
            case GREATER_EQUAL -> "(" + between(names, ">=") + ")";
            case LESS -> "(" + between(names, "<") + ")";
            case LESS_EQUAL -> "(" + between(names, "<=") + ")";
            case AND -> "(" + between(names, "&&") + ")";
            case OR -> "(" + between(names, "||") + ")";
            case NOT -> "(!" + x + ")";
            case SELECT -> "(" + x + " ? " + names.get(1) + " : " + names.get(2) + ")";
        };
    }

    private static String number(ClType type, int value) {
        return "(" + type.register() + ")(" + value + ")";
    }

    private static String between(List<String> names, String operator) {
        return names.get(0) + " " + operator + " " + names.get(1);
    }

    /** Returns a NaN on either side is the result. */
    private static String extreme(String x, String comparison, String y) {
        return "(" + x + " " + comparison + " " + y + " || " + x + " != " + x + " ? " + x + " : " + y + ")";
    }

    /**
     * Returns an expression of an argument, of which a NaN is the result. PoCL's library promises LLVM numbers: where
     * one of its functions has a NaN or an infinity that LLVM knows, be it one of two values, the result is anything.
     */
    private static String known(String x, String text) {
        return "(" + x + " == " + x + " ? " + text + " : " + x + ")";
    }

    /** Returns an expression that rounds an argument, which is whole from 2^52 on; see {@link #known}. */
    private static String finite(ClType type, String x, String text) {
        return "(fabs(" + x + ") < (" + type.register() + ")(0x1p52f) ? " + text + " : " + x + ")";
    }
}
