package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.codegen.ScalarText;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The functions of functions.cl in ULP of float32, against double precision, and their special cases, on every device.
 *
 * <p>{@code -Dclarion.sweep} says how far apart the floats are that are tried, as bits: 16381 without it, 1 if it is
 * {@code full}.
 */
class FunctionsTest {
    /** What docs/reference/scalar-functions.md promises. */
    private static final Map<ScalarFn,
            Double> MOST = new TreeMap<>(Map.of(ScalarFn.EXP, 1.5, ScalarFn.LOG, 1.5, ScalarFn.TANH, 3.0,
                    ScalarFn.SIGMOID, 3.0, ScalarFn.SOFTPLUS, 2.5, ScalarFn.EXPM1, 2.5, ScalarFn.POW, 5.0));
    private static final List<ScalarFn> UNARY = MOST.keySet().stream().filter(f -> f.arity() == 1).toList();
    private static final String FEW = "16381";
    private static final int CHUNK = 1 << 18;
    /** Where a result overflows, is 0, denormal, or one of the functions goes over to another formula. */
    private static final float[] ENDS = {0, 1, -1, Float.MIN_NORMAL, Float.MAX_VALUE, Float.POSITIVE_INFINITY,
            88.722839f, -87.33655f,
            -103.97208f, -104, 89, 110, 18, -18, -20, 17.32868f, 9.5f, 9.0109f, 0.34657359f, -0.34657359f, 0.70710678f,
            1.41421356f, -0.88137359f};
    private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0.0f, 1,
            -1, 0.5f, -0.5f, 2, -2,
            3, -3, 4.5f, -2.5f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE,
            16777215, -16777215,
            16777216, 33554432, 0x1.000002p0f, 0x1.fffffep-1f, -0x1.000002p0f, 1e10f, 0x1p33f};

    /** Of a device that is used as what it is not, no sweep is asked for. */
    private static long stride(TestedDevice device) {
        String sweep = device.forced() ? FEW : System.getProperty("clarion.sweep", FEW);
        return sweep.equals("full") ? 1 : Long.parseLong(sweep);
    }

    /** The largest error, and where. */
    private record Worst(double ulp, float x, float y, float got) {
        static final Worst NONE = new Worst(-1, 0, 0, 0);

        Worst or(Worst other) {
            return other.ulp > ulp ? other : this;
        }

        @Override
        public String toString() {
            return "%.3f ULP at %s, %s: %s".formatted(ulp, x, y, got);
        }
    }

    /** One of the functions on a device. */
    private static final class Functions implements AutoCloseable {
        private final List<ScalarFn> fns;
        private final Function function;
        private final double least;

        Functions(TestedDevice device, List<ScalarFn> fns, int numbers) {
            this.fns = fns;
            List<Tensor> inputs = IntStream.range(0, fns.get(0).arity())
                    .mapToObj(i -> Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(numbers), "x" + i))).toList();
            function = new Function(
                    new Graph(inputs, fns.stream().map(f -> Tensor.map(f, inputs.toArray(Tensor[]::new))).toList(),
                            List.of()),
                    device.device());
            least = keepsDenormals(device) ? 0 : Float.MIN_NORMAL;
        }

        private static boolean keepsDenormals(TestedDevice device) {
            Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(1), "x"));
            try (Function twice = new Function(new Graph(List.of(x), List.of(x.times(2)), List.of()),
                    device.device())) {
                return twice.call(List.of(NDArray.of(new float[] {Float.MIN_VALUE}, 1))).get(0).get(0)
                        == 2 * Float.MIN_VALUE;
            }
        }

        /** The largest error of each function; {@code y} is the second argument, if there is one. */
        Map<ScalarFn, Worst> worst(float[] x, float[] y) {
            List<NDArray> got = function
                    .call(Stream.of(x, y).limit(fns.get(0).arity()).map(v -> NDArray.of(v, v.length)).toList());
            return IntStream.range(0, fns.size()).boxed().collect(Collectors.toMap(fns::get, i -> {
                FloatBuffer results = got.get(i).bytes().asFloatBuffer();
                return IntStream.range(0, 8).parallel().mapToObj(part -> {
                    Worst worst = Worst.NONE;
                    for (int k = part * (x.length / 8); k < (part == 7 ? x.length : (part + 1) * (x.length / 8)); k++) {
                        double error = error(reference(fns.get(i), x[k], y[k]), results.get(k), least);
                        worst = error > worst.ulp ? new Worst(error, x[k], y[k], results.get(k)) : worst;
                    }
                    return worst;
                }).reduce(Worst.NONE, Worst::or);
            }));
        }

        @Override
        public void close() {
            function.close();
        }
    }

    /** pow is C99's, in which 1 to any power and anything to the power of 0 is 1. */
    private static double reference(ScalarFn fn, double x, double y) {
        return fn == ScalarFn.POW && (x == 1 || y == 0 || x == -1 && Double.isInfinite(y)) ? 1 : fn.reference(x, y, 0);
    }

    /** In ULP of the nearest float; below {@code least} in magnitude a float may be 0. */
    private static double error(double want, float got, double least) {
        float nearest = (float) want;
        if (nearest == got && (got != 0 || want != 0 || Float.compare(nearest, got) == 0)) {
            return Float.isInfinite(got) ? 0 : Math.abs(got - want) / Math.ulp(nearest);
        }
        if (Double.isNaN(want) || Float.isNaN(got)) {
            return Double.isNaN(want) && Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
        }
        if (want == 0 || Double.isInfinite(want)) {
            return Double.POSITIVE_INFINITY;
        }
        if (got == 0 && Math.abs(want) < least) {
            return 0;
        }
        double value = Float.isInfinite(got) ? Math.copySign(0x1p128, got) : got;
        return Math.abs(value - want) / Math.ulp(Float.isInfinite(nearest) ? Float.MAX_VALUE : nearest);
    }

    private static void hold(TestedDevice device, Map<ScalarFn, Worst> worst) {
        worst.forEach((fn, w) -> System.out.println(device + ": " + fn.word() + " " + w));
        worst.forEach((fn, w) -> assertTrue(w.ulp <= MOST.get(fn), () -> fn.word() + ": " + w));
    }

    @EveryDevice(inEveryLayout = true)
    void noFloatIsFartherOffThanPromised(TestedDevice device) {
        assertEquals(
                Arrays.stream(ScalarFn.values()).filter(f -> ScalarText.isOwn(f, DType.FLOAT32))
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(ScalarFn.class))),
                MOST.keySet());
        long stride = stride(device);
        var worst = new TreeMap<ScalarFn, Worst>();
        float[] x = new float[CHUNK];
        try (var functions = new Functions(device, UNARY, CHUNK)) {
            for (long first = 0; first < 1L << 32; first += stride * CHUNK) {
                for (int i = 0; i < CHUNK; i++) {
                    x[i] = Float.intBitsToFloat((int) (first + i * stride));
                }
                functions.worst(x, x).forEach((fn, w) -> worst.merge(fn, w, Worst::or));
            }
            int around = CHUNK / (2 * ENDS.length);
            for (int i = 0; i < CHUNK; i++) {
                int bits = Float.floatToRawIntBits(ENDS[i / 2 / around % ENDS.length]) + i / 2 % around - around / 2;
                x[i] = Float.intBitsToFloat(i % 2 == 0 ? bits : bits ^ 0x80000000);
            }
            functions.worst(x, x).forEach((fn, w) -> worst.merge(fn, w, Worst::or));
        }
        hold(device, worst);
    }

    @EveryDevice(inEveryLayout = true)
    void noPowerIsFartherOffThanPromised(TestedDevice device) {
        var random = new SplittableRandom(1);
        float[] x = new float[CHUNK];
        float[] y = new float[CHUNK];
        int pairs = SPECIAL.length * SPECIAL.length;
        for (int i = 0; i < CHUNK; i++) {
            x[i] = switch (i % 4) {
                case 0 -> Float.intBitsToFloat(random.nextInt(1, 0x7F800000));
                case 1 -> (float) (1 + random.nextDouble(-0.3, 0.42) * Math.scalb(1.0, -random.nextInt(22)));
                case 2 -> random.nextInt(-20, 20);
                default -> (float) random.nextDouble(0, 10);
            };
            y[i] = switch (i % 4) {
                case 0, 1 -> (float) (random.nextDouble(-105, 90) / Math.log(x[i]));
                case 2 -> random.nextInt(-40, 40);
                default -> (float) random.nextDouble(-8, 8);
            };
        }
        for (int i = 0; i < pairs; i++) {
            x[i] = SPECIAL[i % SPECIAL.length];
            y[i] = SPECIAL[i / SPECIAL.length];
        }
        try (var functions = new Functions(device, List.of(ScalarFn.POW), CHUNK)) {
            hold(device, functions.worst(x, y));
        }
    }
}
