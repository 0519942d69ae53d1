package io.clarion.graph;

import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An operation, which makes a {@link Tensor} of its inputs: one record a kind, each of which knows its shape rule.
 *
 * <p>Gradients, engines and passes switch over the kinds without a default, so that the compiler finds what a new kind
 * still needs.
 */
public sealed interface Op permits Op.Leaf, Op.Elementwise, Op.Cast, Op.View, Op.Concat, Op.Contract, Op.Reduce,
        Op.Gather, Op.ScatterAdd, Op.Scan,
        Bundle, Op.Result, Op.Alias {
    /** Returns the shape of the result; an {@link IllegalArgumentException} says why the inputs do not fit. */
    Shape shape(List<Tensor> in);

    /** Returns the type of the result's elements. */
    DType dtype(List<Tensor> in);

    /** Returns whether it combines several elements of its inputs into one. */
    default boolean accumulates() {
        return false;
    }

    /** Returns whether element i of the result depends on element i of each input alone, in row-major order. */
    default boolean keepsPlace() {
        return false;
    }

    /** Returns whether its value is worth storing rather than computing again where it is needed later. */
    default boolean isCostly() {
        return accumulates();
    }

    /**
     * Returns how many operations on numbers it takes at least: a product and its addition are two, a scalar function
     * is one an element.
     */
    default double operations(List<Shape> in, Shape result) {
        return 0;
    }

    /** Returns the one type of all inputs. */
    private static DType common(List<Tensor> in) {
        DType first = in.get(0).dtype();
        for (Tensor t : in) {
            if (t.dtype() != first) {
                throw new IllegalArgumentException(
                        "dtypes " + first.word() + " and " + t.dtype().word() + " differ; cast one of them");
            }
        }
        return first;
    }

    /** Returns the type of the first input, where the second holds indices. */
    private static DType indexed(List<Tensor> in) {
        if (in.get(1).dtype() != DType.INT32) {
            throw new IllegalArgumentException(
                    "indices are " + in.get(1).dtype().word() + "; int32 would do: cast them");
        }
        return in.get(0).dtype();
    }

    /** Returns this operation with the symbols' values in the sizes that it holds. */
    default Op resolve(Map<Dim.Symbol, Integer> sizes) {
        return this;
    }

    /** A value that each call gives. */
    record Placeholder(DType dtype, Shape shape, String name) implements Leaf {
        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Placeholder(dtype, shape.resolve(sizes), name);
        }
    }

    /** The value that a variable has when the call begins. */
    record Read(Variable variable) implements Leaf {
        @Override
        public DType dtype() {
            return variable.dtype();
        }

        @Override
        public Shape shape() {
            return variable.shape();
        }
    }

    /** An array that never changes. */
    record Constant(NDArray value) implements Leaf {
        @Override
        public DType dtype() {
            return value.dtype();
        }

        @Override
        public Shape shape() {
            return value.shape();
        }
    }

    /** A scalar that never changes, written into the kernels that use it. */
    record Literal(DType dtype, double value) implements Leaf {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }
    }

    /** A size as an int32 scalar: how the batch gets into a mean before it is known. */
    record Size(Dim dim) implements Leaf {
        @Override
        public DType dtype() {
            return DType.INT32;
        }

        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Size(dim.resolve(sizes));
        }
    }

    /** 0, 1, … as an int32 vector. */
    record Iota(Dim length) implements Leaf {
        @Override
        public DType dtype() {
            return DType.INT32;
        }

        @Override
        public Shape shape() {
            return new Shape(List.of(length));
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Iota(length.resolve(sizes));
        }
    }

    /**
     * Uniform numbers in [0, 1), float32 multiples of 2⁻²⁴: a function of the seed, the number of the call and the
     * element's index alone ({@link Philox}), so that every engine draws the same.
     */
    record Random(long seed, Shape shape) implements Leaf {
        @Override
        public DType dtype() {
            return DType.FLOAT32;
        }

        @Override
        public double operations(List<Shape> in, Shape result) {
            return result.elements();
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Random(seed, shape.resolve(sizes));
        }
    }

    /** A scalar function of the elements at the same place in all inputs, which have the same shape. */
    record Elementwise(ScalarFn fn) implements Op {
        @Override
        public boolean keepsPlace() {
            return true;
        }

        @Override
        public double operations(List<Shape> in, Shape result) {
            return result.elements();
        }

        @Override
        public boolean isCostly() {
            return fn.price() == ScalarFn.Price.TRANSCENDENTAL;
        }

        @Override
        public Shape shape(List<Tensor> in) {
            Shape shape = in.get(0).shape();
            for (Tensor t : in) {
                if (!shape.accepts(t.shape())) {
                    throw new IllegalArgumentException(
                            fn.word() + ": shapes " + shape + " and " + t.shape() + " differ");
                }
            }
            return shape;
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return fn.dtype(in.stream().map(Tensor::dtype).toList());
        }
    }

    /** The elements in another type: towards zero for integers, "is not 0" for bools. */
    record Cast(DType to) implements Op {
        @Override
        public boolean keepsPlace() {
            return true;
        }

        @Override
        public Shape shape(List<Tensor> in) {
            return in.get(0).shape();
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return to;
        }
    }

    /** The same elements in other places: an index map, never a kernel of its own unless it must be. */
    record View(Movement movement) implements Op {
        @Override
        public boolean keepsPlace() {
            return movement instanceof Movement.Reshape;
        }

        @Override
        public Shape shape(List<Tensor> in) {
            return movement.shape(in.get(0).shape());
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return in.get(0).dtype();
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new View(movement.resolve(sizes));
        }
    }

    /** The inputs one after another along {@code axis}. */
    record Concat(int axis) implements Op {
        @Override
        public Shape shape(List<Tensor> in) {
            Shape first = in.get(0).shape();
            Dim total = Dim.of(0);
            for (Tensor t : in) {
                if (!first.with(axis, Dim.ONE).accepts(t.shape().with(axis, Dim.ONE))) {
                    throw new IllegalArgumentException("shapes " + first + " and " + t.shape()
                            + " may differ in axis " + axis + " only");
                }
                total = t.shape().dim(axis).plus(total);
            }
            return first.with(axis, total);
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return common(in);
        }
    }

    /** A sum of products over named axes; see {@link Contraction}. */
    record Contract(Contraction contraction) implements Op {
        @Override
        public boolean accumulates() {
            return true;
        }

        @Override
        public double operations(List<Shape> in, Shape result) {
            return contraction.operands().size() * contraction.products();
        }

        @Override
        public Shape shape(List<Tensor> in) {
            return contraction.shape(in.stream().map(Tensor::shape).toList());
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return common(in);
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Contract(contraction.resolve(sizes));
        }
    }

    /**
     * A reduction that is no sum of products, over {@code axes} (ascending, from the front), which the result lacks.
     */
    record Reduce(Kind kind, List<Integer> axes) implements Op {
        /**
         * The kind of a reduction: how it combines elements. The arg kinds give the int32 index of the first extreme in
         * the row-major order of the reduced axes. A NaN counts as the extreme, the first one for the arg kinds.
         * FIRST_MAX has the value of MAX; its gradient goes to the first maximum alone, where that of MAX is shared.
         */
        public enum Kind {
            MAX, FIRST_MAX, MIN, PROD, ARGMAX, ARGMIN;
            public boolean givesIndex() {
                return this == ARGMAX || this == ARGMIN;
            }

            /** Returns whether the greatest wins, rather than the least. */
            public boolean isGreatest() {
                return this == MAX || this == FIRST_MAX || this == ARGMAX;
            }
        }

        @Override
        public boolean accumulates() {
            return true;
        }

        @Override
        public double operations(List<Shape> in, Shape result) {
            return in.get(0).elements();
        }

        @Override
        public Shape shape(List<Tensor> in) {
            return in.get(0).shape().without(axes);
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return kind.givesIndex() ? DType.INT32 : in.get(0).dtype();
        }
    }

    /**
     * Rows of the first input (rows, …) named by the int32 indices of the second (any shape): result
     * {@code indices.shape + rows.shape[1:]}. An index outside reads a row of NaN (0 for integers); K checks what it
     * can.
     */
    record Gather() implements Op {
        @Override
        public Shape shape(List<Tensor> in) {
            Shape rows = in.get(0).shape();
            return in.get(1).shape().then(rows.part(1, rows.rank()));
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return indexed(in);
        }
    }

    /**
     * A tensor of {@code rows} rows, each the sum of those rows of the first input (indices.shape + row) whose entry in
     * the second (int32 indices) names it. Added in ascending order of place; indices outside are dropped.
     */
    record ScatterAdd(Dim rows) implements Op {
        @Override
        public boolean accumulates() {
            return true;
        }

        @Override
        public double operations(List<Shape> in, Shape result) {
            return in.get(0).elements();
        }

        @Override
        public Shape shape(List<Tensor> in) {
            Shape updates = in.get(0).shape();
            return new Shape(List.of(rows)).then(updates.part(in.get(1).shape().rank(), updates.rank()));
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return indexed(in);
        }

        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new ScatterAdd(rows.resolve(sizes));
        }
    }

    /**
     * A linear recurrence along {@code axis}: of inputs a and b of one shape, {@code y(i) = a(i)·y(i − 1) + b(i)} with
     * {@code y(−1) = 0}; from the last element to the first if {@code reversed}. Sums and products of all elements so
     * far are such recurrences, and so are their gradients.
     */
    record Scan(int axis, boolean reversed) implements Op {
        @Override
        public boolean accumulates() {
            return true;
        }

        @Override
        public double operations(List<Shape> in, Shape result) {
            return 2.0 * result.elements();
        }

        @Override
        public Shape shape(List<Tensor> in) {
            if (!in.get(0).shape().accepts(in.get(1).shape()) || in.get(0).dtype() != in.get(1).dtype()) {
                throw new IllegalArgumentException("a scan of " + in.get(0).dtype().word() + in.get(0).shape() + " and "
                        + in.get(1).dtype().word() + in.get(1).shape() + "; they have to be of one shape and dtype");
            }
            return in.get(1).shape();
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return in.get(1).dtype();
        }
    }

    /** A parameter of a {@link Body}, which the loop or branch around gives it. */
    record Parameter(DType dtype, Shape shape) implements Leaf {
        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Parameter(dtype, shape.resolve(sizes));
        }
    }

    /** One of the values of a {@link Bundle}. */
    record Result(int number) implements Op {
        @Override
        public boolean isCostly() {
            return true;
        }

        @Override
        public Shape shape(List<Tensor> in) {
            return ((Bundle) in.get(0).op()).shape(number);
        }

        @Override
        public DType dtype(List<Tensor> in) {
            return ((Bundle) in.get(0).op()).dtype(number);
        }
    }

    /** The first input, through which no gradient flows. */
    record Stop() implements Alias {}

    /**
     * The first input, whose gradient is 0: a step of the derivative of what bends, such as a relu. To ask for it is no
     * mistake, as it is of {@link Stop}.
     */
    record Flat() implements Alias {}

    /**
     * The first input; what the second is, {@code watcher} gets after each call of a function that needs this tensor.
     */
    record Watch(Watcher watcher) implements Observed {
        /** Returns the watch of this in each step of a loop, given what all steps see. */
        Watch ofSteps() {
            return new Watch((values, steps) -> {
                for (int i = 0; i < values.shape().size(0); i++) {
                    watcher.see(values.row(i), Stream.concat(steps.stream(), Stream.of(i)).toList());
                }
            });
        }
    }

    /**
     * A watcher that is shown values; {@code steps} are the numbers of the steps of the loops around, outermost first.
     */
    @FunctionalInterface
    interface Watcher {
        void see(NDArray value, List<Integer> steps);
    }

    /**
     * The first input, int32 indices, each of which has to be from 0 to size − 1: a call of a function that needs this
     * tensor is refused where one is not, and updates nothing. A second input, if there is one, is a placeholder that
     * gives them.
     */
    record Within(Dim size, Judge judge) implements Observed {
        @Override
        public Op resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Within(size.resolve(sizes), judge);
        }
    }

    /**
     * The first input; where it is an output of a function, what the call gives ends, along its last axis, with the
     * last place that is not {@code filler} in all rows.
     */
    record Trim(int filler) implements Observed {}

    /** A judge that refuses an index that is not from 0 to {@code size} − 1. */
    @FunctionalInterface
    interface Judge {
        void check(int index, int size);
    }

    /**
     * The first input, a matrix, which is what three vectors of one length say: the values and, int32, the row and the
     * column of each; values at one place add up, and one outside is dropped. What can be computed without the matrix
     * reads the vectors.
     */
    record Sparse() implements Alias {}

    /**
     * A node by which a function makes known or refuses something of a call; it takes such nodes out, of bodies too,
     * before it compiles.
     */
    sealed interface Observed extends Alias {}

    /** The first input under a node that tells more of it than its value: engines pass it through. */
    sealed interface Alias extends Op {
        @Override
        default boolean keepsPlace() {
            return true;
        }

        @Override
        default Shape shape(List<Tensor> in) {
            return in.get(0).shape();
        }

        @Override
        default DType dtype(List<Tensor> in) {
            return in.get(0).dtype();
        }
    }

    /** An operation without inputs: it holds its shape and type. */
    sealed interface Leaf extends Op {
        @Override
        default boolean keepsPlace() {
            return true;
        }

        DType dtype();

        Shape shape();

        @Override
        default Shape shape(List<Tensor> in) {
            return shape();
        }

        @Override
        default DType dtype(List<Tensor> in) {
            return dtype();
        }
    }
}
