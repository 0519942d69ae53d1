package io.clarion.opencl.compile;

import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * A contraction seen as products of matrices, {@code out[batch][m][n] = Σ_k a[batch][m][k] · b[batch][k][n]}: each of
 * the four is a list of the contraction's axes. A convolution is one too: its m are places, its k taps and channels,
 * and a window determines where a is read.
 *
 * @param aOperand which operand is a: read element by element, through windows and fused expressions
 * @param packed   whether b, the other, is stored as panels {@code [batch][n / columns][k][columns]}, else as
 *                 {@code [batch][k][n]}, of whatever shape; it is float32 even if a is float16
 * @param columns  of n in a panel and a tile
 * @param lanesM   whether neighbours of the result, and so a tile's lanes, lie along m rather than n
 */
record Tile(Contraction contraction, Plan plan, int aOperand, boolean packed, int columns, boolean lanesM,
        List<Integer> batch, List<Integer> m, List<Integer> n, List<Integer> k) {

    /**
     * Returns a contraction as a product by tiles, if it can be one.
     *
     * @param t     the contraction {@code c} of {@code in}
     * @param again says of an operand, by its number, whether its panels are made more seldom than they are read
     */
    static Optional<Expr> match(Expr t, Contraction c, List<Expr> in, Strategy strategy, IntPredicate again) {
        if (in.size() != 2 || in.get(0).dtype() != DType.FLOAT32 && in.get(0).dtype() != DType.FLOAT16) {
            return Optional.empty();
        }
        Plan plan = Plan.of(c);
        if (!plan.checks().isEmpty()) {
            return Optional.empty();
        }
        List<Set<Integer>> uses = c.operands().stream().map(axes -> uses(axes, plan)).toList();
        List<Integer> solved = plan.solves().stream().map(Plan.Solve::axis).toList();
        int windowed = solved.stream().anyMatch(c.operands().get(0)::contains) ? 0
                : solved.stream().anyMatch(c.operands().get(1)::contains) ? 1 : -1;
        int last = c.out().stream().filter(x -> c.extents().get(x).size() > 1).reduce(-1, (x, y) -> y);
        int holder = uses.get(0).contains(last) && !uses.get(1).contains(last) ? 0 : 1;
        int a = windowed >= 0 ? windowed : readsSecond(c, in, plan, uses, 1 - holder, last, strategy, again) ? 1 - holder : holder;
        boolean fits = c.operands().get(a).containsAll(solved) && solved.stream().noneMatch(c.operands().get(1 - a)::contains)
                && plan.loops().stream().allMatch(x -> uses.get(0).contains(x) && uses.get(1).contains(x))
                && c.out().stream().allMatch(x -> uses.get(0).contains(x) || uses.get(1).contains(x));
        if (!fits) {
            return Optional.empty();
        }
        List<Integer> batch = c.out().stream().filter(x -> uses.get(0).contains(x) && uses.get(1).contains(x)).toList();
        List<Integer> m = c.out().stream().filter(x -> !uses.get(1 - a).contains(x)).toList();
        List<Integer> n = c.out().stream().filter(x -> !uses.get(a).contains(x)).toList();
        List<Integer> k = uses.get(a).stream().filter(plan.loops()::contains).toList();
        if (!strategy.tiles(size(c, batch), size(c, m), size(c, n), size(c, k))) {
            return Optional.empty();
        }
        Expr second = in.get(1 - a).cast(DType.FLOAT32);
        boolean lanesM = m.contains(last) && runsAlong(last, c, c.operands().get(a), plan);
        int columns = strategy.columns(size(c, batch), size(c, m), size(c, n), lanesM);
        boolean packed = !isInOrder(c.operands().get(1 - a), List.of(batch, k, n))
                || !strategy.readsInPlace(size(c, n), columns, again.test(1 - a));
        Expr b = packed ? panels(c, second, c.operands().get(1 - a), List.of(batch, k, n), columns) : second.unshaped();
        var tile = new Tile(c, plan, a, packed, columns, lanesM, batch, m, n, k);
        return Optional.of(new Expr(new Operation.Product(tile), List.of(in.get(a), b), t.dtype(), t.shape()));
    }

    /**
     * Whether the operand that holds the result's last axis is the one to be read in panels, where there are no windows.
     * Not where it would have to be packed for each product while the other is smaller, if that way neighbours of the result are read as
     * neighbours, or the result is small.
     */
    private static boolean readsSecond(Contraction c, List<Expr> in, Plan plan, List<Set<Integer>> uses, int a, int last, Strategy strategy,
            IntPredicate again) {
        List<Integer> axes = c.operands().get(1 - a);
        var order = new ArrayList<>(c.out().stream().filter(x -> uses.get(0).contains(x) && uses.get(1).contains(x)).toList());
        order.addAll(uses.get(a).stream().filter(plan.loops()::contains).toList());
        order.addAll(c.out().stream().filter(x -> !uses.get(a).contains(x)).toList());
        int elements = in.get(1 - a).shape().elements();
        return !strategy.cpu() || order.equals(axes) || again.test(1 - a) || elements <= in.get(a).shape().elements()
                || !runsAlong(last, c, axes, plan) && 8 * size(c, c.out()) > elements;
    }

    /** Whether neighbours along {@code axis} are neighbours in an operand, in longer rows than other axes give. */
    private static boolean runsAlong(int axis, Contraction c, List<Integer> axes, Plan plan) {
        int last = axes.stream().filter(x -> c.extents().get(x).size() > 1).reduce(-1, (x, y) -> y);
        return last >= 0 && uses(List.of(last), plan).contains(axis)
                && uses(List.of(last), plan).stream().allMatch(x -> c.extents().get(x).size() <= c.extents().get(axis).size());
    }

    /** The axes of the result and of loops on which an operand depends, in the order of its own axes. */
    private static Set<Integer> uses(List<Integer> axes, Plan plan) {
        Set<Integer> uses = new LinkedHashSet<>();
        for (int axis : axes) {
            plan.solves().stream().filter(s -> s.axis() == axis).findFirst().ifPresentOrElse(
                    s -> s.window().axes().stream().filter(x -> x != axis).forEach(x -> uses.addAll(uses(List.of(x), plan))),
                    () -> uses.add(axis));
        }
        return uses;
    }

    private static boolean isInOrder(List<Integer> axes, List<List<Integer>> order) {
        return order.stream().flatMap(List::stream).toList().equals(axes);
    }

    private static Expr panels(Contraction c, Expr b, List<Integer> axes, List<List<Integer>> order, int width) {
        int rows = size(c, order.get(1));
        int columns = size(c, order.get(2));
        Expr matrix = b.permute(order.stream().flatMap(List::stream).map(axes::indexOf).toList()).reshape(Shape.of(size(c, order.get(0)), rows, columns));
        int padded = (columns + width - 1) / width * width;
        Expr whole = padded == columns ? matrix : matrix.view(new Movement.Pad(Collections.nCopies(3, 0),
                Collections.nCopies(3, 1), Shape.of(size(c, order.get(0)), rows, padded), 0));
        return whole.reshape(Shape.of(whole.shape().size(0), rows, padded / width, width)).permute(List.of(0, 2, 1, 3));
    }

    static int size(Contraction c, List<Integer> axes) {
        return axes.stream().map(c.extents()::get).mapToInt(Dim::size).reduce(1, Math::multiplyExact);
    }

    /** Returns the shape of an operand, as the contraction has it. */
    Shape operand(int i) {
        return new Shape(contraction.operands().get(i).stream().map(contraction.extents()::get).toList());
    }

    int size(List<Integer> axes) {
        return size(contraction, axes);
    }

    /** The sizes of axes. */
    int[] sizes(List<Integer> axes) {
        return axes.stream().mapToInt(x -> contraction.extents().get(x).size()).toArray();
    }

    /** For each axis of the contraction its place, given places in the four lists; null for those that windows determine. */
    List<Index> at(List<Index> batchAt, List<Index> mAt, List<Index> nAt, List<Index> kAt) {
        var at = new ArrayList<Index>(Collections.nCopies(contraction.extents().size(), null));
        place(at, batch, batchAt);
        place(at, m, mAt);
        place(at, n, nAt);
        place(at, k, kAt);
        return at;
    }

    private static void place(List<Index> at, List<Integer> axes, List<Index> places) {
        for (int i = 0; i < places.size(); i++) {
            at.set(axes.get(i), places.get(i));
        }
    }

    /** The contraction of the first operand alone: its element, under the windows, at a point of the box. */
    Contraction alone() {
        return new Contraction(contraction.extents(), List.of(contraction.operands().get(aOperand)), contraction.out(), contraction.windows());
    }
}
