package io.clarion.opencl.compile;

import io.clarion.graph.Bundle;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whether a place on axis 0 of a result, a row, needs of certain tensors that row alone.
 *
 * @param lowering says what tensors are computed from
 * @param stored   tensors that lie in buffers
 * @param watched  those of them whose other rows may not be read: axis 0 is that of the rows; parameters of loops are among them
 */
record Rows(Lowering lowering, Predicate<Tensor> stored, Predicate<Tensor> watched) {
    /** No axis counts rows: what is here is the same for all. */
    private static final int NONE = -1;

    private record Asked(Tensor tensor, int axis) {}

    /** Whether it holds for {@code work}. */
    boolean keeps(Work work) {
        var seen = new HashSet<Asked>();
        return work.outputs().stream().allMatch(t -> t.rank() > 0 && inside(t, 0, seen));
    }

    /** Whether it holds for {@code t}, of which axis {@code axis} counts rows. */
    private boolean visit(Tensor t, int axis, Set<Asked> seen) {
        if (watched.test(t)) {
            return axis == 0;
        }
        return stored.test(t) || inside(t, axis, seen);
    }

    private boolean all(List<Tensor> tensors, int axis, Set<Asked> seen) {
        return tensors.stream().allMatch(x -> visit(x, axis, seen));
    }

    private boolean inside(Tensor t, int axis, Set<Asked> seen) {
        if (!seen.add(new Asked(t, axis))) {
            return true;
        }
        if (axis == NONE) {
            return all(t.op() instanceof Op.Parameter ? List.of() : lowering.inputs(t), NONE, seen);
        }
        return switch (t.op()) {
            case Op.Elementwise e -> t.inputs().stream().allMatch(x -> visit(x, x.rank() == 0 ? NONE : axis, seen));
            case Op.Cast c -> all(t.inputs(), axis, seen);
            case Op.Alias a -> visit(t.input(0), axis, seen);
            case Op.Leaf l -> true;
            case Op.View(Movement m) -> moved(t, m, axis, seen);
            case Op.Concat(int along) -> along != axis && all(t.inputs(), axis, seen);
            case Op.Contract(var c) -> {
                int row = c.out().get(axis);
                List<Tensor> in = lowering.inputs(t);
                Tile tile = lowering.tiles().get(t);
                if (c.windows().stream().anyMatch(w -> w.axes().contains(row)) || tile != null && !tile.m().contains(row)) {
                    yield false;
                }
                if (tile != null) {
                    yield visit(tile.a(), c.operands().get(tile.aOperand()).indexOf(row), seen) && visit(tile.b(), NONE, seen);
                }
                boolean keeps = true;
                for (int i = 0; i < in.size(); i++) {
                    keeps &= visit(in.get(i), c.operands().get(i).indexOf(row), seen);
                }
                yield keeps;
            }
            case Op.Reduce(var kind, List<Integer> axes) -> visit(t.input(0), kept(axis, axes), seen);
            case Op.Gather g -> axis < t.input(1).rank()
                    ? visit(t.input(1), axis, seen) && visit(t.input(0), NONE, seen)
                    : visit(t.input(1), NONE, seen) && visit(t.input(0), axis - t.input(1).rank() + 1, seen);
            case Op.Scan s -> false;
            case Op.ScatterAdd s -> false;
            case Bundle b -> false;
            case Op.Result r -> false;
        };
    }

    /** The axis of the input of a reduction over {@code axes} that becomes {@code axis} of its result. */
    private static int kept(int axis, List<Integer> axes) {
        int left = axis;
        for (int a = 0;; a++) {
            if (!axes.contains(a) && left-- == 0) {
                return a;
            }
        }
    }

    private boolean moved(Tensor t, Movement movement, int axis, Set<Asked> seen) {
        Tensor in = t.input(0);
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
                yield visit(in, same, seen);
            }
            case Movement.Permute p -> visit(in, p.order().get(axis), seen);
            case Movement.Broadcast b -> visit(in, in.shape().size(axis) == rows ? axis : NONE, seen);
            case Movement.Slice s -> in.shape().size(axis) == rows && s.start().get(axis) == 0 && s.step().get(axis) == 1 && visit(in, axis, seen);
            case Movement.Reverse r -> !r.axes().contains(axis) && visit(in, axis, seen);
            case Movement.Windows w -> axis != w.axis() && axis != w.axis() + 1 && visit(in, axis > w.axis() ? axis - 1 : axis, seen);
            case Movement.Pad p -> in.shape().size(axis) == rows && p.before().get(axis) == 0 && p.step().get(axis) == 1 && visit(in, axis, seen);
        };
    }
}
