package io.clarion.graph;

import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A symbolic value: an operation and what it is applied to. Immutable; shape and dtype are known at once, or building
 * it fails. Two tensors are equal only if they are the same object.
 *
 * <p>The arithmetic methods broadcast by NumPy's rule and promote to the later dtype of {@link DType}'s order; a Java
 * number takes the tensor's dtype where that has it, else that of {@link #number}.
 */
public final class Tensor {
    private static final AtomicLong MADE = new AtomicLong();

    private final long number = MADE.getAndIncrement();
    private final String origin;
    private final String device;
    private final Op op;
    private final List<Tensor> inputs;
    private final Shape shape;
    private final DType dtype;

    private Tensor(Op op, List<Tensor> inputs, String origin, String device) {
        this.origin = origin;
        this.device = device;
        this.op = op;
        this.inputs = List.copyOf(inputs);
        this.shape = op.shape(this.inputs);
        this.dtype = op.dtype(this.inputs);
        // A view need not be stored, nor all elements of a sparse matrix, which a scatter makes.
        boolean isStored = !(op instanceof Op.View || op instanceof Op.ScatterAdd || op instanceof Op.Sparse);
        if (isStored && shape.isKnown()) {
            shape.elements();
        }
    }

    /** Returns the result of {@code op}; an {@link IllegalArgumentException} says why the inputs do not fit. */
    public static Tensor of(Op op, List<Tensor> inputs) {
        return new Tensor(op, inputs, Origin.here(), DeviceScope.now());
    }

    public static Tensor of(Op op, Tensor... inputs) {
        return of(op, List.of(inputs));
    }

    /**
     * Returns an array, of which this keeps a copy, as a tensor; a scalar becomes a literal, if a double can hold it.
     */
    public static Tensor constant(NDArray value) {
        boolean exact = value.dtype() != DType.INT64 || value.elements() == 1 && Math.abs(value.getLong(0)) <= 1L << 53;
        return value.shape().rank() == 0 && exact ? literal(value.dtype(), value.item())
                : of(new Op.Constant(value.copy()));
    }

    /** Returns a scalar of the given type. */
    public static Tensor literal(DType dtype, double value) {
        return of(new Op.Literal(dtype, value));
    }

    /** Returns the same operation on other inputs; this tensor if they are its own. */
    public Tensor with(List<Tensor> others) {
        for (int i = 0; i < others.size(); i++) {
            if (others.get(i) != inputs.get(i)) {
                return with(op, others);
            }
        }
        return this;
    }

    /** Returns this tensor with another operation, of the same origin and on the same device. */
    public Tensor with(Op other, List<Tensor> others) {
        return new Tensor(other, others, origin, device);
    }

    /** Returns a moment, for {@link #isSince}. */
    static long now() {
        return MADE.get();
    }

    /** Returns whether this tensor was made after {@code moment}. */
    boolean isSince(long moment) {
        return number >= moment;
    }

    /**
     * Returns where this, or what it has been since it was given other inputs, was built, as {@link Origin} says; null
     * if that is not recorded.
     */
    public String origin() {
        return origin;
    }

    /**
     * Returns the id of the device that has to compute this, as the {@link DeviceScope} says in which it was made; null
     * if none has to.
     */
    public String device() {
        return device;
    }

    public Op op() {
        return op;
    }

    /**
     * Returns the name of a placeholder or variable; of other tensors the word for what they are and a number, as in
     * {@code add_7}.
     */
    public String name() {
        return switch (op) {
            case Op.Placeholder p -> p.name();
            case Op.Read(Variable v) -> v.name();
            case Op.Elementwise(ScalarFn fn) -> fn.name().toLowerCase(Locale.ROOT) + "_" + number;
            case Op other -> other.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "_" + number;
        };
    }

    /** Returns the name with dtype and shape, as in {@code x float32(2, 3)}: what messages call a tensor. */
    public String described() {
        return name() + " " + dtype.word() + shape;
    }

