package io.clarion.reference;

import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Random errors of the size of those that a device makes: each node's exact value is moved by some units in the last
 * place of its dtype, of sums by units of the sum of their terms' magnitudes. What is too large for the dtype becomes
 * infinite, and what is below its normal numbers 0, in half of all cases.
 */
final class RoundingErrors {
    /** Units in the last place that OpenCL allows its functions but pow, and that Clarion's own are within. */
    private static final double FUNCTION = 4;
    private static final double POWER = 16;
    /** Units in the last place of the larger one within which numbers of a device may cancel to 0. */
    private static final double CANCELLED = 8;

    private final SplittableRandom random;
    private final Orders orders;

    /** Makes errors of one run, which is held against other runs with the same {@code orders}. */
    RoundingErrors(long seed, Orders orders) {
        this.random = new SplittableRandom(seed);
        this.orders = orders;
        orders.begin();
    }

    /**
     * Returns the value of a node with errors.
     *
     * @param exactly computes the node's value of other inputs
     */
    double[] of(Tensor t, double[][] in, double[] exact, Function<double[][], double[]> exactly) {
        if (t.dtype() == DType.INT64) {
            return beyond(exact);
        }
        if (t.op() instanceof Op.Elementwise(ScalarFn fn) && (fn == ScalarFn.EQUAL || fn == ScalarFn.NOT_EQUAL)) {
            return ofEquality(in, exact);
        }
        double units = t.dtype().isFloating() ? units(t) : 0;
        if (units == 0) {
            return exact;
        }
        double[] sizes = adds(t.op()) ? exactly.apply(magnitudes(in)) : exact;
        boolean isSum = t.op() instanceof Op.Elementwise(ScalarFn fn) && (fn == ScalarFn.ADD || fn == ScalarFn.SUB);
        double[] moved = new double[exact.length];
        double exactBits = exactBits(t);
        for (int i = 0; i < moved.length; i++) {
            moved[i] = moved(t.dtype(), exact[i], Math.abs(sizes[i]), units, exactBits);
            if (isSum && Math.abs(exact[i]) < CANCELLED * precision(t.dtype()) * Math.abs(in[0][i])
                    && random.nextInt(4) == 0) {
                moved[i] = 0;
            }
        }
        return moved;
    }

    /**
     * Returns whether numbers are equal; either way, at random, where they are not in the same order in all runs: on a
     * device they may agree by chance.
     */
    private double[] ofEquality(double[][] in, double[] exact) {
        double[] order = IntStream.range(0, exact.length).mapToDouble(i -> Math.signum(in[0][i] - in[1][i])).toArray();
        double[] before = orders.seen(order);
        return IntStream.range(0, exact.length)
                .mapToDouble(
                        i -> before != null && before[i] != order[i] && random.nextBoolean() ? 1 - exact[i] : exact[i])
                .toArray();
    }

    /**
     * The order of the operands of comparisons in a run, which other runs are held against.
     *
     * <p>Comparisons are told apart by the order in which they are made.
     */
    static final class Orders {
        private final List<double[]> first = new ArrayList<>();
        private int made;

        /** Begins another run. */
        void begin() {
            made = 0;
        }

        /**
         * Returns the order that the first run found where this one found {@code order}; null if this is the first, or
         * went another way.
         */
        double[] seen(double[] order) {
            if (made == first.size()) {
                first.add(order);
            }
            double[] before = first.get(made++);
            return before.length == order.length ? before : null;
        }
    }

    private double moved(DType type, double exact, double size, double units, double exactBits) {
        if (!Double.isFinite(exact) || exact == 0 && size == 0
                || exactBits > 0 && isWithin(type, exactBits, exact, size)) {
            return exact;
        }
        double step = size * units * precision(type) + (type == DType.FLOAT16 ? Math.abs(exact) * 0x1p-10 : 0)
                + smallest(type);
        double value = exact + step * (random.nextBoolean() ? 1 : -1) * (0.5 + random.nextDouble() / 2);
        boolean isLost = Math.abs(value) > greatest(type) || Math.abs(value) < least(type);
        return !isLost || random.nextBoolean() ? value
                : Math.abs(value) < 1 ? 0 : Math.copySign(Double.POSITIVE_INFINITY, value);
    }

