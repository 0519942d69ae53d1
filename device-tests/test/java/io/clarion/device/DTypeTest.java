package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/** What the dtypes promise, on every device, said apart from the reference engine, which has no 64 bits of an int64. */
class DTypeTest {
    private static final long[] LONGS = {0, 1, -1, 3, 255, 1L << 31, -(1L << 31) - 1, (1L << 53) + 1,
            0x123456789ABCDEFL, -0x7EDCBA9876543210L,
            Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE, Long.MIN_VALUE + 1, 5, 6, 7};

    private static List<NDArray> run(Device device, List<Tensor> inputs, List<NDArray> values, Tensor... outputs) {
        try (Executable executable = device.compile(new Graph(inputs, List.of(outputs), List.of()))) {
            return executable.call(values, 0);
        }
    }

    private static Tensor placeholder(DType dtype, int... sizes) {
        return Tensor.of(new Op.Placeholder(dtype, Shape.of(sizes), "x"));
    }

    // float16

    /** All halves. */
    private static NDArray halves() {
        NDArray all = NDArray.zeros(DType.FLOAT16, Shape.of(1 << 16));
        IntStream.range(0, 1 << 16).forEach(i -> all.bytes().putShort(2 * i, (short) i));
        return all;
    }

    /**
     * Products that registers have in more digits than halves, computed again beside their maximum, which memory had.
     */
    @EveryDevice(inEveryLayout = true)
    void theMaximumOfHalvesIsOneOfThem(Device device) {
        for (int columns : new int[] {1, 3, 36}) {
            Tensor x = placeholder(DType.FLOAT16, 64, columns);
            Tensor y = placeholder(DType.FLOAT32);
            Tensor product = x.cast(DType.FLOAT32).times(y).cast(DType.FLOAT16);
            Tensor square = x.times(x);
            var random = new Random(7);
            NDArray given = NDArray.of(DType.FLOAT16, random.doubles(64L * columns, -2, 2).toArray(), 64, columns);
            List<NDArray> counts = run(device, List.of(x, y), List.of(given, NDArray.scalar(DType.FLOAT32, 0.7310585)),
                    maxima(product, 0), maxima(product, 1), maxima(square, 0),
                    maxima(square, 1));
            counts.forEach(count -> assertTrue(Arrays.stream(count.toDoubles()).allMatch(n -> n > 0),
                    () -> columns + " columns: " + count));
        }
    }

    /** Returns how many of the elements along an axis are their maximum. */
    private static Tensor maxima(Tensor x, int axis) {
        return K.sum(K.cast(K.equal(x, K.max(x, new int[] {axis}, true)), DType.FLOAT32), new int[] {axis}, false);
    }

    @EveryDevice(inEveryLayout = true)
    void everyHalfIsReadAndWrittenAsItIs(Device device) {
        Tensor x = placeholder(DType.FLOAT16, 1 << 16);
        NDArray all = halves();
        List<NDArray> got = run(device, List.of(x), List.of(all), x.neg(), x.cast(DType.FLOAT32),
                x.permute(List.of(0)).neg().neg(),
                x.reshape(Shape.of(256, 256)).permute(List.of(1, 0)));
        for (int i = 0; i < 1 << 16; i++) {
            int element = i;
            float half = Float.float16ToFloat((short) i);
            assertEquals(-half, (float) got.get(0).get(i), () -> "the negative of " + half);
            assertEquals(half, (float) got.get(1).get(i), () -> "as a float, " + half);
            assertEquals(half, (float) got.get(2).get(i), () -> "twice negated, " + half);
            assertEquals(half, (float) got.get(3).get(i % 256 * 256 + i / 256), () -> "transposed, element " + element);
        }
    }