    public List<Tensor> inputs() {
        return inputs;
    }

    public Tensor input(int i) {
        return inputs.get(i);
    }

    public Shape shape() {
        return shape;
    }

    public DType dtype() {
        return dtype;
    }

    public int rank() {
        return shape.rank();
    }

    // Elementwise.

    /** Returns a scalar function of tensors, broadcast to one shape and promoted as its rule asks. */
    public static Tensor map(ScalarFn fn, Tensor... x) {
        Shape shape = Arrays.stream(x).map(Tensor::shape).reduce(Shape::broadcast).orElseThrow();
        int numbers = fn.rule() == ScalarFn.Rule.CHOICE ? 1 : 0;
        DType type = Arrays.stream(x).skip(numbers).map(Tensor::dtype).reduce(DType::promote).orElseThrow();
        Tensor[] fitted = IntStream.range(0, x.length)
                .mapToObj(i -> (i < numbers ? x[i] : x[i].cast(type)).broadcast(shape)).toArray(Tensor[]::new);
        return of(new Op.Elementwise(fn), fitted);
    }

    /** Returns {@code fn} of this tensor and others. */
    public Tensor apply(ScalarFn fn, Tensor... others) {
        Tensor[] x = new Tensor[others.length + 1];
        x[0] = this;
        System.arraycopy(others, 0, x, 1, others.length);
        return map(fn, x);
    }

    /**
     * Returns a number as a scalar that combines with this tensor: of its dtype; where that is an integer that cannot
     * be the number, of the next longer integer that can, and for a fraction, an infinity or a bool, of {@link Floatx}.
     */
    public Tensor number(double value) {
        DType type = dtype.isFloating() ? dtype : dtype == DType.BOOL ? Floatx.get()
                : Stream.of(dtype, DType.INT32, DType.INT64).filter(t -> t.compareTo(dtype) >= 0 && t.holds(value))
                        .findFirst().orElseGet(Floatx::get);
        return literal(type, value);
    }

    private Tensor withNumber(ScalarFn fn, double number) {
        return map(fn, this, number(number));
    }

    public Tensor plus(Tensor other) {
        return map(ScalarFn.ADD, this, other);
    }

    public Tensor plus(double number) {
        return withNumber(ScalarFn.ADD, number);
    }

    public Tensor minus(Tensor other) {
        return map(ScalarFn.SUB, this, other);
    }

    public Tensor minus(double number) {
        return withNumber(ScalarFn.SUB, number);
    }

    public Tensor times(Tensor other) {
        return map(ScalarFn.MUL, this, other);
    }

    public Tensor times(double number) {
        return withNumber(ScalarFn.MUL, number);
    }

    /** Returns the quotient; of integers and bools in {@link Floatx}. */
    public Tensor div(Tensor other) {
        DType met = dtype.promote(other.dtype);
        DType type = met.isFloating() ? met : Floatx.get();
        return map(ScalarFn.DIV, cast(type), other.cast(type));
    }

    public Tensor div(double number) {
        return div(literal(dtype.isFloating() ? dtype : Floatx.get(), number));
    }

    public Tensor neg() {
        return map(ScalarFn.NEG, this);
    }

    public Tensor pow(Tensor exponent) {
        return map(ScalarFn.POW, this, exponent);
    }

    public Tensor greater(double number) {
        return withNumber(ScalarFn.GREATER, number);
    }

    public Tensor less(Tensor other) {
        return map(ScalarFn.LESS, this, other);
    }

    public Tensor lessEqual(Tensor other) {
        return map(ScalarFn.LESS_EQUAL, this, other);
    }

    public Tensor greater(Tensor other) {
        return map(ScalarFn.GREATER, this, other);
    }

    public Tensor greaterEqual(Tensor other) {
        return map(ScalarFn.GREATER_EQUAL, this, other);
    }

