package io.clarion.graph;

import io.clarion.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Names the functions of scalars, each with its dtypes, value, gradient and a range for tests. The gradient is that of
 * TensorFlow where the derivative is not unique.
 */
public enum ScalarFn {
    NEG(Rule.NUMBER, Price.CHEAP, a -> -a, (i, dy, y, x) -> dy.neg(), -4, 4),
    /** Its gradient is 0, as TensorFlow has it, where rounding has none. */
    SIGN(Rule.NUMBER, Price.DEAR, Math::signum, (i, dy, y, x) -> zeros(dy), -4, 4),
    ABS(Rule.NUMBER, Price.CHEAP, Math::abs, (i, dy, y, x) -> dy.times(x[0].apply(SIGN)), -4, 4),
    SQRT(Rule.FLOATING, Price.DEAR, Math::sqrt, (i, dy, y, x) -> dy.div(y.times(2)), 0.01, 4),
    EXP(Rule.FLOATING, Price.TRANSCENDENTAL, Math::exp, (i, dy, y, x) -> dy.times(y), -4, 4),
    LOG(Rule.FLOATING, Price.TRANSCENDENTAL, Math::log, (i, dy, y, x) -> dy.div(x[0]), 0.01, 4),
    SIN(Rule.FLOATING, Price.TRANSCENDENTAL, Math::sin, (i, dy, y, x) -> dy.times(x[0].apply(cosine())), -4, 4),
    COS(Rule.FLOATING, Price.TRANSCENDENTAL, Math::cos, (i, dy, y, x) -> dy.times(x[0].apply(SIN)).neg(), -4, 4),
    TANH(Rule.FLOATING, Price.TRANSCENDENTAL, Math::tanh, (i, dy, y, x) -> dy.times(y.times(y).neg().plus(1)), -4, 4),
    SIGMOID(Rule.FLOATING, Price.TRANSCENDENTAL, a -> 1 / (1 + Math.exp(-a)),
            (i, dy, y, x) -> dy.times(y).times(y.neg().plus(1)), -4, 4),
    SOFTPLUS(Rule.FLOATING, Price.TRANSCENDENTAL, a -> Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
            (i, dy, y, x) -> dy.times(x[0].apply(SIGMOID)), -4, 4),
    EXPM1(Rule.FLOATING, Price.TRANSCENDENTAL, Math::expm1, (i, dy, y, x) -> dy.times(y.plus(1)), -4, 4),
    RELU(Rule.NUMBER, Price.CHEAP, a -> a < 0 ? 0 : a, (i, dy, y, x) -> masked(y.greater(0), dy), -4, 4),
    /** Rounds half to even. */
    ROUND(Rule.FLOATING, Price.DEAR, Math::rint, null, -4, 4),
    FLOOR(Rule.FLOATING, Price.DEAR, Math::floor, null, -4, 4),

    ADD(Rule.NUMBER, Price.CHEAP, (a, b) -> a + b, (i, dy, y, x) -> dy, -4, 4),
    SUB(Rule.NUMBER, Price.CHEAP, (a, b) -> a - b, (i, dy, y, x) -> i == 0 ? dy : dy.neg(), -4, 4),
    MUL(Rule.NUMBER, Price.CHEAP, (a, b) -> a * b, (i, dy, y, x) -> dy.times(x[1 - i]), -4, 4),
    DIV(Rule.FLOATING, Price.DEAR, (a, b) -> a / b,
            (i, dy, y, x) -> i == 0 ? dy.div(x[1]) : dy.times(y).div(x[1]).neg(), 0.5, 4),
    POW(Rule.FLOATING, Price.TRANSCENDENTAL, Math::pow,
            (i, dy, y, x) -> i == 0 ? dy.times(x[1]).times(x[0].pow(x[1].minus(1)))
                    : dy.times(y).times(select(flat(x[0].greater(0)), x[0], Tensor.literal(y.dtype(), 1)).apply(LOG)),
            0.1, 3),
    /** A NaN on either side is the result. */
    MAXIMUM(Rule.NUMBER, Price.CHEAP, Math::max,
            (i, dy, y, x) -> masked(i == 0 ? x[0].greaterEqual(x[1]) : x[0].less(x[1]), dy), -4, 4),
    /** A NaN on either side is the result. */
    MINIMUM(Rule.NUMBER, Price.CHEAP, Math::min,
            (i, dy, y, x) -> masked(i == 0 ? x[0].lessEqual(x[1]) : x[0].greater(x[1]), dy), -4, 4),

