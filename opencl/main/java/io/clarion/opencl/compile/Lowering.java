package io.clarion.opencl.compile;

import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph made ready for a device: contractions split where the device has more units than the result has blocks, and
 * those that are products matched to tiles.
 *
 * @param tiles the contractions that the tile kernel computes, and how
 */
record Lowering(Graph graph, Map<Tensor, Tile> tiles) {

    static Lowering of(Graph graph, Strategy strategy) {
        Graph split = graph.rewrite((t, in) -> {
            Tensor same = same(t, in);
            return same.op() instanceof Op.Contract(Contraction c) ? split(same, c, strategy) : same;
        });
        Map<Tensor, Tile> tiles = new LinkedHashMap<>();
        for (Tensor t : split.tensors()) {
            if (t.op() instanceof Op.Contract(Contraction c)) {
                Tile.match(c, t.inputs(), strategy).ifPresent(tile -> tiles.put(t, tile));
            }
        }
        return new Lowering(split, tiles);
    }

    static Tensor same(Tensor t, List<Tensor> in) {
        for (int i = 0; i < in.size(); i++) {
            if (in.get(i) != t.input(i)) {
                return Tensor.of(t.op(), in);
            }
        }
        return t;
    }

    /** What a tensor is computed from: a tile's second operand stands for the one that it was made of. */
    List<Tensor> inputs(Tensor t) {
        Tile tile = tiles.get(t);
        return tile == null ? t.inputs() : List.of(tile.a(), tile.b());
    }

    /**
     * Sums of many terms to few elements become two sums: an axis that is summed is cut in two, of which the outer one
     * is summed last. The order of the additions depends on the shapes and the device alone.
     */
    private static Tensor split(Tensor t, Contraction c, Strategy strategy) {
        int axis = longest(c);
        if (axis < 0) {
            return t;
        }
        double terms = c.points() / Math.max(1, t.shape().elements());
        int parts = strategy.parts(t.shape().elements(), terms);
        int size = c.extents().get(axis).size();
        parts = java.util.stream.IntStream.iterate(parts, p -> p > 1, p -> p - 1).filter(p -> size % p == 0).findFirst().orElse(1);
        if (parts == 1) {
            return t;
        }
        int outer = c.extents().size();
        var extents = new ArrayList<>(c.extents());
        extents.set(axis, Dim.of(size / parts));
        extents.add(Dim.of(parts));
        var operands = new ArrayList<List<Integer>>();
        var inputs = new ArrayList<Tensor>();
        for (int i = 0; i < t.inputs().size(); i++) {
            var axes = new ArrayList<>(c.operands().get(i));
            Tensor in = t.input(i);
            int at = axes.indexOf(axis);
            if (at >= 0) {
                axes.add(at, outer);
                var dims = new ArrayList<>(in.shape().dims());
                dims.set(at, Dim.of(parts));
                dims.add(at + 1, Dim.of(size / parts));
                in = in.reshape(new io.clarion.tensor.Shape(dims));
            }
            operands.add(axes);
            inputs.add(in);
        }
        var out = new ArrayList<Integer>();
        out.add(outer);
        out.addAll(c.out());
        Tensor partial = new Contraction(extents, operands, out, c.windows()).apply(inputs);
        return partial.sum(List.of(0));
    }

    /** The longest axis that is summed, is in every operand and in no window; −1 if there is none. */
    private static int longest(Contraction c) {
        return c.summed().stream()
                .filter(a -> c.operands().stream().allMatch(o -> o.contains(a)))
                .filter(a -> c.windows().stream().noneMatch(w -> w.axes().contains(a)))
                .max(java.util.Comparator.comparing(a -> c.extents().get(a).size())).orElse(-1);
    }
}