    public Tensor cast(DType to) {
        if (to == dtype) {
            return this;
        }
        return op instanceof Op.Literal(DType from, double value)
                ? constant(NDArray.scalar(from, value).cast(to)) : of(new Op.Cast(to), this);
    }

    // Movement.

    public Tensor view(Movement movement) {
        return of(new Op.View(movement), this);
    }

    /** Returns the same elements in row-major order under another shape. */
    public Tensor reshape(Shape to) {
        return to.equals(shape) ? this : view(new Movement.Reshape(to));
    }

    /** Axis {@code i} of the result is axis {@code order.get(i)} of this. */
    public Tensor permute(List<Integer> order) {
        boolean asIs = IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
        return asIs ? this : view(new Movement.Permute(order));
    }

    /** Returns broadcast by NumPy's rule to a shape of at least this rank. */
    public Tensor broadcast(Shape to) {
        if (to.equals(shape)) {
            return this;
        }
        return reshape(shape.padded(to.rank())).view(new Movement.Broadcast(to));
    }

    /**
     * Returns this tensor with axes of size 1 put in at the places (of the result, ascending) that {@code axes} names.
     */
    public Tensor expand(List<Integer> axes) {
        var dims = new java.util.ArrayList<>(shape.dims());
        axes.forEach(a -> dims.add(a, Dim.ONE));
        return reshape(new Shape(dims));
    }

    /** Returns along {@code axis} the elements from {@code start}, {@code size} of them. */
    public Tensor slice(int axis, Dim start, Dim size) {
        if (start.isKnown()) {
            return slice(axis, start.size(), size);
        }
        // A slice starts at a number: what lies behind an unknown start is as many elements of the reverse, from 0.
        var reverse = new Movement.Reverse(List.of(axis));
        return view(reverse).slice(axis, 0, shape.dim(axis).minus(start)).view(reverse).slice(axis, 0, size);
    }

    /** Returns along {@code axis} the elements from {@code start}, {@code size} of them. */
    public Tensor slice(int axis, int start, Dim size) {
        var starts = new java.util.ArrayList<>(Collections.nCopies(rank(), 0));
        starts.set(axis, start);
        return view(new Movement.Slice(starts, Collections.nCopies(rank(), 1), shape.with(axis, size)));
    }

    /**
     * Picks places along the first axes, as NumPy's indices and slices do; the other axes stay whole.
     * {@code x[:, ::2, -1]} is {@code x.at(ALL, ALL.step(2), at(-1))}.
     */
    public Tensor at(Index... places) {
        return Indexing.of(this, List.of(places));
    }

    /** Picks one place along each of the first axes, which the result lacks; a negative place counts from the end. */
    public Tensor at(int... places) {
        return at(Arrays.stream(places).mapToObj(Index::at).toArray(Index[]::new));
    }

    // Sums.

    /** Returns the sum over {@code axes}, ascending from the front, which the result lacks. */
    public Tensor sum(List<Integer> axes) {
        if (axes.isEmpty()) {
            return this;
        }
        List<Integer> all = IntStream.range(0, rank()).boxed().toList();
        return new Contraction(shape.dims(), List.of(all), all.stream().filter(a -> !axes.contains(a)).toList(),
                List.of())
                .apply(List.of(this));
    }

    /** Returns summed to {@code to}, a shape that broadcasts to this one: the transpose of {@link #broadcast}. */
    public Tensor sumTo(Shape to) {
        Shape wide = to.padded(rank());
        List<Integer> axes = IntStream.range(0, rank()).boxed()
                .filter(a -> wide.dim(a).is(1) && !shape.dim(a).is(1)).toList();
        return sum(axes).reshape(to);
    }

    /** Returns the kind, dtype and shape, as in {@code Elementwise[fn=ADD] float32(2, 3)}. */
    @Override
    public String toString() {
        return op + " " + dtype.word() + shape;
    }
}