    EQUAL(Rule.COMPARISON, Price.CHEAP, (a, b) -> a == b ? 1 : 0, null, -2, 2),
    NOT_EQUAL(Rule.COMPARISON, Price.CHEAP, (a, b) -> a != b ? 1 : 0, null, -2, 2),
    GREATER(Rule.COMPARISON, Price.CHEAP, (a, b) -> a > b ? 1 : 0, null, -2, 2),
    GREATER_EQUAL(Rule.COMPARISON, Price.CHEAP, (a, b) -> a >= b ? 1 : 0, null, -2, 2),
    LESS(Rule.COMPARISON, Price.CHEAP, (a, b) -> a < b ? 1 : 0, null, -2, 2),
    LESS_EQUAL(Rule.COMPARISON, Price.CHEAP, (a, b) -> a <= b ? 1 : 0, null, -2, 2),

    AND(Rule.LOGIC, Price.CHEAP, (a, b) -> a != 0 && b != 0 ? 1 : 0, null, 0, 1),
    OR(Rule.LOGIC, Price.CHEAP, (a, b) -> a != 0 || b != 0 ? 1 : 0, null, 0, 1),
    NOT(Rule.LOGIC, Price.CHEAP, a -> a == 0 ? 1 : 0, null, 0, 1),

    /** The second where the first, a bool, holds, else the third. */
    SELECT(Rule.CHOICE, Price.CHEAP, (a, b, c) -> a != 0 ? b : c,
            (i, dy, y, x) -> i == 0 ? null : i == 1 ? masked(x[0], dy) : masked(x[0].apply(NOT), dy), -4, 4);

    /** The price of computing a function, beside reading a number from memory. */
    public enum Price {
        /** About an addition: it is computed again rather than stored. */
        CHEAP,
        /** Several times that, such as a division. */
        DEAR,
        /** So much that it is sooner read from memory than computed again. */
        TRANSCENDENTAL
    }

    /** Which types the arguments may have, and which the result has. */
    public enum Rule {
        /** Numbers of one type give that type. */
        NUMBER,
        /** Floating-point numbers of one type give that type. */
        FLOATING,
        /** Two of one type give a bool. */
        COMPARISON,
        /** Bools give a bool. */
        LOGIC,
        /** A bool and two of one type give that type. */
        CHOICE
    }

    /**
     * The gradient of input {@code i} given that of the result, the result and the inputs; null where there is none.
     */
    @FunctionalInterface
    interface Gradient {
        Tensor of(int i, Tensor dy, Tensor y, Tensor[] x);
    }

    @FunctionalInterface
    private interface Ternary {
        double apply(double a, double b, double c);
    }

    private final Rule rule;
    private final Price price;
    private final int arity;
    private final Ternary reference;
    private final Gradient gradient;
    private final double low;
    private final double high;

    ScalarFn(Rule rule, Price price, DoubleUnaryOperator reference, Gradient gradient, double low, double high) {
        this(rule, price, 1, (a, b, c) -> reference.applyAsDouble(a), gradient, low, high);
    }

    ScalarFn(Rule rule, Price price, DoubleBinaryOperator reference, Gradient gradient, double low, double high) {
        this(rule, price, 2, (a, b, c) -> reference.applyAsDouble(a, b), gradient, low, high);
    }

