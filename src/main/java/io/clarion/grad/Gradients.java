package io.clarion.grad;

import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Reverse-mode differentiation: one rule a kind of operation, which builds more graph. */
public final class Gradients {
    private Gradients() {}

    /**
     * Returns the gradients of the sum of {@code loss} with respect to each of {@code with}: tensors of the same
     * shapes, zeros where the loss does not depend on one.
     *
     * @throws IllegalArgumentException if it depends on one only through what has no gradient, such as a rounding or
     *                                  {@link Op.Stop}
     */
    public static List<Tensor> of(Tensor loss, List<Tensor> with) {
        Tensor one = one(loss);
        Connection.check(loss, with);
        List<Tensor> gradients = of(List.of(loss), List.of(one.broadcast(loss.shape())), with);
        return IntStream.range(0, with.size()).mapToObj(i -> gradients.get(i) != null ? gradients.get(i)
                : zeros(with.get(i))).toList();
    }

    static Tensor zeros(Tensor like) {
        return Tensor.literal(like.dtype(), 0).broadcast(like.shape());
    }

    /**
     * Returns the gradients, with respect to each of {@code with}, of a loss whose gradients with respect to {@code
     * results} are {@code given} (null for none); null where nothing flows.
     */
    static List<Tensor> of(List<Tensor> results, List<Tensor> given, List<Tensor> with) {
        List<Tensor> order = Graph.tensors(results);
        Map<Tensor, Boolean> wanted = reaching(order, with);
        Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
        Map<Tensor, Tensor[]> ofBundles = new IdentityHashMap<>();
        for (int i = 0; i < results.size(); i++) {
            if (given.get(i) != null) {
                gradients.merge(results.get(i), given.get(i), Tensor::plus);
            }
        }
        for (int k = order.size() - 1; k >= 0; k--) {
            Tensor y = order.get(k);
            if (!wanted.get(y)) {
                continue;
            }
            // What flows back is computed where the tensor is, and added up where it goes.
            List<Tensor> flowing = on(y, () -> flowing(y, gradients.get(y), ofBundles, wanted));
            for (int i = 0; i < flowing.size(); i++) {
                Tensor x = y.input(i);
                if (flowing.get(i) != null) {
                    gradients.merge(x, flowing.get(i), (a, b) -> on(x, () -> a.plus(b)));
                }
            }
        }
        return with.stream().map(gradients::get).toList();
    }

    /** Returns what {@code body} gives, made for the device of a tensor. */
    private static <T> T on(Tensor of, Supplier<T> body) {
        try (var scope = DeviceScope.of(of.device())) {
            return body.get();
        }
    }

    /** Returns what flows from {@code y} to each of its inputs; null for those that want nothing. */
    private static List<Tensor> flowing(Tensor y, Tensor dy, Map<Tensor, Tensor[]> ofBundles,
            Map<Tensor, Boolean> wanted) {
        List<Boolean> wants = y.inputs().stream().map(x -> wanted.get(x) && x.dtype().isFloating()).toList();
        if (y.op() instanceof Bundle bundle) {
            Tensor[] parts = ofBundles.get(y);
            return parts == null ? List.of() : switch (bundle) {
                case Bundle.Loop loop -> LoopGradient.of(y, loop, Arrays.asList(parts), wants);
                case Bundle.Branch branch -> BranchGradient.of(y, branch, Arrays.asList(parts), wants);
            };
        }
        if (dy == null) {
            return List.of();
        }
        if (y.op() instanceof Op.Result(int number)) {
            int results = ((Bundle) y.input(0).op()).results();
            Tensor[] parts = ofBundles.computeIfAbsent(y.input(0), b -> new Tensor[results]);
            parts[number] = parts[number] == null ? dy : parts[number].plus(dy);
            return List.of();
        }
        return IntStream.range(0, wants.size()).mapToObj(i -> wants.get(i) ? of(y, i, dy) : null).toList();
    }

    private static Tensor one(Tensor like) {
        if (!like.dtype().isFloating()) {
            throw new IllegalArgumentException("gradients: the loss is " + like.dtype().word()
                    + "; only floating-point tensors have gradients");
        }
        return Tensor.literal(like.dtype(), 1);
    }

    private static Map<Tensor, Boolean> reaching(List<Tensor> order, List<Tensor> with) {
        Map<Tensor, Boolean> reach = new IdentityHashMap<>();
        with.forEach(v -> reach.put(v, true));
        order.forEach(t -> reach.computeIfAbsent(t, x -> x.inputs().stream().anyMatch(reach::get)));
        return reach;
    }

