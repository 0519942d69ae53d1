package io.clarion.opencl.compile.lower;

import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.opencl.compile.program.ContractionLoops;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/** Tells whether a contraction is a product of matrices, and how tiles compute it. */
final class ProductMatch {
    private final Contraction c;
    private final List<Expr> in;
    private final Strategy strategy;
    private final IntPredicate again;
    private final ContractionLoops plan;
    /** For each operand the axes of the result and of loops on which it depends, in the order of its own axes. */
    private final List<Set<Integer>> uses;
    /** The last axis of the result that has several places. */
    private final int last;

    private ProductMatch(Contraction c, List<Expr> in, Strategy strategy, IntPredicate again) {
        this.c = c;
        this.in = in;
        this.strategy = strategy;
        this.again = again;
        this.plan = ContractionLoops.of(c);
        this.uses = c.operands().stream().map(this::uses).toList();
        this.last = c.out().stream().filter(x -> c.extents().get(x).size() > 1).reduce(-1, (x, y) -> y);
    }

    /**
     * Returns a contraction as a product by tiles, if it can be one.
     *
     * @param t     the contraction {@code c} of {@code in}
     * @param again says of an operand, by its number, whether its panels are made more seldom than they are read
     */
    static Optional<Expr> of(Expr t, Contraction c, List<Expr> in, Strategy strategy, IntPredicate again) {
        if (in.size() != 2 || in.get(0).dtype() != DType.FLOAT32 && in.get(0).dtype() != DType.FLOAT16) {
            return Optional.empty();
        }
        var match = new ProductMatch(c, in, strategy, again);
        int a = match.first();
        return match.plan.checks().isEmpty() && match.fits(a) ? match.product(t, a) : Optional.empty();
    }

    /** Returns the number of the operand that is read element by element: the one under windows, if there are any. */
    private int first() {
        List<Integer> solved = plan.solves().stream().map(ContractionLoops.Solve::axis).toList();
        for (int i = 0; i < 2; i++) {
            if (solved.stream().anyMatch(c.operands().get(i)::contains)) {
                return i;
            }
        }
        int holder = uses.get(0).contains(last) && !uses.get(1).contains(last) ? 0 : 1;
        return readsSecond(1 - holder) ? 1 - holder : holder;
    }

    /**
     * Returns whether windows determine axes of the first operand alone, both are summed over, and the result has no
     * other axes.
     */
    private boolean fits(int a) {
        List<Integer> solved = plan.solves().stream().map(ContractionLoops.Solve::axis).toList();
        return c.operands().get(a).containsAll(solved) && solved.stream().noneMatch(c.operands().get(1 - a)::contains)
                && plan.loops().stream().allMatch(this::isShared)
                && c.out().stream().allMatch(x -> uses.get(0).contains(x) || uses.get(1).contains(x));
    }

    private boolean isShared(int axis) {
        return uses.get(0).contains(axis) && uses.get(1).contains(axis);
    }

    private Optional<Expr> product(Expr t, int a) {
        List<Integer> batch = c.out().stream().filter(this::isShared).toList();
        List<Integer> m = c.out().stream().filter(x -> !uses.get(1 - a).contains(x)).toList();
        List<Integer> n = c.out().stream().filter(x -> !uses.get(a).contains(x)).toList();
        List<Integer> k = uses.get(a).stream().filter(plan.loops()::contains).toList();
        if (!strategy.tiles(size(batch), size(m), size(n), size(k))) {
            return Optional.empty();
        }
        List<Integer> axes = c.operands().get(1 - a);
        boolean lanesM = m.contains(last) && runsAlong(last, c.operands().get(a));
        int columns = strategy.columns(size(batch), size(m), size(n), lanesM);
        boolean isInOrder = axes.equals(Stream.of(batch, k, n).flatMap(List::stream).toList());
        boolean packed = !isInOrder || !strategy.readsInPlace(size(n), columns, again.test(1 - a));
        Expr second = in.get(1 - a).cast(DType.FLOAT32);
        var tile = new Tile(c, plan, a, packed, columns, lanesM, batch, m, n, k);
        Expr b = packed ? panels(second, tile) : second.unshaped();
        return Optional.of(new Expr(new Operation.Product(tile), List.of(in.get(a), b), t.dtype(), t.shape()));
    }

    /**
     * Returns whether the operand that holds the result's last axis is the one to be read in panels, where there are no
     * windows. Not where it would have to be packed for each product while the other is smaller, if that way neighbours
     * of the result are read as neighbours, or the result is small.
     *
     * @param a the other operand
     */
    private boolean readsSecond(int a) {
        List<Integer> axes = c.operands().get(1 - a);
        var order = new ArrayList<>(c.out().stream().filter(this::isShared).toList());
        order.addAll(uses.get(a).stream().filter(plan.loops()::contains).toList());
        order.addAll(c.out().stream().filter(x -> !uses.get(a).contains(x)).toList());
        int elements = in.get(1 - a).elements();
        return !strategy.cpu() || order.equals(axes) || again.test(1 - a) || elements <= in.get(a).elements()
                || !runsAlong(last, axes) && 8 * size(c.out()) > elements;
    }

    /**
     * Returns whether neighbours along {@code axis} are neighbours in an operand, in longer rows than other axes give.
     */
    private boolean runsAlong(int axis, List<Integer> axes) {
        int inner = axes.stream().filter(x -> c.extents().get(x).size() > 1).reduce(-1, (x, y) -> y);
        return inner >= 0 && uses(List.of(inner)).contains(axis)
                && uses(List.of(inner)).stream()
                        .allMatch(x -> c.extents().get(x).size() <= c.extents().get(axis).size());
    }

    /** Returns the axes of the result and of loops on which an operand's axes depend, in their order. */
    private Set<Integer> uses(List<Integer> axes) {
        Set<Integer> found = new LinkedHashSet<>();
        for (int axis : axes) {
            plan.solves().stream().filter(s -> s.axis() == axis).findFirst().ifPresentOrElse(
                    s -> s.window().axes().stream().filter(x -> x != axis).forEach(x -> found.addAll(uses(List.of(x)))),
                    () -> found.add(axis));
        }
        return found;
    }

    private Expr panels(Expr b, Tile tile) {
        List<Integer> axes = c.operands().get(1 - tile.aOperand());
        List<Integer> order = Stream.of(tile.batch(), tile.k(), tile.n()).flatMap(List::stream).toList();
        int rows = size(tile.k());
        int columns = size(tile.n());
        int width = tile.columns();
        Expr matrix = b.permute(order.stream().map(axes::indexOf).toList())
                .reshape(Shape.of(size(tile.batch()), rows, columns));
        int padded = (columns + width - 1) / width * width;
        Expr whole = padded == columns ? matrix : matrix.view(new Movement.Pad(Collections.nCopies(3, 0),
                Collections.nCopies(3, 1), Shape.of(size(tile.batch()), rows, padded), 0));
        return whole.reshape(Shape.of(whole.shape().size(0), rows, padded / width, width)).permute(List.of(0, 2, 1, 3));
    }

    private int size(List<Integer> axes) {
        return Tile.size(c, axes);
    }
}
