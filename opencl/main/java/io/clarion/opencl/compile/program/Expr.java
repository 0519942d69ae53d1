package io.clarion.opencl.compile.program;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A value of the program's expressions: an operation and the values that it is applied to. Immutable; two are equal
 * only if they are the same object.
 *
 * <p>Unlike a {@link Tensor}, of which it is made, its shape is known, and it may be a load from a buffer.
 */
public final class Expr {
    private final Operation op;
    private final List<Expr> inputs;
    private final DType dtype;
    private final Shape shape;

    public Expr(Operation op, List<Expr> inputs, DType dtype, Shape shape) {
        this.op = op;
        this.inputs = List.copyOf(inputs);
        this.dtype = dtype;
        this.shape = shape;
    }

    /** Creates what a tensor computes, of {@code inputs} in place of the tensor's. */
    public static Expr of(Tensor t, List<Expr> inputs) {
        return new Expr(new Operation.Compute(t.op()), inputs, t.dtype(), t.shape());
    }

    /** Creates a load of all of a buffer. */
    public static Expr load(Buffer buffer) {
        return new Expr(new Operation.Load(buffer), List.of(), buffer.dtype(), buffer.shape());
    }

    /** Returns the same operation on other inputs, of the same shapes; this if they are its own. */
    public Expr with(List<Expr> others) {
        return IntStream.range(0, others.size()).allMatch(i -> others.get(i) == inputs.get(i)) ? this
                : new Expr(op, others, dtype, shape);
    }

    /** Returns a store of this in a buffer. */
    public Expr stored(Buffer buffer) {
        return new Expr(new Operation.Store(buffer), List.of(this), dtype, shape);
    }

    public Operation op() {
        return op;
    }

    public List<Expr> inputs() {
        return inputs;
    }

    public Expr input(int i) {
        return inputs.get(i);
    }

    public DType dtype() {
        return dtype;
    }

    public Shape shape() {
        return shape;
    }

    public int rank() {
        return shape.rank();
    }

    public int elements() {
        return shape.elements();
    }

    /**
     * Returns whether its elements are those of a scalar literal or another constant that kernels hold in their text.
     */
    public boolean isLeaf() {
        return op instanceof Operation.Load || op instanceof Operation.Compute(Op of) && of instanceof Op.Leaf;
    }

    public Expr cast(DType to) {
        return to == dtype ? this : new Expr(new Operation.Compute(new Op.Cast(to)), List.of(this), to, shape);
    }

    public Expr view(Movement movement) {
        return new Expr(new Operation.Compute(new Op.View(movement)), List.of(this), dtype, movement.shape(shape));
    }

    /** Returns the same elements in row-major order under another shape. */
    public Expr reshape(Shape to) {
        return to.equals(shape) ? this : view(new Movement.Reshape(to));
    }

    /** Returns this with axis {@code order.get(i)} as axis {@code i}. */
    public Expr permute(List<Integer> order) {
        return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i) ? this
                : view(new Movement.Permute(order));
    }

    /** Returns place {@code place} of axis 0. */
    public Expr part(int place) {
        var starts = new ArrayList<>(Collections.nCopies(rank(), 0));
        starts.set(0, place);
        return view(new Movement.Slice(starts, Collections.nCopies(rank(), 1), shape.with(0, Dim.ONE)))
                .reshape(shape.part(1, rank()));
    }

    /** Returns what has the same elements in the same order, without views that only change the shape. */
    public Expr unshaped() {
        return op instanceof Operation.Compute(Op.View(Movement.Reshape r)) ? input(0).unshaped() : this;
    }

    @Override
    public String toString() {
        return dtype.word() + shape;
    }
}
