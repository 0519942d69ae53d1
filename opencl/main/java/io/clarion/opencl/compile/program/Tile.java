package io.clarion.opencl.compile.program;

import io.clarion.graph.Contraction;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A contraction seen as products of matrices, {@code out[batch][m][n] = Σ_k a[batch][m][k] · b[batch][k][n]}: each of
 * the four is a list of the contraction's axes. A convolution is one too: its m are places, its k taps and channels,
 * and a window determines where a is read.
 *
 * @param aOperand which operand is a: read element by element, through windows and fused expressions
 * @param packed   whether b, the other, is stored as panels {@code [batch][n / columns][k][columns]}, else as
 *                 {@code [batch][k][n]}, of whatever shape; it is float32 even if a is float16
 * @param columns  of n in a panel and a tile
 * @param lanesM   whether neighbours of the result, and so a tile's lanes, lie along m rather than n
 */
public record Tile(Contraction contraction, ContractionLoops plan, int aOperand, boolean packed, int columns,
        boolean lanesM,
        List<Integer> batch, List<Integer> m, List<Integer> n, List<Integer> k) {

    public static int size(Contraction c, List<Integer> axes) {
        return axes.stream().map(c.extents()::get).mapToInt(Dim::size).reduce(1, Math::multiplyExact);
    }

    /** Returns the shape of an operand, as the contraction has it. */
    Shape operand(int i) {
        return new Shape(contraction.operands().get(i).stream().map(contraction.extents()::get).toList());
    }

    public int size(List<Integer> axes) {
        return size(contraction, axes);
    }

    /** Returns the sizes of axes. */
    public int[] sizes(List<Integer> axes) {
        return axes.stream().mapToInt(x -> contraction.extents().get(x).size()).toArray();
    }

    /**
     * Returns the place of each axis of the contraction, given places in the four lists; null for those that windows
     * determine.
     */
    public List<Index> at(List<Index> batchAt, List<Index> mAt, List<Index> nAt, List<Index> kAt) {
        var at = new ArrayList<Index>(Collections.nCopies(contraction.extents().size(), null));
        place(at, batch, batchAt);
        place(at, m, mAt);
        place(at, n, nAt);
        place(at, k, kAt);
        return at;
    }

    private static void place(List<Index> at, List<Integer> axes, List<Index> places) {
        for (int i = 0; i < places.size(); i++) {
            at.set(axes.get(i), places.get(i));
        }
    }

    /** Returns the contraction of the first operand alone: its element, under the windows, at a point of the box. */
    public Contraction alone() {
        return new Contraction(contraction.extents(), List.of(contraction.operands().get(aOperand)), contraction.out(),
                contraction.windows());
    }
}
