package io.clarion.opencl.compile.fuse;

import io.clarion.graph.Bundle;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Operation.Compute;
import io.clarion.opencl.compile.program.Operation.Element;
import io.clarion.opencl.compile.program.Operation.Load;
import io.clarion.opencl.compile.program.Operation.Product;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Tile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells whether a place on axis 0 of what a kernel makes, a row, needs of certain buffers that row alone.
 *
 * @param watched buffers whose other rows may not be read; axis 0 is that of the rows
 * @param carried buffers of a loop's carried values, of which the same holds for the half that a step reads
 */
record RowLocality(Set<Buffer> watched, Set<Buffer> carried) {
    /** No axis counts rows: what is here is the same for all. */
    private static final int NONE = -1;

    private record Asked(Expr expr, int axis) {}

    boolean holds(Kernel kernel) {
        var seen = new HashSet<Asked>();
        return kernel.stores().stream().allMatch(s -> s.value().rank() > 0 && keeps(s.value(), 0, seen));
    }

    private boolean all(List<Expr> exprs, int axis, Set<Asked> seen) {
        return exprs.stream().allMatch(x -> keeps(x, axis, seen));
    }

    /** Returns whether it holds for {@code e}, of which axis {@code axis} counts rows. */
    private boolean keeps(Expr e, int axis, Set<Asked> seen) {
        if (!seen.add(new Asked(e, axis))) {
            return true;
        }
        return switch (e.op()) {
            case Load(Buffer b) -> !watched.contains(b) || axis == 0;
            case Element at -> !(e.input(0).op() instanceof Load(Buffer b) && carried.contains(b)) || axis == 0;
            case Operation other when axis == NONE -> all(e.inputs(), NONE, seen);
            case Compute(Op op) -> computed(e, op, axis, seen);
            case Product(Tile tile) -> tile.m().contains(row(tile, axis)) && !isWindowed(tile, axis)
                    && keeps(e.input(0), tile.contraction().operands().get(tile.aOperand()).indexOf(row(tile, axis)),
                            seen)
                    && keeps(e.input(1), NONE, seen);
            case Operation.SegmentSum s -> false;
            case Operation.Store s -> throw new AssertionError("a store within a kernel");
            case Operation.Filled f -> throw new AssertionError("a filled buffer that is no load");
            case Operation.Control c -> throw new AssertionError("control flow within a kernel");
        };
    }

    private static int row(Tile tile, int axis) {
        return tile.contraction().out().get(axis);
    }

    private static boolean isWindowed(Tile tile, int axis) {
        return tile.contraction().windows().stream().anyMatch(w -> w.axes().contains(row(tile, axis)));
    }

    private boolean computed(Expr e, Op op, int axis, Set<Asked> seen) {
        return switch (op) {
            case Op.Elementwise f -> e.inputs().stream().allMatch(x -> keeps(x, x.rank() == 0 ? NONE : axis, seen));
            case Op.Cast c -> all(e.inputs(), axis, seen);
            case Op.Alias a -> keeps(e.input(0), axis, seen);
            case Op.Leaf l -> true;
            case Op.View(Movement m) -> moved(e, m, axis, seen);
            case Op.Concat(int along) -> along != axis && all(e.inputs(), axis, seen);
            case Op.Contract(var c) -> {
                int row = c.out().get(axis);
                boolean keeps = c.windows().stream().noneMatch(w -> w.axes().contains(row));
                for (int i = 0; keeps && i < e.inputs().size(); i++) {
                    keeps = keeps(e.input(i), c.operands().get(i).indexOf(row), seen);
                }
                yield keeps;
            }
            case Op.Reduce(var kind, List<Integer> axes) -> keeps(e.input(0), kept(axis, axes), seen);
            case Op.Gather g -> axis < e.input(1).rank()
                    ? keeps(e.input(1), axis, seen) && keeps(e.input(0), NONE, seen)
                    : keeps(e.input(1), NONE, seen) && keeps(e.input(0), axis - e.input(1).rank() + 1, seen);
            case Op.Scan s -> false;
            case Op.ScatterAdd s -> false;
            case Bundle b -> false;
            case Op.Result r -> false;
        };
    }

    /** Returns the axis of the input of a reduction over {@code axes} that becomes {@code axis} of its result. */
    private static int kept(int axis, List<Integer> axes) {
        int left = axis;
        for (int a = 0;; a++) {
            if (!axes.contains(a) && left-- == 0) {
                return a;
            }
        }
    }

    private boolean moved(Expr t, Movement movement, int axis, Set<Asked> seen) {
        Expr in = t.input(0);
        int rows = t.shape().size(axis);
        return switch (movement) {
            case Movement.Reshape r -> {
                int before = 1;
                for (int a = 0; a < axis; a++) {
                    before *= t.shape().size(a);
                }
                int same = before == 1 && in.rank() > 0 && in.shape().size(0) == rows ? 0 : NONE;
                for (int a = 0, product = 1; a < in.rank() && same == NONE; product *= in.shape().size(a++)) {
                    same = product == before && in.shape().size(a) == rows ? a : NONE;
                }
                // Rows that are cut or joined are followed no further: what they are of may not be watched.
                yield keeps(in, same, seen);
            }
            case Movement.Permute p -> keeps(in, p.order().get(axis), seen);
            case Movement.Broadcast b -> keeps(in, in.shape().size(axis) == rows ? axis : NONE, seen);
            case Movement.Slice s -> in.shape().size(axis) == rows && s.start().get(axis) == 0
                    && s.step().get(axis) == 1 && keeps(in, axis, seen);
            case Movement.Reverse r -> !r.axes().contains(axis) && keeps(in, axis, seen);
            case Movement.Windows w ->
                    axis != w.axis() && axis != w.axis() + 1 && keeps(in, axis > w.axis() ? axis - 1 : axis, seen);
            case Movement.Pad p -> in.shape().size(axis) == rows && p.before().get(axis) == 0 && p.step().get(axis) == 1
                    && keeps(in, axis, seen);
        };
    }
}
