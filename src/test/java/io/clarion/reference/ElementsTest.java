package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.check.RandomValues;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Simplify;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.apache.commons.math3.util.FastMath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementsTest {
    /** Returns what each function is, said by other means than in {@link ScalarFn} where there are any. */
    private static double stated(ScalarFn fn, double a, double b, double c) {
        return switch (fn) {
            case NEG -> 0 - a;
            case SIGN -> Double.compare(a, 0);
            case ABS -> a < 0 ? -a : a;
            case SQRT -> FastMath.sqrt(a);
            case EXP -> FastMath.exp(a);
            case LOG -> FastMath.log(a);
            case SIN -> FastMath.sin(a);
            case COS -> FastMath.cos(a);
            case TANH -> FastMath.tanh(a);
            case SIGMOID -> (FastMath.tanh(a / 2) + 1) / 2;
            case SOFTPLUS -> FastMath.log1p(FastMath.exp(a));
            case EXPM1 -> FastMath.expm1(a);
            case RELU -> FastMath.max(0, a);
            case ROUND -> FastMath.rint(a);
            case FLOOR -> FastMath.floor(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case POW -> FastMath.exp(b * FastMath.log(a));
            case MAXIMUM -> a > b ? a : b;
            case MINIMUM -> a < b ? a : b;
            case EQUAL -> a == b ? 1 : 0;
            case NOT_EQUAL -> a == b ? 0 : 1;
            case GREATER -> a > b ? 1 : 0;
            case GREATER_EQUAL -> a < b ? 0 : 1;
            case LESS -> a < b ? 1 : 0;
            case LESS_EQUAL -> a > b ? 0 : 1;
            case AND -> a * b;
            case OR -> Math.min(1, a + b);
            case NOT -> 1 - a;
            case SELECT -> a == 0 ? c : b;
        };
    }

    private static DType argument(ScalarFn fn, int i) {
        return fn.rule() == ScalarFn.Rule.LOGIC || fn.rule() == ScalarFn.Rule.CHOICE && i == 0 ? DType.BOOL
                : DType.FLOAT64;
    }

    @ParameterizedTest
    @EnumSource(ScalarFn.class)
    void everyFunctionIsWhatItIsStatedToBe(ScalarFn fn) {
        var samples = new RandomValues(fn.ordinal());
        NDArray[] x = new NDArray[fn.arity()];
        Tensor[] tensors = new Tensor[fn.arity()];
        for (int i = 0; i < x.length; i++) {
            NDArray spread = samples.array(DType.FLOAT64, fn.low(), fn.high(), 5, 20);
            x[i] = argument(fn, i) == DType.BOOL ? truths(samples, 100) : spread;
            tensors[i] = Tensor.constant(x[i]);
        }
        NDArray y = Evaluation.of(Tensor.map(fn, tensors));
        for (int k = 0; k < 100; k++) {
            double expected = stated(fn, x[0].get(k), x[x.length > 1 ? 1 : 0].get(k), x[x.length - 1].get(k));
            assertEquals(expected, y.get(k), 1e-13 * (1 + Math.abs(expected)), fn + " of element " + k);
        }
    }

    private static NDArray truths(RandomValues samples, int n) {
        return NDArray.of(DType.BOOL, samples.numbers(n, 0, 1).stream().mapToDouble(v -> v).toArray(), 5, 20);
    }

    private static Tensor ints(int... values) {
        return Tensor.constant(NDArray.of(values, values.length));
    }

    private static Tensor doubles(double... values) {
        return Tensor.constant(NDArray.of(values, values.length));
    }

    private static double[] map(ScalarFn fn, Tensor... x) {
        return Evaluation.of(Tensor.map(fn, x)).toDoubles();
    }

    @Test
    void integersWrapTo32Bits() {
        int big = 2_000_000_011;
        assertArrayEquals(new double[] {big * 1_900_000_043}, map(ScalarFn.MUL, ints(big), ints(1_900_000_043)));
        assertArrayEquals(new double[] {big + big}, map(ScalarFn.ADD, ints(big), ints(big)));
        assertArrayEquals(new double[] {-big - big}, map(ScalarFn.SUB, ints(-big), ints(big)));
        assertArrayEquals(new double[] {Integer.MIN_VALUE}, map(ScalarFn.NEG, ints(Integer.MIN_VALUE)));
        assertArrayEquals(new double[] {Integer.MIN_VALUE}, map(ScalarFn.ABS, ints(Integer.MIN_VALUE)));
    }

    @Test
    void integersOfOtherWidthsWrapToo() {
        Tensor bytes = Tensor.constant(NDArray.of(new byte[] {(byte) 200, 3}, 2));
        assertArrayEquals(new double[] {144, 6}, map(ScalarFn.ADD, bytes, bytes));
        assertArrayEquals(new double[] {64, 9}, map(ScalarFn.MUL, bytes, bytes));
        assertArrayEquals(new double[] {56, 253}, map(ScalarFn.NEG, bytes));
        Tensor longs = Tensor.constant(NDArray.of(new long[] {1L << 62, Long.MIN_VALUE}, 2));
        assertArrayEquals(new double[] {Long.MIN_VALUE, 0}, map(ScalarFn.ADD, longs, longs));
        assertArrayEquals(new double[] {-(1L << 62), Long.MIN_VALUE}, map(ScalarFn.NEG, longs));
        assertArrayEquals(new double[] {1L << 62, Long.MIN_VALUE}, Evaluation.of(longs.times(5)).toDoubles());
    }

    @Test
    void literalsWrapAsTheirTensorsDo() {
        Tensor sum = Tensor.literal(DType.INT32, Integer.MAX_VALUE).plus(1);
        Tensor byteSum = Tensor.literal(DType.UINT8, 200).plus(100);
        Tensor big = Tensor.literal(DType.INT64, 1L << 53).plus(1);
        Graph simple = Simplify.of(new Graph(List.of(), List.of(sum, byteSum, big), List.of()));
        assertEquals(new Op.Literal(DType.INT32, Integer.MIN_VALUE), simple.outputs().get(0).op());
        assertEquals(new Op.Literal(DType.UINT8, 44), simple.outputs().get(1).op());
        assertEquals(Op.Elementwise.class, simple.outputs().get(2).op().getClass());
    }

    @Test
    void aNaNStaysANaN() {
        for (ScalarFn fn : new ScalarFn[] {ScalarFn.RELU, ScalarFn.SIGN, ScalarFn.SOFTPLUS, ScalarFn.TANH,
                ScalarFn.ABS}) {
            assertArrayEquals(new double[] {Double.NaN}, map(fn, doubles(Double.NaN)), fn.word());
        }
        for (ScalarFn fn : new ScalarFn[] {ScalarFn.MAXIMUM, ScalarFn.MINIMUM}) {
            double[] both = map(fn, doubles(Double.NaN, 1), doubles(1, Double.NaN));
            assertArrayEquals(new double[] {Double.NaN, Double.NaN}, both, fn.word());
        }
    }

    @Test
    void functionsOfInfinityHaveTheirLimits() {
        double inf = Double.POSITIVE_INFINITY;
        assertArrayEquals(new double[] {0, inf}, map(ScalarFn.SOFTPLUS, doubles(-inf, inf)));
        assertArrayEquals(new double[] {0, 1}, map(ScalarFn.SIGMOID, doubles(-inf, inf)));
        assertArrayEquals(new double[] {0, inf}, map(ScalarFn.RELU, doubles(-inf, inf)));
    }

    @Test
    void roundingIsHalfToEven() {
        assertArrayEquals(new double[] {0, 2, 2, -2}, map(ScalarFn.ROUND, doubles(0.5, 1.5, 2.5, -1.5)));
    }

    @Test
    void castsGoTowardsZeroAndAskWhetherZero() {
        Tensor x = doubles(-1.9, 0, 1.9, Double.NaN);
        assertArrayEquals(new int[] {-1, 0, 1, 0}, Evaluation.of(x.cast(DType.INT32)).toInts());
        assertArrayEquals(new int[] {1, 0, 1, 1}, Evaluation.of(x.cast(DType.BOOL)).toInts());
        assertArrayEquals(new double[] {1, 0, 1, 1}, Evaluation.of(x.cast(DType.BOOL).cast(DType.FLOAT32)).toDoubles());
        Tensor far = doubles(-3e9, 3e9, 1e30);
        assertArrayEquals(new double[] {0, 255, 255}, Evaluation.of(far.cast(DType.UINT8)).toDoubles());
        assertArrayEquals(new double[] {-3e9, 3e9, Long.MAX_VALUE}, Evaluation.of(far.cast(DType.INT64)).toDoubles());
        assertArrayEquals(new double[] {0, 0xD0}, Evaluation.of(ints(256, 2000).cast(DType.UINT8)).toDoubles());
    }

    @Test
    void floatsAreRoundedOnlyWhereTheyLeave() {
        Tensor big = Tensor.constant(NDArray.of(new float[] {1 << 24}, 1));
        assertEquals(1, Evaluation.of(big.plus(1).minus(big)).item(), "2^24 + 1 is no float32");
        assertEquals(1 << 24, Evaluation.of(big.plus(1)).item());
        Tensor half = Tensor.constant(NDArray.of(DType.FLOAT16, new double[] {2048}, 1));
        assertEquals(1, Evaluation.of(half.plus(1).minus(half)).item(), "2049 is no float16");
        assertEquals(2048, Evaluation.of(half.plus(1)).item());
    }
}