    /** Doubles know int64 numbers beyond 2⁵³ only about. */
    private double[] beyond(double[] exact) {
        return Arrays.stream(exact).anyMatch(v -> Math.abs(v) > 0x1p53)
                ? Arrays.stream(exact).map(v -> Math.abs(v) > 0x1p53 ? v * (1 - random.nextInt(1, 9) * 0x1p-40) : v)
                        .toArray()
                : exact;
    }

    /** Returns the error of a node in units of the last place; 0 for one that chooses or moves what is there. */
    private static double units(Tensor t) {
        return switch (t.op()) {
            case Op.Literal literal -> 1;
            case Op.Cast cast ->
                    t.input(0).dtype().compareTo(t.dtype()) > 0 || !t.input(0).dtype().isFloating() ? 1 : 0;
            case Op.Elementwise(ScalarFn fn) -> units(fn);
            case Op.Contract(var contraction) -> sum(terms(t) * (contraction.operands().size() > 1 ? 2 : 1));
            case Op.Scan scan -> sum(t.shape().size(scan.axis()));
            case Op.ScatterAdd scatter -> sum(t.input(1).shape().elements());
            case Op.Reduce(Op.Reduce.Kind kind, var axes) -> kind == Op.Reduce.Kind.PROD ? terms(t) : 0;
            default -> 0;
        };
    }

    private static double units(ScalarFn fn) {
        return switch (fn) {
            case ADD, SUB, MUL -> 1;
            case SQRT, DIV, EXP, LOG, SIN, COS, TANH, SIGMOID, SOFTPLUS, EXPM1 -> FUNCTION;
            case POW -> POWER;
            default -> 0;
        };
    }

    private static double sum(double terms) {
        return 1 + Math.sqrt(terms) / 2;
    }

    /** Returns the terms of each element of a sum or product. */
    private static double terms(Tensor t) {
        if (t.op() instanceof Op.Contract(var contraction)) {
            double all = contraction.extents().stream().mapToDouble(d -> d.size()).reduce(1, (a, b) -> a * b);
            return all / Math.max(1, t.shape().elements());
        }
        return t.input(0).shape().elements() / (double) Math.max(1, t.shape().elements());
    }

    private static boolean adds(Op op) {
        return op instanceof Op.Contract || op instanceof Op.Scan || op instanceof Op.ScatterAdd;
    }

    /**
     * Returns the bits within which a result is what every device gets, as that of small whole numbers; 0 if there is
     * no such.
     */
    private static double exactBits(Tensor t) {
        double bits = t.dtype() == DType.FLOAT16 ? 11 : t.dtype() == DType.FLOAT32 ? 24 : 53;
        return switch (t.op()) {
            case Op.Elementwise(ScalarFn fn) ->
                    fn == ScalarFn.ADD || fn == ScalarFn.SUB || fn == ScalarFn.MUL ? bits : 0;
            case Op.Literal literal -> bits;
            case Op.Cast cast -> bits;
            // What is added on the way has to be exact too.
            default -> Math.ceil(bits * 0.6);
        };
    }

    /**
     * Returns whether a number is a multiple of the last of so many bits of a size that is not smaller, and one of the
     * dtype's: those below its normal numbers have fewer bits.
     */
    private static boolean isWithin(DType type, double bits, double exact, double size) {
        double last = Math.scalb(1.0, (int) (Math.getExponent(size) + 1 - bits));
        return isMultiple(exact, Math.max(last, smallest(type))) && isMultiple(size, last);
    }

    private static boolean isMultiple(double value, double unit) {
        return Math.rint(value / unit) * unit == value;
    }

    private static double[][] magnitudes(double[][] in) {
        return Arrays.stream(in).map(x -> Arrays.stream(x).map(Math::abs).toArray()).toArray(double[][]::new);
    }

    /** Returns a unit in the last place of 1, as it is computed with: float16 numbers are float32 but in memory. */
    private static double precision(DType type) {
        return type == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
    }

    /** Returns what a number so small that it has fewer bits may be off by. */
    private static double smallest(DType type) {
        return type == DType.FLOAT16 ? 0x1p-24 : type == DType.FLOAT32 ? 0x1p-149 : Double.MIN_VALUE;
    }

    private static double least(DType type) {
        return type == DType.FLOAT16 ? 0x1p-24 : type == DType.FLOAT32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    }

    private static double greatest(DType type) {
        return type == DType.FLOAT16 ? 65504 : type == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE;
    }
}