    ScalarFn(Rule rule, Price price, Ternary reference, Gradient gradient, double low, double high) {
        this(rule, price, 3, reference, gradient, low, high);
    }

    ScalarFn(Rule rule, Price price, int arity, Ternary reference, Gradient gradient, double low, double high) {
        this.rule = rule;
        this.price = price;
        this.arity = arity;
        this.reference = reference;
        this.gradient = gradient;
        this.low = low;
        this.high = high;
    }

    public Rule rule() {
        return rule;
    }

    /** Returns the number of arguments, 1 to 3. */
    public int arity() {
        return arity;
    }

    /** Returns the name in messages: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the value in double precision; arguments beyond the arity are ignored. Bools are 0 and 1. */
    public double reference(double a, double b, double c) {
        return reference.apply(a, b, c);
    }

    /**
     * Returns the same as {@link #reference} for arguments of dtype {@code in}: those of integers are computed in 64
     * bits, and wrap.
     */
    public double reference(DType in, double a, double b, double c) {
        return !in.isInteger() ? reference(a, b, c) : switch (this) {
            case NEG -> in.wrapped(-(long) a);
            case ABS -> in.wrapped(Math.abs((long) a));
            case ADD -> in.wrapped((long) a + (long) b);
            case SUB -> in.wrapped((long) a - (long) b);
            case MUL -> in.wrapped((long) a * (long) b);
            default -> reference(a, b, c);
        };
    }

    /** Returns what computing it takes. */
    public Price price() {
        return price;
    }

    public boolean isDifferentiable() {
        return gradient != null;
    }

    /** Returns the gradient of input {@code i}, or null where there is none. */
    public Tensor gradient(int i, Tensor dy, Tensor y, List<Tensor> x) {
        return gradient == null ? null : gradient.of(i, dy, y, x.toArray(Tensor[]::new));
    }

    /** Returns the least argument for which tests try this function. */
    public double low() {
        return low;
    }

    /** Returns the greatest argument for which tests try this function. */
    public double high() {
        return high;
    }

    DType dtype(List<DType> in) {
        if (in.size() != arity) {
            throw new IllegalArgumentException(word() + " takes " + arity + " tensors, not " + in.size());
        }
        DType first = rule == Rule.CHOICE ? in.get(1) : in.get(0);
        boolean fits = switch (rule) {
            case NUMBER -> same(in) && first != DType.BOOL;
            case FLOATING -> same(in) && first.isFloating();
            case COMPARISON -> same(in);
            case LOGIC -> same(in) && first == DType.BOOL;
            case CHOICE -> in.get(0) == DType.BOOL && in.get(1) == in.get(2);
        };
        if (!fits) {
            throw new IllegalArgumentException(word() + " does not take dtypes "
                    + String.join(", ", in.stream().map(DType::word).toList()) + "; " + switch (rule) {
                        case NUMBER -> "numbers of one dtype would do";
                        case FLOATING -> "floating-point tensors of one dtype would do: cast them";
                        case COMPARISON -> "two of one dtype would do";
                        case LOGIC -> "bool would do";
                        case CHOICE -> "a bool and two of one dtype would do";
                    });
        }
        return rule == Rule.COMPARISON || rule == Rule.LOGIC ? DType.BOOL : first;
    }

    private static boolean same(List<DType> in) {
        return in.stream().distinct().count() == 1;
    }

    private static Tensor select(Tensor condition, Tensor then, Tensor otherwise) {
        return Tensor.map(SELECT, condition, then, otherwise);
    }

    private static Tensor masked(Tensor condition, Tensor dy) {
        return select(flat(condition), dy, Tensor.literal(dy.dtype(), 0));
    }

    private static ScalarFn cosine() {
        return COS;
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.literal(like.dtype(), 0).broadcast(like.shape());
    }

    /** Returns a value whose slope is 0 wherever it has one: what a derivative jumps with. */
    private static Tensor flat(Tensor x) {
        return Tensor.of(new Op.Flat(), x);
    }
}
