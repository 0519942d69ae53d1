package io.clarion.check.device;

import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Each scalar function on each dtype that it takes, over the range that it names, against the reference engine. */
final class ScalarChecks {
    private static final int NUMBERS = 1021;

    private ScalarChecks() {}

    static Check.Group all() {
        var checks = new ArrayList<Check>();
        for (ScalarFn fn : ScalarFn.values()) {
            for (DType dtype : types(fn)) {
                checks.add(check(fn, dtype));
            }
        }
        return new Check.Group("scalar functions", 1, checks);
    }

    private static List<DType> types(ScalarFn fn) {
        return Arrays.stream(DType.values()).filter(t -> switch (fn.rule()) {
            case NUMBER -> t != DType.BOOL;
            case FLOATING -> t.isFloating();
            case COMPARISON, CHOICE -> true;
            case LOGIC -> t == DType.BOOL;
        }).toList();
    }

    private static Check check(ScalarFn fn, DType dtype) {
        var inputs = new ArrayList<NDArray>();
        for (int i = 0; i < fn.arity(); i++) {
            boolean condition = i == 0 && fn.rule() == ScalarFn.Rule.CHOICE;
            inputs.add(condition || dtype == DType.BOOL ? CheckInputs.bools(10 + i, NUMBERS)
                    : fn.rule() == ScalarFn.Rule.FLOATING
                            ? CheckInputs.uniform(dtype, 20 + i, fn.low(), fn.high(), NUMBERS)
                            : CheckInputs.eighths(dtype, 30 + i, fn.low(), fn.high(), NUMBERS));
        }
        return Check.of(fn.word() + " of " + dtype.word(), tolerance(fn), 1, inputs,
                in -> Check.Computation.of(Tensor.map(fn, in.toArray(Tensor[]::new))));
    }

    /**
     * In ULP; OpenCL 1.2 (section 7.4) allows 3 for sqrt, 2.5 for a quotient, up to 5 for the others and 16 for pow.
     */
    private static double tolerance(ScalarFn fn) {
        return switch (fn) {
            case SQRT, DIV -> 3;
            case EXP, EXPM1 -> 8;
            case LOG, SIN, COS, TANH, SIGMOID, SOFTPLUS -> 6;
            case POW -> 24;
            default -> 0.5;
        };
    }
}
