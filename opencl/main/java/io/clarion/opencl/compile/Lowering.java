package io.clarion.opencl.compile;

import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
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
        Graph split = graph.rewrite((t, in) -> Splitting.of(t.with(in), strategy));
        Map<Tensor, Tile> tiles = new LinkedHashMap<>();
        for (Tensor t : split.tensors()) {
            if (t.op() instanceof Op.Contract(Contraction c)) {
                Tile.match(c, t.inputs(), strategy).ifPresent(tile -> tiles.put(t, tile));
            }
        }
        return new Lowering(split, tiles);
    }

    /** What a tensor is computed from: a tile's second operand stands for the one that it was made of. */
    List<Tensor> inputs(Tensor t) {
        Tile tile = tiles.get(t);
        return tile == null ? t.inputs() : List.of(tile.a(), tile.b());
    }
}
