package io.clarion.device;

import io.clarion.grad.Gradients;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Scalar functions and casts on every device. */
class ElementwiseTest {
    /** Their results are one of their arguments or a whole number. */
    private static final Set<
            ScalarFn> EXACT = EnumSet.of(ScalarFn.NEG, ScalarFn.SIGN, ScalarFn.ABS, ScalarFn.RELU, ScalarFn.ROUND,
                    ScalarFn.FLOOR, ScalarFn.MAXIMUM, ScalarFn.MINIMUM, ScalarFn.SELECT);
    /** Rounded once. */
    private static final Set<ScalarFn> ROUNDED = EnumSet.of(ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MUL);
    private static final double[] SPECIAL = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1,
            -1, 0.5, -2.5, 3e38f, 1e-30f};
    /** Where ranges end. */
    private static final double[] ENDS = {-1, 0.9, 255, 256, 65504, 65520, 0x1p-24, 0x1p-26, -0x1p31, 0x1p31, 0x1p32,
            -0x1p53, -0x1p63, 0x1p63, 1e300};

    private static Tolerance of(ScalarFn fn) {
        return EXACT.contains(fn) ? Tolerance.EXACT
                : ROUNDED.contains(fn) ? Tolerance.product(1) : Tolerance.function();
    }

    private static DType type(ScalarFn fn, int argument, DType numbers) {
        return fn.rule() == ScalarFn.Rule.LOGIC || fn.rule() == ScalarFn.Rule.CHOICE && argument == 0 ? DType.BOOL
                : numbers;
    }

    private static void call(Comparison c, Draw draw, ScalarFn fn, DType numbers, Shape shape) {
        Tensor[] x = IntStream.range(0, fn.arity()).mapToObj(i -> {
            DType type = type(fn, i, numbers);
            // Of equal arguments, too, comparisons must be right.
            boolean whole = fn.rule() == ScalarFn.Rule.COMPARISON || EXACT.contains(fn) && draw.chance(0.5);
            Shape own = fn.arity() == 1 ? shape : draw.broadcastable(shape);
            return c.input(whole ? draw.whole(type, own) : draw.array(type, fn.low(), fn.high(), own));
        }).toArray(Tensor[]::new);
        c.expect(fn.word() + " of " + List.of(x), Tensor.map(fn, x), of(fn));
    }

    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void everyScalarFunctionOfBroadcastShapes(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (ScalarFn fn : ScalarFn.values()) {
                List<DType> types = types(fn);
                call(c, draw, fn, types.contains(DType.FLOAT32) ? DType.FLOAT32 : types.get(0), draw.shape(0, 5));
                call(c, draw, fn, draw.one(types), draw.shape(0, 5));
            }
            c.check();
        });
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void everyScalarFunctionOfEveryType(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            for (DType type : EnumSet.complementOf(EnumSet.of(DType.BOOL, DType.FLOAT32))) {
                var c = new Comparison();
                for (ScalarFn fn : ScalarFn.values()) {
                    if (types(fn).contains(type)) {
                        call(c, draw, fn, type, Shape.of(draw.size()));
                    }
                }
                c.check();
            }
        });
    }

    private static List<DType> types(ScalarFn fn) {
        return Arrays.stream(DType.values()).filter(t -> switch (fn.rule()) {
            case NUMBER -> t != DType.BOOL;
            case FLOATING -> t.isFloating();
            case COMPARISON, CHOICE -> true;
            case LOGIC -> t == DType.BOOL;
        }).toList();
    }

    /** Each of the special values meets each; pow alone has special cases in which Java and OpenCL differ. */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void everyScalarFunctionOfSpecialValues() {
        for (DType type : List.of(DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)) {
            var c = new Comparison();
            int n = SPECIAL.length;
            NDArray bools = NDArray.of(DType.BOOL, IntStream.range(0, n).mapToDouble(i -> i % 2).toArray(), 1, n);
            Tensor x = c.input(NDArray.of(type, SPECIAL, 1, n));
            Tensor y = c.input(NDArray.of(type, SPECIAL, n, 1));
            Tensor b = c.input(bools);
            for (ScalarFn fn : EnumSet
                    .complementOf(EnumSet.of(ScalarFn.POW, ScalarFn.AND, ScalarFn.OR, ScalarFn.NOT))) {
                Tensor result = fn.arity() == 1 ? Tensor.map(fn, x)
                        : fn.arity() == 2 ? Tensor.map(fn, x, y) : Tensor.map(fn, b, x, y);
                c.expect(fn.word() + " of " + type.word(), result, of(fn));
            }
            c.check();
        }
    }

    /**
     * Compares functions of constants that the compiler knows, alone or as one of two values: PoCL's own give anything
     * for some of these.
     */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void everyScalarFunctionOfConstantsThatAreNotFinite() {
        for (DType type : List.of(DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)) {
            var c = new Comparison();
            int n = SPECIAL.length;
            Tensor x = c.input(NDArray.of(type, SPECIAL, n));
            Tensor b = c.input(NDArray.of(DType.BOOL, IntStream.range(0, n).mapToDouble(i -> i % 2).toArray(), n));
            for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                Tensor known = Tensor.literal(type, value).broadcast(Shape.of(n));
                Tensor either = Tensor.map(ScalarFn.SELECT, b, x, known);
                for (ScalarFn fn : EnumSet
                        .complementOf(EnumSet.of(ScalarFn.POW, ScalarFn.AND, ScalarFn.OR, ScalarFn.NOT))) {
                    Tensor result = fn.arity() == 1 ? Tensor.map(fn, either)
                            : fn.arity() == 2 ? Tensor.map(fn, x, either) : Tensor.map(fn, b, either, x);
                    c.expect(fn.word() + " of " + type.word() + " and " + value, result, of(fn));
                }
                c.expect("a constant rounded", Tensor.map(ScalarFn.ROUND, known), Tolerance.EXACT);
                c.expect("a power of 2",
                        Tensor.map(ScalarFn.POW, Tensor.literal(type, 2).broadcast(Shape.of(n)), either),
                        of(ScalarFn.POW));
                for (DType to : DType.values()) {
                    c.expect("cast of " + value, Tensor.of(new Op.Cast(to), either), Tolerance.EXACT);
                }
            }
            c.check();
        }
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void castsOfEveryPairOfTypes(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (DType from : DType.values()) {
                Tensor x = c.input(draw.array(from, -3e9, 3e9, draw.shape(0, 3)));
                Tensor small = c.input(draw.array(from, -3, 3, draw.shape(0, 3)));
                Tensor special = c.input(NDArray.of(from, SPECIAL, SPECIAL.length));
                Tensor ends = c.input(NDArray.of(from, ENDS, ENDS.length));
                for (DType to : DType.values()) {
                    for (Tensor t : List.of(x, small, special, ends)) {
                        c.expect("cast of " + t, Tensor.of(new Op.Cast(to), t), Tolerance.EXACT);
                    }
                }
            }
            c.check();
        });
    }

    /** A value computed in one kernel with much before and after it. */
    /** A sine and a cosine of one number, which is another's sine or cosine: compilers join such, and one crashed. */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void sinesAndCosinesOfEachOtherAndTheirGradients(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            Tensor x = c.input(draw.array(DType.FLOAT32, -3, 3, Shape.of(37)));
            for (ScalarFn inner : List.of(ScalarFn.SIN, ScalarFn.COS)) {
                for (ScalarFn outer : List.of(ScalarFn.SIN, ScalarFn.COS)) {
                    Tensor y = x.apply(inner).apply(outer);
                    c.expect(outer + " of " + inner, y, Tolerance.composed(2, 1));
                    Tensor gradient = Gradients.of(y, List.of(x)).get(0);
                    c.expect("its gradient", gradient, Tolerance.composed(4, 1));
                    c.expect("and that one's", Gradients.of(gradient, List.of(x)).get(0), Tolerance.composed(8, 1));
                }
            }
            c.check();
        });
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void chainsOfFunctions(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            List<ScalarFn> smooth = List.of(ScalarFn.SIN, ScalarFn.COS, ScalarFn.TANH, ScalarFn.SIGMOID,
                    ScalarFn.SOFTPLUS);
            for (int i = 0; i < 6; i++) {
                Shape shape = draw.shape(0, 4);
                Tensor y = c.input(draw.array(DType.FLOAT32, -2, 2, shape));
                for (int step = 0; step < 4; step++) {
                    Tensor other = c.input(draw.array(DType.FLOAT32, -2, 2, draw.broadcastable(shape)));
                    y = Tensor.map(draw.one(List.of(ScalarFn.ADD, ScalarFn.MUL, ScalarFn.MAXIMUM)),
                            Tensor.map(draw.one(smooth), y), other);
                    if (draw.chance(0.3)) {
                        c.expect("an intermediate value of a chain", y, Tolerance.composed(4, 2));
                    }
                }
                c.expect("the end of a chain", y, Tolerance.composed(4, 4));
            }
            c.check();
        });
    }

    /** More than 32 MB, with numbers that fill no vector at the end. */
    @Example
    void resultsThatNoCacheHolds() {
        var c = new Comparison();
        int n = (1 << 23) + 5;
        NDArray numbers = NDArray.zeros(DType.FLOAT32, Shape.of(n));
        for (int i = 0; i < n; i++) {
            numbers.set(i, i % 4099);
        }
        c.expect("large results", c.input(numbers).times(2).plus(1), Tolerance.EXACT);
        c.check();
    }
}