    /** Each half, what lies in the middle to the next, and the floats beside. */
    @EveryDevice(inEveryLayout = true)
    void floatsAreRoundedToTheNearestHalfAndToEven(Device device) {
        var floats = new ArrayList<Float>(
                List.of(Float.MIN_VALUE, Float.MIN_NORMAL, -Float.MIN_NORMAL, Float.MAX_VALUE, -1e30f));
        for (int i = 0; i < 1 << 16; i++) {
            float half = Float.float16ToFloat((short) i);
            float next = i << 1 == 0xF7FE ? Math.copySign(65536, half) : Float.float16ToFloat((short) (i + 1));
            float middle = half / 2 + next / 2;
            floats.addAll(List.of(half, Math.nextUp(half), Math.nextDown(half), middle, Math.nextUp(middle),
                    Math.nextDown(middle)));
        }
        NDArray values = NDArray.of(DType.FLOAT32, floats.stream().mapToDouble(f -> f).toArray(), floats.size());
        Tensor x = placeholder(DType.FLOAT32, floats.size());
        NDArray got = run(device, List.of(x), List.of(values), x.cast(DType.FLOAT16)).get(0);
        var wrong = new ArrayList<String>();
        for (int i = 0; i < floats.size(); i++) {
            float want = Float.float16ToFloat(Float.floatToFloat16(floats.get(i)));
            if (Float.compare(want, (float) got.get(i)) != 0) {
                wrong.add(floats.get(i) + " became " + got.get(i) + ", not " + want);
            }
        }
        assertEquals(List.of(), wrong.subList(0, Math.min(9, wrong.size())),
                () -> wrong.size() + " of " + floats.size());
    }

    /** In float16, the sum would stop at 2048, and at 32 half of each further product would be lost. */
    @EveryDevice(inEveryLayout = true)
    void halvesAreSummedAsFloats(Device device) {
        Tensor x = placeholder(DType.FLOAT16, 5000);
        Tensor m = placeholder(DType.FLOAT16, 64, 512);
        NDArray ones = NDArray.of(DType.FLOAT16, IntStream.range(0, 5000).mapToDouble(i -> 1).toArray(), 5000);
        NDArray quarters = NDArray.of(DType.FLOAT16, IntStream.range(0, 64 * 512).mapToDouble(i -> 0.25).toArray(), 64,
                512);
        var dot = new Contraction(List.of(Dim.of(64), Dim.of(512), Dim.of(64)), List.of(List.of(0, 1), List.of(2, 1)),
                List.of(0, 2), List.of());
        List<NDArray> got = run(device, List.of(x, m), List.of(ones, quarters), x.sum(List.of(0)),
                dot.apply(List.of(m, m)));
        assertEquals(5000, got.get(0).item());
        assertArrayEquals(IntStream.range(0, 64 * 64).mapToDouble(i -> 32).toArray(), got.get(1).toDoubles());
    }

    // Integers

