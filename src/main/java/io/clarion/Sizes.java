package io.clarion;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sizes as a program writes them: numbers, and tensors that are made of {@link K#shape} and numbers alone. A call
 * resolves them before it computes anything.
 */
final class Sizes {
    /** A size: a number, which may be negative, or, if {@code size} is not null, one that a call tells. */
    private record Whole(int number, Dim size) {
        static Whole of(Dim size) {
            return size.isKnown() ? new Whole(size.size(), null) : new Whole(0, size);
        }

        boolean isOpen() {
            return size == null && number == -1;
        }

        Dim dim() {
            return size != null ? size : Dim.of(number);
        }

        Whole plus(Whole other, int sign) {
            if (size == null && other.size == null) {
                return new Whole(number + sign * other.number, null);
            }
            return size == null && sign > 0 ? other.plus(this, 1)
                    : of(other.size == null ? dim().plus(sign * other.number)
                            : sign > 0 ? dim().plus(other.size) : dim().minus(other.size));
        }

        Whole times(Whole other) {
            return size == null && other.size == null ? new Whole(number * other.number, null)
                    : of(dim().times(other.dim()));
        }

        @Override
        public String toString() {
            return size != null ? size.describe() : Integer.toString(number);
        }
    }

    private final List<Whole> all;

    private Sizes(List<Whole> all) {
        this.all = all;
    }

    /** Returns the sizes in a vector, or in a scalar. */
    static Sizes of(Tensor vector) {
        return new Sizes(elements(vector));
    }

    /** Returns the sizes in a list of whole numbers, {@link Dim}s and scalar tensors. */
    static Sizes of(List<?> list) {
        return new Sizes(list.stream().map(size -> switch (size) {
            case Integer number -> new Whole(number, null);
            case Dim dim -> Whole.of(dim);
            case Tensor t when t.rank() == 0 -> elements(t).get(0);
            case null, default ->
                    throw new IllegalArgumentException(size + " is no size; a whole number or a scalar tensor such as "
                            + "K.shape(x).at(1) would do");
        }).toList());
    }

    int count() {
        return all.size();
    }

    /** Returns the shape of these sizes, of which none may be −1. */
    Shape known() {
        return new Shape(all.stream().map(Whole::dim).toList());
    }

    /** Returns the shape of these sizes, that of {@code other} in place of −1. */
    Shape or(Shape other) {
        return new Shape(IntStream.range(0, all.size())
                .mapToObj(a -> all.get(a).isOpen() ? other.dim(a) : all.get(a).dim()).toList());
    }

    /** Returns the shape of these sizes, one of which may be −1: what remains of the elements of {@code from}. */
    Shape filling(Shape from) {
        List<Whole> open = all.stream().filter(Whole::isOpen).toList();
        if (open.isEmpty()) {
            return known();
        }
        if (open.size() > 1) {
            throw new IllegalArgumentException("shape " + this + " has more than one -1");
        }
        List<Dim> others = all.stream().filter(w -> !w.isOpen()).map(Whole::dim).toList();
        // What both have cancels, so that a size that stays is known to be the same.
        var left = new ArrayList<>(from.dims());
        var right = new ArrayList<Dim>();
        others.forEach(d -> {
            if (d.isKnown() || !left.remove(d)) {
                right.add(d);
            }
        });
        Dim count = new Shape(left).count();
        Dim known = new Shape(right).count();
        if (count.isKnown() && known.isKnown() && (known.is(0) || count.size() % known.size() != 0)) {
            throw new IllegalArgumentException(
                    "shape " + from + " has " + from.count().describe() + " elements, which cannot become " + this);
        }
        Dim rest = count.dividedBy(known);
        return new Shape(all.stream().map(w -> w.isOpen() ? rest : w.dim()).toList());
    }

    @Override
    public String toString() {
        return all.stream().map(Whole::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Returns the elements of a vector or scalar of sizes, in order. */
    private static List<Whole> elements(Tensor t) {
        if (t.rank() > 1 || t.dtype().isFloating()) {
            throw unknown(t);
        }
        return switch (t.op()) {
            case Op.Size(Dim size) -> List.of(Whole.of(size));
            case Op.Literal(DType type, double value) -> List.of(new Whole((int) value, null));
            case Op.Constant(NDArray array) ->
                    IntStream.range(0, array.elements()).mapToObj(i -> new Whole((int) array.get(i), null)).toList();
            case Op.Cast cast -> elements(t.input(0));
            case Op.Alias same -> elements(t.input(0));
            case Op.Concat concat -> t.inputs().stream().flatMap(in -> elements(in).stream()).toList();
            case Op.View(Movement movement) -> viewed(t, movement);
            case Op.Elementwise(ScalarFn fn) -> switch (fn) {
                case ADD -> paired(t, (a, b) -> a.plus(b, 1));
                case SUB -> paired(t, (a, b) -> a.plus(b, -1));
                case MUL -> paired(t, Whole::times);
                default -> throw unknown(t);
            };
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) when kind == Op.Reduce.Kind.PROD ->
                    List.of(elements(t.input(0)).stream().reduce(new Whole(1, null), Whole::times));
            default -> throw unknown(t);
        };
    }

    private static List<Whole> viewed(Tensor t, Movement movement) {
        List<Whole> in = elements(t.input(0));
        return switch (movement) {
            case Movement.Reshape to -> in;
            case Movement.Permute to -> in;
            case Movement.Broadcast(Shape to) when in.size() == 1 && to.isKnown() ->
                    IntStream.range(0, to.elements()).mapToObj(i -> in.get(0)).toList();
            case Movement.Broadcast to -> in;
            case Movement.Slice(List<Integer> start, List<Integer> step, Shape to) when to.isKnown()
                    && to.rank() == 1 ->
                    IntStream.range(0, to.size(0)).mapToObj(i -> in.get(start.get(0) + i * step.get(0))).toList();
            case Movement.Reverse(List<Integer> axes) -> axes.isEmpty() ? in : in.reversed();
            default -> throw unknown(t);
        };
    }

    private static List<Whole> paired(Tensor t, BinaryOperator<Whole> combined) {
        List<Whole> left = elements(t.input(0));
        List<Whole> right = elements(t.input(1));
        return IntStream.range(0, left.size()).mapToObj(i -> combined.apply(left.get(i), right.get(i))).toList();
    }

    private static IllegalArgumentException unknown(Tensor t) {
        return new IllegalArgumentException(t.name()
                + " is no size that is known before a call computes; sizes of K.shape, whole numbers, and their "
                + "sums and products would do");
    }
}