    /** d loss / d input {@code i}, given d loss / d y; null where nothing flows. No default: javac finds the gaps. */
    private static Tensor of(Tensor y, int i, Tensor dy) {
        return switch (y.op()) {
            case Op.Elementwise(ScalarFn fn) -> fn.gradient(i, dy, y, y.inputs());
            case Op.Cast(DType to) -> to.isFloating() ? dy.cast(y.input(i).dtype()) : null;
            case Op.View(Movement movement) -> transposed(movement, y.input(0).shape(), dy);
            case Op.Concat(int axis) -> part(y, axis, i, dy);
            case Op.Contract(Contraction c) -> exchanged(c, y.inputs(), i, dy);
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) -> reduced(kind, axes, y, dy);
            case Op.Gather() -> i == 0 ? Tensor.of(new Op.ScatterAdd(y.input(0).shape().dim(0)), dy, y.input(1)) : null;
            case Op.ScatterAdd(Dim rows) -> i == 0 ? gathered(dy, y.input(1), rows) : null;
            case Op.Scan(int axis, boolean reversed) -> recurred(axis, reversed, y, i, dy);
            case Op.Stop() -> null;
            case Op.Flat() -> null;
            case Bundle bundle -> throw new AssertionError("the values of a bundle have gradients: " + bundle);
            case Op.Result result -> throw new AssertionError("the gradient of a result is its bundle's: " + result);
            case Op.Alias alias -> i == 0 ? dy : null;
            case Op.Leaf leaf -> throw new AssertionError("a leaf has no inputs: " + leaf);
        };
    }

    private static Tensor exchanged(Contraction c, List<Tensor> in, int i, Tensor dy) {
        var operands = new ArrayList<>(in);
        operands.set(i, dy);
        return c.exchanged(i).apply(operands);
    }

    private static Tensor transposed(Movement movement, Shape in, Tensor dy) {
        return switch (movement) {
            case Movement.Reshape r -> dy.reshape(in);
            case Movement.Permute p -> dy.view(p.inverse());
            case Movement.Broadcast b -> dy.sumTo(in);
            case Movement.Slice(List<Integer> start, List<Integer> step, Shape to) ->
                    dy.view(new Movement.Pad(start, step, in, 0));
            case Movement.Pad(List<Integer> before, List<Integer> step, Shape to, double value) ->
                    dy.view(new Movement.Slice(before, step, in));
            case Movement.Reverse r -> dy.view(r);
            case Movement.Windows w ->
                    w.taps() == w.stride() && w.dilation() == 1 ? sideBySide(w, in, dy) : scattered(w, in, dy);
        };
    }

    /**
     * Windows that do not overlap and leave no gaps are the axis itself, cut; what is beyond the last has no gradient.
     */
    private static Tensor sideBySide(Movement.Windows w, Shape in, Tensor dy) {
        Shape covered = in.with(w.axis(), dy.shape().dim(w.axis()).times(dy.shape().dim(w.axis() + 1)));
        Tensor joined = dy.reshape(covered);
        return covered.equals(in) ? joined : joined
                .view(new Movement.Pad(Collections.nCopies(in.rank(), 0), Collections.nCopies(in.rank(), 1), in, 0));
    }

    /**
     * Returns the sum of what each window's taps hold of an element: a contraction whose window ties place, tap and
     * position.
     */
    private static Tensor scattered(Movement.Windows w, Shape in, Tensor dy) {
        int rank = dy.rank();
        var extents = new ArrayList<>(dy.shape().dims());
        extents.add(in.dim(w.axis()));
        List<Integer> operand = IntStream.range(0, rank).boxed().toList();
        var out = new ArrayList<>(operand);
        out.subList(w.axis(), w.axis() + 2).clear();
        out.add(w.axis(), rank);
        var window = new Contraction.Window(rank, w.axis(), w.axis() + 1, w.stride(), w.dilation(), 0);
        return new Contraction(extents, List.of(operand), out, List.of(window)).apply(List.of(dy));
    }

    private static Tensor part(Tensor y, int axis, int i, Tensor dy) {
        Dim start = y.inputs().subList(0, i).stream().map(t -> t.shape().dim(axis)).reduce(Dim.of(0), Dim::plus);
        return dy.slice(axis, start, y.input(i).shape().dim(axis));
    }

    /**
     * Of {@code y(i) = a(i)·y(i − 1) + b(i)} the gradient of b is {@code g(i) = dy(i) + a(i + 1)·g(i + 1)}, that of a
     * {@code g(i)·y(i − 1)}: a recurrence the other way.
     */
    private static Tensor recurred(int axis, boolean reversed, Tensor y, int i, Tensor dy) {
        Tensor g = Tensor.of(new Op.Scan(axis, !reversed), neighbours(y.input(0), axis, !reversed), dy);
        return i == 1 ? g : g.times(neighbours(y, axis, reversed));
    }

    /** At each place along {@code axis} what stands before it, or after it if {@code next}; 0 at the end. */
    private static Tensor neighbours(Tensor x, int axis, boolean next) {
        Dim n = x.shape().dim(axis);
        if (n.is(0)) {
            return x;
        }
        var before = new ArrayList<>(Collections.nCopies(x.rank(), 0));
        before.set(axis, next ? 0 : 1);
        return x.slice(axis, next ? 1 : 0, n.plus(-1))
                .view(new Movement.Pad(before, Collections.nCopies(x.rank(), 1), x.shape(), 0));
    }

    /** Returns the rows of {@code dy} that the indices name; zeros for an index outside, whose update was dropped. */
    private static Tensor gathered(Tensor dy, Tensor indices, Dim rows) {
        Tensor named = Tensor.of(new Op.Gather(), dy, indices);
        Tensor inside = Tensor.map(ScalarFn.AND, indices.apply(ScalarFn.GREATER_EQUAL, Tensor.literal(DType.INT32, 0)),
                indices.less(Tensor.of(new Op.Size(rows))));
        List<Integer> row = IntStream.range(indices.rank(), named.rank()).boxed().toList();
        return Tensor.map(ScalarFn.SELECT, inside.expand(row), named, Tensor.literal(dy.dtype(), 0));
    }

    private static Tensor reduced(Op.Reduce.Kind kind, List<Integer> axes, Tensor y, Tensor dy) {
        Tensor x = y.input(0);
        Tensor wideY = y.expand(axes).broadcast(x.shape());
        Tensor wideDy = dy.expand(axes).broadcast(x.shape());
        return switch (kind) {
            case MAX, MIN -> {
                Tensor hits = Tensor.of(new Op.Flat(), x.apply(ScalarFn.EQUAL, wideY)).cast(x.dtype());
                yield hits.times(wideDy).div(hits.sum(axes).expand(axes));
            }
            case FIRST_MAX -> Tensor.map(ScalarFn.SELECT, firstMaximum(x, axes), wideDy, Tensor.literal(dy.dtype(), 0));
            case PROD -> wideDy.times(othersProduct(x, axes));
            case ARGMAX, ARGMIN -> null;
        };
    }

    /** Returns whether an element is the first of the largest in the row-major order of {@code axes}. */
    private static Tensor firstMaximum(Tensor x, List<Integer> axes) {
        Shape reduced = new Shape(
                IntStream.range(0, x.rank()).mapToObj(a -> axes.contains(a) ? x.shape().dim(a) : Dim.ONE).toList());
        Tensor places = Tensor.of(new Op.Iota(reduced.count())).reshape(reduced);
        Tensor first = Tensor.of(new Op.Reduce(Op.Reduce.Kind.ARGMAX, axes), x);
        return Tensor.of(new Op.Flat(), first.expand(axes).apply(ScalarFn.EQUAL, places));
    }

    /**
     * Returns for each element the product of all others along {@code axes}, zeros included: each element meets the row
     * of all elements with itself replaced by 1.
     */
    private static Tensor othersProduct(Tensor x, List<Integer> axes) {
        List<Integer> kept = IntStream.range(0, x.rank()).boxed().filter(a -> !axes.contains(a)).toList();
        var order = new ArrayList<>(kept);
        order.addAll(axes);
        Tensor ordered = x.permute(order);
        Shape outer = ordered.shape().part(0, kept.size());
        Dim n = ordered.shape().part(kept.size(), x.rank()).count();
        Tensor rows = ordered.reshape(outer.then(new Shape(List.of(n))));
        Shape square = outer.then(new Shape(List.of(n, n)));
        Tensor iota = Tensor.of(new Op.Iota(n));
        Tensor self = iota.expand(List.of(1)).apply(ScalarFn.EQUAL, iota);
        Tensor others = Tensor.map(ScalarFn.SELECT, self.broadcast(square), Tensor.literal(x.dtype(), 1),
                rows.expand(List.of(kept.size())).broadcast(square));
        Tensor products = Tensor.of(new Op.Reduce(Op.Reduce.Kind.PROD, List.of(kept.size() + 1)), others);
        return products.reshape(ordered.shape()).permute(new Movement.Permute(order).inverse().order());
    }
}