    @EveryDevice(inEveryLayout = true)
    void longsWrapAt64Bits(Device device) {
        int n = LONGS.length;
        Tensor x = placeholder(DType.INT64, n, 1);
        Tensor y = placeholder(DType.INT64, 1, n);
        List<ScalarFn> functions = List.of(ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MUL, ScalarFn.MAXIMUM, ScalarFn.MINIMUM,
                ScalarFn.LESS, ScalarFn.EQUAL);
        List<LongBinaryOperator> stated = List.of((a, b) -> a + b, (a, b) -> a - b, (a, b) -> a * b, Math::max,
                Math::min, (a, b) -> a < b ? 1 : 0,
                (a, b) -> a == b ? 1 : 0);
        List<NDArray> got = run(device, List.of(x, y), List.of(NDArray.of(LONGS, n, 1), NDArray.of(LONGS, 1, n)),
                functions.stream().map(fn -> Tensor.map(fn, x, y)).toArray(Tensor[]::new));
        for (int f = 0; f < functions.size(); f++) {
            for (int i = 0; i < n * n; i++) {
                long a = LONGS[i / n];
                long b = LONGS[i % n];
                ScalarFn fn = functions.get(f);
                assertEquals(stated.get(f).applyAsLong(a, b), got.get(f).getLong(i),
                        () -> fn.word() + " of " + a + " and " + b);
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void longsAreMovedSummedAndCastWithAllTheirBits(Device device) {
        int n = LONGS.length;
        Tensor x = placeholder(DType.INT64, n);
        Tensor constant = Tensor.constant(NDArray.of(new long[] {(1L << 53) + 1}));
        List<NDArray> got = run(device, List.of(x), List.of(NDArray.of(LONGS, n)), x.neg(), x.sum(List.of(0)),
                Tensor.of(new Op.Concat(0), x, x),
                x.cast(DType.INT32), x.cast(DType.UINT8), x.cast(DType.BOOL), x.cast(DType.INT32).cast(DType.INT64),
                constant.plus(x.times(0)),
                Tensor.of(new Op.Reduce(Op.Reduce.Kind.PROD, List.of(0)), x.slice(0, 7, Dim.of(3))),
                Tensor.of(new Op.Reduce(Op.Reduce.Kind.MAX, List.of(0)), x),
                Tensor.of(new Op.Reduce(Op.Reduce.Kind.ARGMIN, List.of(0)), x));
        long sum = 0;
        for (int i = 0; i < n; i++) {
            assertEquals(-LONGS[i], got.get(0).getLong(i));
            assertEquals(LONGS[i], got.get(2).getLong(n + i));
            assertEquals((int) LONGS[i], got.get(3).getLong(i));
            assertEquals(LONGS[i] & 0xFF, got.get(4).getLong(i));
            assertEquals(LONGS[i] != 0 ? 1 : 0, got.get(5).getLong(i));
            assertEquals((int) LONGS[i], got.get(6).getLong(i));
            assertEquals((1L << 53) + 1, got.get(7).getLong(i));
            sum += LONGS[i];
        }
        assertEquals(sum, got.get(1).getLong(0));
        assertEquals(LONGS[7] * LONGS[8] * LONGS[9], got.get(8).getLong(0));
        assertEquals(Long.MAX_VALUE, got.get(9).getLong(0));
        assertEquals(12, got.get(10).getLong(0));
    }

    @EveryDevice(inEveryLayout = true)
    void bytesAndIntsWrap(Device device) {
        Tensor bytes = placeholder(DType.UINT8, 256, 1);
        Tensor ints = placeholder(DType.INT32, 9);
        double[] all = IntStream.range(0, 256).mapToDouble(i -> i).toArray();
        int[] big = {Integer.MAX_VALUE, Integer.MIN_VALUE, 1_900_000_043, -7, 65536, 65537, 3, 0, -1};
        Tensor other = bytes.reshape(Shape.of(1, 256));
        List<NDArray> got = run(device, List.of(bytes, ints),
                List.of(NDArray.of(DType.UINT8, all, 256, 1), NDArray.of(big, 9)),
                bytes.plus(other), bytes.minus(other), bytes.times(other), bytes.neg(), bytes.sum(List.of(0)),
                bytes.times(other).greater(100),
                ints.plus(ints), ints.times(ints), ints.neg(), ints.cast(DType.UINT8));
        for (int i = 0; i < 1 << 16; i++) {
            int a = i / 256;
            int b = i % 256;
            assertEquals(a + b & 255, got.get(0).get(i));
            assertEquals(a - b & 255, got.get(1).get(i));
            assertEquals(a * b & 255, got.get(2).get(i));
            assertEquals((a * b & 255) > 100 ? 1 : 0, got.get(5).get(i));
        }
        assertEquals(-200 & 255, got.get(3).get(200));
        assertEquals(255 * 128 & 255, got.get(4).get(0));
        for (int i = 0; i < big.length; i++) {
            assertEquals(big[i] + big[i], got.get(6).get(i));
            assertEquals(big[i] * big[i], got.get(7).get(i));
            assertEquals(-big[i], got.get(8).get(i));
            assertEquals(big[i] & 255, got.get(9).get(i));
        }
    }

    // float64

    @EveryDevice(inEveryLayout = true)
    void float64IsComputedInDoublePrecisionOrRefusedWithWhatWouldDo(TestedDevice device) {
        Tensor x = Tensor.literal(DType.FLOAT64, 1e-12).broadcast(Shape.of(9));
        if (device.facts().fp64()) {
            assertEquals(Math.exp(1e-12),
                    run(device.device(), List.of(), List.of(), x.apply(ScalarFn.EXP)).get(0).get(0), 1e-15);
        } else {
            var e = assertThrows(UnsupportedOperationException.class,
                    () -> run(device.device(), List.of(), List.of(), x.cast(DType.FLOAT32)));
            assertEquals("float64 is not supported on " + device.facts().id() + " (" + device.facts().name()
                    + "), which lacks cl_khr_fp64; float32 would do, or a device with float64, such as the reference engine's",
                    e.getMessage());
        }
    }
}
