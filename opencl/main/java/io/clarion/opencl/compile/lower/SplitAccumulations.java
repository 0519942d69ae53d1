package io.clarion.opencl.compile.lower;

import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.program.ContractionLoops;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts accumulations of many terms to few elements in two: first parts that run side by side, then what joins them. How
 * depends on the shapes and the device alone, so that the same call gives the same bits.
 */
public final class SplitAccumulations {
    private SplitAccumulations() {}

    public static Graph of(Graph graph, Strategy strategy) {
        return graph.rewrite((t, in) -> of(t.with(in), strategy));
    }

    /** Returns {@code t}, or what computes the same in parts; the parts of float16 sums and products are float32. */
    public static Tensor of(Tensor t, Strategy strategy) {
        if (t.dtype() == DType.FLOAT16 && rounds(t.op())) {
            Tensor wide = t.with(
                    t.inputs().stream().map(x -> x.dtype() == DType.FLOAT16 ? x.cast(DType.FLOAT32) : x).toList());
            Tensor parts = of(wide, strategy);
            return parts == wide ? t : parts.cast(DType.FLOAT16);
        }
        return switch (t.op()) {
            case Op.Contract(Contraction c) -> VarianceSplit.of(t, c).orElseGet(() -> contraction(t, c, strategy));
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) ->
                    kind.givesIndex() ? index(t, kind, axes, strategy) : reduction(t, kind, axes, strategy);
            case Op.ScatterAdd(Dim rows) -> scatter(t, rows, strategy);
            case Op.Scan(int axis, boolean reversed) -> scan(t, axis, reversed, strategy);
            default -> t;
        };
    }

    private static boolean rounds(Op op) {
        return op instanceof Op.Contract || op instanceof Op.ScatterAdd || op instanceof Op.Scan
                || op instanceof Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) && kind == Op.Reduce.Kind.PROD;
    }

    /** Returns an axis that is summed is cut into (part, place); the parts are summed last. */
    private static Tensor contraction(Tensor t, Contraction c, Strategy strategy) {
        if (isByRows(t, c, strategy)) {
            return t.input(0).sum(c.summed().stream().map(c.operands().get(0)::indexOf).filter(a -> a > 0).toList())
                    .sum(List.of(0));
        }
        Tensor merged = merged(t, c);
        return merged.op() instanceof Op.Contract(Contraction whole) ? cut(merged, whole, strategy) : merged;
    }

    /**
     * Returns whether the first axis of a sum has about as many places as parts are wanted: they stay what other
     * kernels have as rows.
     */
    private static boolean isByRows(Tensor t, Contraction c, Strategy strategy) {
        if (!c.isSum() || c.summed().size() < 2 || !c.windows().isEmpty() || t.shape().elements() == 0
                || !c.summed().contains(c.operands().get(0).get(0))) {
            return false;
        }
        double terms = ContractionLoops.of(c).terms(c);
        int wanted = strategy.cachedParts(t.shape().elements(), terms);
        int rows = t.input(0).shape().size(0);
        return wanted > 1 && rows >= wanted && rows <= 4 * wanted && terms / rows <= strategy.longest();
    }

    /** Returns a sum's neighbouring axes as one, which can be cut anywhere. */
    private static Tensor merged(Tensor t, Contraction c) {
        if (!c.isSum()) {
            return t;
        }
        List<Integer> axes = c.operands().get(0);
        int first = 0;
        while (first < axes.size() && c.out().contains(axes.get(first))) {
            first++;
        }
        int last = first;
        while (last < axes.size() && !c.out().contains(axes.get(last))) {
            last++;
        }
        if (last - first < 2) {
            return t;
        }
        var dims = new ArrayList<>(t.input(0).shape().dims());
        var kept = new ArrayList<>(axes.stream().map(c.out()::contains).toList());
        int joined = dims.subList(first, last).stream().mapToInt(Dim::size).reduce(1, Math::multiplyExact);
        dims.subList(first + 1, last).clear();
        dims.set(first, Dim.of(joined));
        kept.subList(first + 1, last).clear();
        return t.input(0).reshape(new Shape(dims))
                .sum(IntStream.range(0, kept.size()).filter(i -> !kept.get(i)).boxed().toList());
    }

    private static Tensor cut(Tensor t, Contraction c, Strategy strategy) {
        int axis = c.summed().stream()
                .filter(a -> c.operands().stream().allMatch(o -> o.contains(a)))
                .filter(a -> c.windows().stream().noneMatch(w -> w.axes().contains(a)))
                .max(Comparator.comparing(a -> c.extents().get(a).size())).orElse(-1);
        if (axis < 0 || t.shape().elements() == 0) {
            return t;
        }
        int size = c.extents().get(axis).size();
        double terms = ContractionLoops.of(c).terms(c);
        boolean isAlong = c.operands().stream().anyMatch(o -> !o.isEmpty() && c.summed().contains(o.get(o.size() - 1)));
        int wanted = strategy.parts(t.shape().elements(), terms, !c.isSum(), isAlong);
        if (c.isSum()) {
            wanted = Math.max(wanted, strategy.cachedParts(t.shape().elements(), terms));
        }
        int parts = parts(size, wanted, strategy);
        if (parts <= 1) {
            return t;
        }
        int part = c.extents().size();
        var extents = new ArrayList<>(c.extents());
        extents.set(axis, Dim.of(ceil(size, parts)));
        extents.add(Dim.of(parts));
        var operands = new ArrayList<List<Integer>>();
        var inputs = new ArrayList<Tensor>();
        for (int i = 0; i < t.inputs().size(); i++) {
            var axes = new ArrayList<>(c.operands().get(i));
            inputs.add(cut(t.input(i), axes.indexOf(axis), parts, 0));
            axes.add(axes.indexOf(axis), part);
            operands.add(axes);
        }
        var out = new ArrayList<Integer>();
        out.add(part);
        out.addAll(c.out());
        Tensor partial = new Contraction(extents, operands, out, c.windows()).apply(inputs);
        boolean tooLong = terms / parts > strategy.longest();
        return (tooLong ? of(partial, strategy) : partial).sum(List.of(0));
    }

    private static Tensor reduction(Tensor t, Op.Reduce.Kind kind, List<Integer> axes, Strategy strategy) {
        Shape in = t.input(0).shape();
        long length = axes.stream().mapToLong(in::size).reduce(1, (a, b) -> a * b);
        int axis = axes.stream().max(Comparator.comparing(in::size)).orElse(-1);
        if (length <= strategy.longest()) {
            return t;
        }
        int parts = parts(in.size(axis), ceil(length, strategy.longest()), strategy);
        if (parts <= 1) {
            return t;
        }
        Tensor cut = cut(t.input(0), axis, parts, neutral(kind, t.dtype()));
        List<Integer> inner = axes.stream().map(a -> a >= axis ? a + 1 : a).toList();
        Tensor partial = Tensor.of(new Op.Reduce(kind, inner), cut);
        long before = axes.stream().filter(a -> a < axis).count();
        return Tensor.of(new Op.Reduce(kind, List.of(axis - (int) before)), of(partial, strategy));
    }

    /**
     * Returns the first part that holds the extreme, and the first place in it. What fills up the last part comes after
     * all else.
     */
    private static Tensor index(Tensor t, Op.Reduce.Kind kind, List<Integer> axes, Strategy strategy) {
        Tensor x = t.input(0);
        int length = axes.stream().map(x.shape()::size).reduce(1, Math::multiplyExact);
        if (length <= strategy.longest()) {
            return t;
        }
        int last = t.rank();
        var order = new ArrayList<>(IntStream.range(0, x.rank()).boxed().filter(a -> !axes.contains(a)).toList());
        order.addAll(axes);
        Tensor rows = x.permute(order).reshape(t.shape().then(Shape.of(length)));
        int parts = ceil(length, strategy.longest());
        Tensor cut = cut(rows, last, parts, neutral(kind, x.dtype()));
        Tensor places = Tensor.of(new Op.Reduce(kind, List.of(last + 1)), cut);
        Op.Reduce.Kind extreme = kind.isGreatest() ? Op.Reduce.Kind.MAX : Op.Reduce.Kind.MIN;
        Tensor part = Tensor.of(new Op.Reduce(kind, List.of(last)),
                Tensor.of(new Op.Reduce(extreme, List.of(last + 1)), cut));
        Tensor hit = part.expand(List.of(last)).apply(ScalarFn.EQUAL, Tensor.of(new Op.Iota(Dim.of(parts))));
        Tensor place = Tensor.map(ScalarFn.SELECT, hit, places, Tensor.literal(DType.INT32, 0)).sum(List.of(last));
        return part.times(ceil(length, parts)).plus(place);
    }

    /** Returns the value that changes no result; the end of the range of a type without infinities. */
    private static double neutral(Op.Reduce.Kind kind, DType dtype) {
        boolean least = !kind.isGreatest();
        return kind == Op.Reduce.Kind.PROD ? 1 : least ? dtype.greatest() : dtype.least();
    }

    /** Runs of indices are scattered one after another into sums of their own. */
    private static Tensor scatter(Tensor t, Dim rows, Strategy strategy) {
        Tensor indices = t.input(1);
        int n = indices.shape().elements();
        if (n <= strategy.longest()) {
            return t;
        }
        Tensor flat = indices.reshape(Shape.of(n));
        Shape row = t.input(0).shape().part(indices.rank(), t.input(0).rank());
        Tensor updates = t.input(0).reshape(Shape.of(n).then(row));
        Tensor sum = null;
        for (int start = 0; start < n; start += strategy.longest()) {
            Dim size = Dim.of(Math.min(strategy.longest(), n - start));
            Tensor part = Tensor.of(new Op.ScatterAdd(rows), updates.slice(0, start, size), flat.slice(0, start, size));
            sum = sum == null ? part : Tensor.map(ScalarFn.ADD, sum, part);
        }
        return sum;
    }

    /**
     * Splits a scan into parts: each part by itself from 0; then what each carries into the next, a recurrence of their
     * ends; then what came in, times the product of the factors so far.
     */
    private static Tensor scan(Tensor t, int axis, boolean reversed, Strategy strategy) {
        int n = t.shape().size(axis);
        if (n <= strategy.longest()) {
            return t;
        }
        if (reversed) {
            var back = new Movement.Reverse(List.of(axis));
            return of(Tensor.of(new Op.Scan(axis, false), t.input(0).view(back), t.input(1).view(back)), strategy)
                    .view(back);
        }
        int parts = ceil(n, strategy.longest());
        int each = ceil(n, parts);
        Tensor a = cut(t.input(0), axis, parts, 1);
        Tensor b = cut(t.input(1), axis, parts, 0);
        Tensor alone = Tensor.of(new Op.Scan(axis + 1, false), a, b);
        Tensor isFirst = Tensor.of(new Op.Iota(Dim.of(each))).less(Tensor.literal(DType.INT32, 1))
                .reshape(Shape.SCALAR.padded(a.rank()).with(axis + 1, Dim.of(each)));
        Tensor factors = Tensor.of(new Op.Scan(axis + 1, false), a,
                Tensor.map(ScalarFn.SELECT, isFirst, a, Tensor.literal(a.dtype(), 0)));
        Tensor carried = Tensor.of(new Op.Scan(axis, false), factors.slice(axis + 1, each - 1, Dim.ONE),
                alone.slice(axis + 1, each - 1, Dim.ONE));
        var before = new ArrayList<>(Collections.nCopies(a.rank(), 0));
        before.set(axis, 1);
        Tensor in = carried.slice(axis, 0, Dim.of(parts - 1))
                .view(new Movement.Pad(before, Collections.nCopies(a.rank(), 1), carried.shape(), 0));
        Shape whole = t.shape().with(axis, Dim.of(parts * each));
        return alone.plus(factors.times(in.broadcast(factors.shape()))).reshape(whole).slice(axis, 0, Dim.of(n));
    }

    /**
     * Returns a divisor of {@code size} near what is wanted, rather more; else, of long axes, that many with the last
     * filled up.
     */
    private static int parts(int size, int wanted, Strategy strategy) {
        int least = Math.min(wanted, size);
        return IntStream.concat(IntStream.rangeClosed(least, Math.min(2 * least, size)),
                IntStream.iterate(least, p -> p > least / 2, p -> p - 1))
                .filter(p -> p > 0 && size % p == 0).findFirst().orElse(strategy.cpu() && size < 4096 ? 1 : least);
    }

    /** Axis {@code axis} as two, (part, place), filled up with {@code filler}. */
    private static Tensor cut(Tensor x, int axis, int parts, double filler) {
        int size = x.shape().size(axis);
        int each = ceil(size, parts);
        Shape whole = x.shape().with(axis, Dim.of(parts * each));
        Tensor filled = whole.equals(x.shape()) ? x : x.view(new Movement.Pad(Collections.nCopies(x.rank(), 0),
                Collections.nCopies(x.rank(), 1), whole, filler));
        var dims = new ArrayList<>(whole.dims());
        dims.set(axis, Dim.of(parts));
        dims.add(axis + 1, Dim.of(each));
        return filled.reshape(new Shape(dims));
    }

    private static int ceil(long a, long b) {
        return (int) ((a + b - 1) / b);
    }
}
