package io.clarion.graph;

import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The same graph with less work in it: literals computed, neutral elements dropped, views of views joined, equal
 * subexpressions shared. Sizes are known; what no result needs is gone. No value changes but by what {@code x + 0 = x}
 * and {@code x · 1 = x} mean for the sign of zero.
 */
public final class Simplify {
    private final Map<Key, Tensor> seen = new HashMap<>();

    /** Equal operations on the same tensors give the same values. */
    private record Key(Op op, List<Integer> inputs) {}

    private final Map<Tensor, Integer> numbers = new java.util.IdentityHashMap<>();

    private Simplify() {}

    public static Graph of(Graph graph) {
        Simplify pass = new Simplify();
        return graph.rewrite(pass::simplified);
    }

    private Tensor simplified(Tensor t, List<Tensor> in) {
        return shared(rule(t, in));
    }

    private Tensor shared(Tensor t) {
        if (t.op() instanceof Op.Placeholder || t.op() instanceof Op.Parameter) {
            return t;
        }
        List<Integer> inputs = t.inputs().stream().map(this::number).toList();
        return seen.computeIfAbsent(new Key(t.op(), inputs), k -> t);
    }

    private int number(Tensor t) {
        return numbers.computeIfAbsent(t, x -> numbers.size());
    }

    private Tensor rule(Tensor t, List<Tensor> in) {
        return switch (t.op()) {
            case Op.Cast(DType to) -> scalar(in.get(0)).isPresent()
                    ? filled(Tensor.literal(in.get(0).dtype(), scalar(in.get(0)).get()).cast(to), t) : t.with(in);
            case Op.Elementwise(ScalarFn fn) -> elementwise(t, fn, in);
            case Op.View(Movement m) -> view(t, m, in.get(0));
            case Op.Result(int number) -> settled(t, number, in.get(0));
            case Op.Alias alias -> in.get(0);
            default -> t.with(in);
        };
    }

    /** Returns the value of a branch whose condition is known is that of its side. */
    private static Tensor settled(Tensor t, int number, Tensor bundle) {
        Optional<Double> condition = bundle.op() instanceof Bundle.Branch ? scalar(bundle.input(0)) : Optional.empty();
        if (condition.isEmpty()) {
            return t.with(List.of(bundle));
        }
        Body side = ((Bundle.Branch) bundle.op()).bodies().get(condition.get() != 0 ? 0 : 1);
        return side.applied(bundle.inputs().subList(1, bundle.inputs().size())).get(number);
    }

    /** Returns the one value of all elements, where that is known. */
    private static Optional<Double> scalar(Tensor t) {
        return switch (t.op()) {
            case Op.Literal(DType dtype, double value) -> Optional.of(value);
            case Op.View(Movement.Broadcast b) -> scalar(t.input(0));
            case Op.View(Movement.Reshape r) -> scalar(t.input(0));
            case Op.View(Movement.Permute p) -> scalar(t.input(0));
            default -> Optional.empty();
        };
    }

    private static Tensor filled(Tensor scalar, Tensor like) {
        return scalar.broadcast(like.shape());
    }

    /**
     * Returns what {@code fn} of literals is, as far as a double can hold it; a float16 has the precision of a
     * register.
     */
    private static Optional<Double> computed(ScalarFn fn, DType in, DType out, double[] v) {
        double value = fn.reference(in, v[0], v[1], v[2]);
        return out == DType.INT64 && Math.abs(value) >= 0x1p53 ? Optional.empty()
                : Optional.of((out == DType.FLOAT16 ? DType.FLOAT32 : out).nearest(value));
    }

    /** Returns what {@code fn} is of tensors whose elements are all one known value each. */
    static Optional<Tensor> computed(Tensor t, ScalarFn fn, List<Tensor> in) {
        return computed(t, fn, in, scalars(in));
    }

    private static List<Optional<Double>> scalars(List<Tensor> in) {
        return in.stream().map(Simplify::scalar).toList();
    }

    private static Optional<Tensor> computed(Tensor t, ScalarFn fn, List<Tensor> in, List<Optional<Double>> values) {
        if (!values.stream().allMatch(Optional::isPresent)) {
            return Optional.empty();
        }
        double[] v = {0, 0, 0};
        for (int i = 0; i < in.size(); i++) {
            v[i] = values.get(i).get();
        }
        return computed(fn, in.get(in.size() - 1).dtype(), t.dtype(), v)
                .map(value -> filled(Tensor.literal(t.dtype(), value), t));
    }

    private Tensor elementwise(Tensor t, ScalarFn fn, List<Tensor> in) {
        List<Optional<Double>> values = scalars(in);
        Optional<Tensor> literal = computed(t, fn, in, values);
        if (literal.isPresent()) {
            return literal.get();
        }
        return switch (fn) {
            case ADD -> is(values, 0, 0) ? in.get(1) : is(values, 1, 0) ? in.get(0) : t.with(in);
            case SUB -> is(values, 1, 0) ? in.get(0) : t.with(in);
            case MUL -> is(values, 0, 1) ? in.get(1) : is(values, 1, 1) ? in.get(0) : t.with(in);
            // A quotient by 0 is the product with an infinity, which every driver computes; rusticl 22.3 makes 0 of a
            // literal 0 / 0.
            case DIV -> is(values, 1, 1) ? in.get(0) : !is(values, 1, 0) ? t.with(in)
                    : Tensor.of(new Op.Elementwise(ScalarFn.MUL), in.get(0),
                            filled(Tensor.literal(t.dtype(), 1 / values.get(1).get()), t));
            case SELECT -> values.get(0).isEmpty() ? t.with(in) : values.get(0).get() != 0 ? in.get(1) : in.get(2);
            default -> t.with(in);
        };
    }

    private static boolean is(List<Optional<Double>> values, int i, double value) {
        return values.get(i).isPresent() && values.get(i).get() == value;
    }

    private Tensor view(Tensor t, Movement movement, Tensor in) {
        if (movement.shape(in.shape()).equals(in.shape()) && keeps(movement)) {
            return in;
        }
        if (in.op() instanceof Op.View(Movement inner)) {
            Tensor base = in.input(0);
            if (movement instanceof Movement.Reshape && inner instanceof Movement.Reshape
                    || movement instanceof Movement.Broadcast && inner instanceof Movement.Broadcast) {
                return view(t, movement, base);
            }
            if (movement instanceof Movement.Permute(List<Integer> outer)
                    && inner instanceof Movement.Permute(List<Integer> first)) {
                var order = new ArrayList<Integer>();
                outer.forEach(a -> order.add(first.get(a)));
                return base.permute(order);
            }
        }
        return t.with(List.of(in));
    }

    private static boolean keeps(Movement movement) {
        return switch (movement) {
            case Movement.Reshape r -> true;
            case Movement.Broadcast b -> true;
            case Movement.Slice s -> s.step().stream().allMatch(x -> x == 1);
            case Movement.Pad p -> true;
            case Movement.Permute p ->
                    java.util.stream.IntStream.range(0, p.order().size()).allMatch(i -> p.order().get(i) == i);
            case Movement.Reverse r -> r.axes().isEmpty();
            case Movement.Windows w -> false;
        };
    }
}
