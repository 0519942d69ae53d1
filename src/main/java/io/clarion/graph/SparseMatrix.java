package io.clarion.graph;

import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A sparse matrix in a graph: three vectors of one length, as in {@link io.clarion.tensor.SparseArray}. A value whose
 * row or column is outside counts nothing: so a call may pad the vectors, with {@link #NOWHERE}.
 *
 * <p>{@link #matrix} is the tensor that stands for it everywhere; products and gradients read the vectors alone.
 */
public record SparseMatrix(Shape shape, Tensor values, Tensor rows, Tensor columns) {
    /** The row and column of a value that pads: outside, whatever is added to it. */
    public static final int NOWHERE = Integer.MIN_VALUE;

    /** Returns whether a tensor stands for a sparse matrix. */
    public static boolean is(Tensor x) {
        return x.op() instanceof Op.Sparse;
    }

    /** Returns the sparse matrix that a tensor stands for. */
    public static SparseMatrix of(Tensor x) {
        return new SparseMatrix(x.shape(), x.input(1), x.input(2), x.input(3));
    }

    /** Returns the tensor that stands for this matrix. */
    public Tensor matrix() {
        return Tensor.of(new Op.Sparse(), dense(), values, rows, columns);
    }

    /** Returns all elements: to each row are added its values, each spread over a row of zeros. */
    private Tensor dense() {
        Tensor here = columns.expand(List.of(1)).apply(ScalarFn.EQUAL, Tensor.of(new Op.Iota(shape.dim(1))));
        Tensor spread = Tensor.map(ScalarFn.SELECT, here, values.expand(List.of(1)), Tensor.literal(values.dtype(), 0));
        return Tensor.of(new Op.ScatterAdd(shape.dim(0)), spread, rows);
    }

    /** Returns a matrix with values of other numbers at the same places. */
    public SparseMatrix with(Tensor others) {
        return new SparseMatrix(shape, others, rows, columns);
    }

    public SparseMatrix transposed() {
        return new SparseMatrix(new Shape(List.of(shape.dim(1), shape.dim(0))), values, columns, rows);
    }

    /**
     * Returns the product with a tensor whose first axis is summed over: row i is the sum of value · y[column] over the
     * values of row i.
     */
    public Tensor dot(Tensor y) {
        DType type = values.dtype().promote(y.dtype()).promote(DType.INT32);
        List<Integer> rest = IntStream.range(1, y.rank()).boxed().toList();
        // What lies outside would be a row of NaN: it counts nothing, in gradients too.
        Tensor inside = Tensor.map(ScalarFn.AND, columns.greaterEqual(Tensor.literal(DType.INT32, 0)),
                columns.less(Tensor.of(new Op.Size(shape.dim(1)))));
        Tensor named = Tensor.map(ScalarFn.SELECT, inside.expand(rest),
                Tensor.of(new Op.Gather(), y.cast(type), columns), Tensor.literal(type, 0));
        Tensor terms = values.cast(type).expand(rest).times(named);
        return Tensor.of(new Op.ScatterAdd(shape.dim(0)), terms, rows);
    }

    /** Matrices one below the other; all other sizes are the same. */
    public static SparseMatrix below(List<SparseMatrix> all) {
        var rows = new ArrayList<Tensor>();
        Dim above = Dim.of(0);
        for (SparseMatrix s : all) {
            rows.add(above.is(0) ? s.rows : s.rows.plus(Tensor.of(new Op.Size(above))));
            above = s.shape.dim(0).plus(above);
        }
        return new SparseMatrix(all.get(0).shape.with(0, above),
                joined(all.stream().map(SparseMatrix::values).toList()), joined(rows),
                joined(all.stream().map(SparseMatrix::columns).toList()));
    }

    private static Tensor joined(List<Tensor> vectors) {
        return Tensor.of(new Op.Concat(0), vectors);
    }
}
