package io.clarion.opencl.compile;

import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.graph.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A graph made ready for a device: contractions split where the device has more units than the result has blocks, loops
 * and branches unfolded, and the contractions that are products matched to tiles.
 *
 * @param tiles the contractions that the tile kernel computes, and how
 */
record Lowering(Graph graph, Map<Tensor, Tile> tiles, Unfolding nests) {

    static Lowering of(Graph graph, Strategy strategy) {
        Unfolding unfolded = Unfolding.of(Factors.of(graph).rewrite((t, in) -> Splitting.of(t.with(in), strategy)));
        var lowering = new Lowering(unfolded.graph(), new LinkedHashMap<>(), unfolded);
        lowering.match(lowering.graph().results(), strategy, lowering::lasts, new LinkedHashSet<>());
        return lowering;
    }

    /**
     * Matches what {@code results} need, then the nests among it, which read panels of what is the same in all steps from outside.
     *
     * @param again whether panels of a tensor are made more seldom than they are read
     */
    private void match(List<Tensor> results, Strategy strategy, Predicate<Tensor> again, Set<Tensor> seen) {
        Set<Nest> inner = new LinkedHashSet<>();
        for (Tensor t : TopologicalOrder.of(results, x -> seen.contains(x) ? List.of() : inputs(x))) {
            if (seen.add(t) && t.op() instanceof Op.Contract(Contraction c)) {
                Tile.match(c, t.inputs(), strategy, again).ifPresent(tile -> tiles.put(t, tile));
            }
            if (nests.makers().containsKey(t)) {
                inner.add(nests.makers().get(t));
            }
        }
        for (Nest nest : inner) {
            if (nest instanceof Nest.Repeat repeat) {
                Set<Tensor> moving = moving(repeat);
                match(repeat.results(), strategy, b -> !moving.contains(b), seen);
                hoist(repeat);
            } else {
                nest.parts().forEach(part -> match(part, strategy, again, seen));
            }
        }
    }

    /** Has the panels that are the same in all steps of a loop made before it. */
    private void hoist(Nest.Repeat repeat) {
        Set<Tensor> moving = moving(repeat);
        Set<Tensor> panels = new LinkedHashSet<>();
        for (Tensor t : TopologicalOrder.of(repeat.results(), this::inputs)) {
            if (tiles.containsKey(t) && tiles.get(t).packed()) {
                panels.add(tiles.get(t).b());
            }
            if (nests.makers().get(t) instanceof Nest nest && nest != repeat) {
                nest.given().stream().filter(this::isPanel).forEach(panels::add);
            }
        }
        var given = new ArrayList<>(repeat.given());
        panels.stream().filter(p -> !moving.contains(p) && !given.contains(p)).forEach(given::add);
        nests.replace(repeat, repeat.reading(given));
    }

    /** What changes from step to step of a loop. */
    private Set<Tensor> moving(Nest.Repeat repeat) {
        Set<Tensor> moving = new HashSet<>();
        for (Tensor t : TopologicalOrder.of(repeat.results(), this::inputs)) {
            if (repeat.parameters().contains(t) || inputs(t).stream().anyMatch(moving::contains)) {
                moving.add(t);
            }
        }
        return moving;
    }

    /** Whether {@code t} stays the same from call to call until the user changes a variable: it is made of constants and of steady variables. */
    boolean lasts(Tensor t) {
        return switch (t.op()) {
            case Op.Read(Variable v) -> graph.isSteady(v);
            case Op.Constant c -> true;
            case Op.Literal l -> true;
            case Op.View v -> lasts(t.input(0));
            case Op.Cast c -> lasts(t.input(0));
            default -> false;
        };
    }

    /** Whether {@code item} makes panels that last. */
    boolean lasts(Item item) {
        return item instanceof Work work && work.outputs().stream().allMatch(t -> isPanel(t) && lasts(t));
    }

    private boolean isPanel(Tensor t) {
        return tiles.values().stream().anyMatch(tile -> tile.b() == t);
    }

    /**
     * What a tensor is computed from: a tile's second operand stands for the one that it was made of, sorted indices for
     * those of a scatter, a buffer of a nest for what the nest reads, a parameter for what it is an element of.
     */
    List<Tensor> inputs(Tensor t) {
        Tile tile = tiles.get(t);
        if (tile != null) {
            return List.of(tile.a(), tile.b());
        }
        if (nests.scatters().get(t) instanceof Nest.Sorted sorted) {
            return List.of(t.input(0), sorted.starts(), sorted.order());
        }
        if (nests.cells().get(t) instanceof Cell cell) {
            return List.of(cell.buffer());
        }
        if (nests.makers().get(t) instanceof Nest nest) {
            var reads = new ArrayList<>(nest.first());
            reads.addAll(nest.given());
            return reads;
        }
        return t.inputs();
    }
}
