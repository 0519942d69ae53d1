package io.clarion.reference;

import io.clarion.graph.Contraction;
import io.clarion.tensor.Dim;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.BlockRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A contraction that is a product of matrices, one for each place of the batch axes, by Commons Math.
 *
 * <p>Batch axes are in both operands and the result, rows in the first and the result, columns in the second and the
 * result, inner axes in both operands only.
 */
final class MatrixProduct {
    /** Up to so many elements Commons Math advises plain rows; above, blocks that fit the cache. */
    private static final int SMALL = 4096;

    private final Contraction contraction;
    private final List<Integer> batch;
    private final List<Integer> rows;
    private final List<Integer> columns;
    private final List<Integer> inner;

    MatrixProduct(Contraction contraction) {
        this.contraction = contraction;
        this.batch = axes(contraction, true, true, true);
        this.rows = axes(contraction, true, false, true);
        this.columns = axes(contraction, false, true, true);
        this.inner = axes(contraction, true, true, false);
    }

    /** Returns whether a contraction is such a product, and of no empty matrices. */
    static boolean fits(Contraction c) {
        if (c.operands().size() != 2 || !c.windows().isEmpty() || c.extents().contains(Dim.of(0))) {
            return false;
        }
        var product = new MatrixProduct(c);
        int named = product.batch.size() + product.rows.size() + product.columns.size() + product.inner.size();
        return named == c.extents().size() && !product.inner.isEmpty()
                && !(product.rows.isEmpty() && product.columns.isEmpty());
    }

    private static List<Integer> axes(Contraction c, boolean first, boolean second, boolean out) {
        return IntStream.range(0, c.extents().size()).filter(a -> c.operands().get(0).contains(a) == first
                && c.operands().get(1).contains(a) == second && c.out().contains(a) == out).boxed().toList();
    }

    /** Returns the value, given those of the operands. */
    double[] of(double[] a, double[] b) {
        List<Integer> first = contraction.operands().get(0);
        List<Integer> second = contraction.operands().get(1);
        List<Integer> out = contraction.out();
        int m = size(rows);
        int k = size(inner);
        int n = size(columns);
        double[] y = new double[size(out)];
        int[] startsOfA = walk(first, batch, 0).offsets();
        int[] startsOfB = walk(second, batch, 0).offsets();
        int[] startsOfY = walk(out, batch, 0).offsets();
        boolean small = Math.max(m, n) * (long) k <= SMALL;
        for (int i = 0; i < startsOfY.length; i++) {
            RealMatrix left = matrix(walk(first, joined(rows, inner), startsOfA[i]).read(a), m, k, small);
            RealMatrix right = matrix(walk(second, joined(inner, columns), startsOfB[i]).read(b), k, n, small);
            double[][] product = left.multiply(right).getData();
            double[] flat = Arrays.stream(product).flatMapToDouble(Arrays::stream).toArray();
            walk(out, joined(rows, columns), startsOfY[i]).write(flat, y);
        }
        return y;
    }

    private static RealMatrix matrix(double[] values, int rows, int columns, boolean small) {
        double[][] split = new double[rows][];
        Arrays.setAll(split, r -> Arrays.copyOfRange(values, r * columns, (r + 1) * columns));
        return small ? new Array2DRowRealMatrix(split, false) : new BlockRealMatrix(split);
    }

    private static List<Integer> joined(List<Integer> a, List<Integer> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    private int size(List<Integer> axes) {
        return axes.stream().mapToInt(a -> contraction.extents().get(a).size()).reduce(1, (a, b) -> a * b);
    }

    /** Returns the way along {@code axes} through an array whose own axes are {@code of}. */
    private Walk walk(List<Integer> of, List<Integer> axes, int start) {
        int[] sizes = axes.stream().mapToInt(a -> contraction.extents().get(a).size()).toArray();
        int[] strides = axes.stream().mapToInt(a -> size(of.subList(of.indexOf(a) + 1, of.size()))).toArray();
        return new Walk(sizes, strides, start);
    }
}
