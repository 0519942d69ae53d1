package io.clarion.reference;

import io.clarion.graph.Contraction;
import io.clarion.graph.Contraction.Window;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import java.util.Arrays;
import java.util.List;

/**
 * Any contraction, element of the result by element, by its {@link LoopNest}.
 *
 * <p>Terms are summed plainly in blocks and the blocks with compensation, so that the error does not grow with their
 * number; those of integers are computed in 64 bits and wrap.
 */
final class SumOfProducts {
    private static final int BLOCK = 64;

    private final int[] extents;
    private final int[] out;
    private final LoopNest.Step[] steps;
    private final double[][] in;
    private final int[][] strides;
    private final DType type;

    /** The value of each axis in the term at hand. */
    private final int[] at;
    /** For each step the place in each operand before it. */
    private final int[][] places;
    private final Sums sums;
    private final double[] wholes;
    private int element;
    private long whole;

    SumOfProducts(Contraction c, DType type, double[][] in) {
        this.extents = c.extents().stream().mapToInt(Dim::size).toArray();
        this.out = c.out().stream().mapToInt(a -> a).toArray();
        this.steps = LoopNest.of(c).steps().toArray(LoopNest.Step[]::new);
        this.in = in;
        this.type = type;
        this.strides = c.operands().stream().map(this::strides).toArray(int[][]::new);
        this.at = new int[extents.length];
        this.places = new int[steps.length + 1][in.length];
        this.wholes = new double[Arrays.stream(out).map(a -> extents[a]).reduce(1, (a, b) -> a * b)];
        this.sums = new Sums(wholes.length);
    }

    /** Returns how far apart neighbours along each axis lie in an operand; 0 for axes that it lacks. */
    private int[] strides(List<Integer> operand) {
        int[] all = new int[extents.length];
        int step = 1;
        for (int i = operand.size() - 1; i >= 0; i--) {
            all[operand.get(i)] = step;
            step *= extents[operand.get(i)];
        }
        return all;
    }

    double[] value() {
        for (element = 0; element < wholes.length; element++) {
            int rest = element;
            for (int k = out.length - 1; k >= 0; k--) {
                at[out[k]] = rest % extents[out[k]];
                rest /= extents[out[k]];
            }
            for (int i = 0; i < in.length; i++) {
                places[0][i] = 0;
                for (int a : out) {
                    places[0][i] += at[a] * strides[i][a];
                }
            }
            whole = 0;
            run(0);
            wholes[element] = type.isInteger() ? type.wrapped(whole) : 0;
        }
        return type.isInteger() ? wholes : sums.values(type);
    }

    private void run(int depth) {
        if (depth == steps.length) {
            add(0, 1, depth);
            return;
        }
        switch (steps[depth]) {
            case LoopNest.Step.Loop(int axis) when depth == steps.length - 1 -> add(axis, extents[axis], depth);
            case LoopNest.Step.Loop(int axis) -> {
                for (int v = 0; v < extents[axis]; v++) {
                    bind(axis, v, depth);
                }
            }
            case LoopNest.Step.Solve(int axis, Window w) -> solve(axis, w, depth);
            case LoopNest.Step.Check(Window w) -> {
                if (at[w.position()] == w.stride() * at[w.place()] + w.dilation() * at[w.tap()] - w.pad()) {
                    System.arraycopy(places[depth], 0, places[depth + 1], 0, in.length);
                    run(depth + 1);
                }
            }
        }
    }

    private void bind(int axis, int v, int depth) {
        at[axis] = v;
        for (int i = 0; i < in.length; i++) {
            places[depth + 1][i] = places[depth][i] + v * strides[i][axis];
        }
        run(depth + 1);
    }

    private void solve(int axis, Window w, int depth) {
        int multiple = axis == w.position() ? w.stride() * at[w.place()] + w.dilation() * at[w.tap()] - w.pad()
                : at[w.position()] + w.pad()
                        - (axis == w.place() ? w.dilation() * at[w.tap()] : w.stride() * at[w.place()]);
        int factor = axis == w.position() ? 1 : axis == w.place() ? w.stride() : w.dilation();
        if (multiple >= 0 && multiple % factor == 0 && multiple / factor < extents[axis]) {
            bind(axis, multiple / factor, depth);
        }
    }

    /** Adds {@code n} terms along {@code axis}, from the places that {@code depth} has come to. */
    private void add(int axis, int n, int depth) {
        int[] from = places[depth];
        if (type.isInteger()) {
            addWholes(axis, n, from);
            return;
        }
        for (int start = 0; start < n; start += BLOCK) {
            int end = Math.min(n, start + BLOCK);
            sums.add(element, switch (in.length) {
                case 1 -> sum(in[0], from[0], strides[0][axis], start, end);
                case 2 -> dot(in[0], from[0], strides[0][axis], in[1], from[1], strides[1][axis], start, end);
                default -> products(axis, from, start, end);
            });
        }
    }

    private static double sum(double[] x, int from, int stride, int start, int end) {
        double sum = 0;
        for (int i = start; i < end; i++) {
            sum += x[from + i * stride];
        }
        return sum;
    }

    private static double dot(double[] x, int fromX, int strideX, double[] y, int fromY, int strideY, int start,
            int end) {
        double sum = 0;
        for (int i = start; i < end; i++) {
            sum += x[fromX + i * strideX] * y[fromY + i * strideY];
        }
        return sum;
    }

    private double products(int axis, int[] from, int start, int end) {
        double sum = 0;
        for (int k = start; k < end; k++) {
            double product = 1;
            for (int i = 0; i < in.length; i++) {
                product *= in[i][from[i] + k * strides[i][axis]];
            }
            sum += product;
        }
        return sum;
    }

    private void addWholes(int axis, int n, int[] from) {
        for (int k = 0; k < n; k++) {
            long product = 1;
            for (int i = 0; i < in.length; i++) {
                product *= (long) in[i][from[i] + k * strides[i][axis]];
            }
            whole += product;
        }
    }
}
