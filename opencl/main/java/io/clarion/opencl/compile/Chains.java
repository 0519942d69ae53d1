package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds chains: the bodies of loops whose states' rows do not mix, and runs of small works that read what the one before
 * has just made.
 */
final class Chains {
    private final Lowering lowering;
    private final Strategy strategy;

    private Chains(Lowering lowering, Strategy strategy) {
        this.lowering = lowering;
        this.strategy = strategy;
    }

    /** The items with chains in place of the works that they consist of. */
    static List<Item> of(List<Item> items, Lowering lowering, Strategy strategy) {
        return strategy.cpu() ? new Chains(lowering, strategy).chained(items) : items;
    }

    private List<Item> chained(List<Item> items) {
        return items.stream().map(item -> item instanceof Item.Nested nested ? nested(nested) : item).toList();
    }

    private Item nested(Item.Nested nested) {
        if (nested.nest() instanceof Nest.Repeat loop && loop(loop, nested.parts().get(0)) instanceof Item.Chain chain) {
            return new Item.Nested(loop, List.of(List.of(chain)));
        }
        return new Item.Nested(nested.nest(), nested.parts().stream().map(this::chained).toList());
    }

    /** A loop's body as a chain; null if it cannot be one. */
    private Item.Chain loop(Nest.Repeat loop, List<Item> body) {
        var works = new ArrayList<Work>();
        for (Item item : body) {
            if (!(item instanceof Work work) || !isStage(work)) {
                return null;
            }
            works.add(work);
        }
        if (works.isEmpty() || loop.starts().isEmpty() || loop.starts().get(0).rank() == 0) {
            return null;
        }
        int rows = loop.starts().get(0).shape().size(0);
        Set<Tensor> made = new LinkedHashSet<>();
        works.forEach(w -> made.addAll(w.outputs()));
        // Parameters that stand for carried values; those that stand for elements belong to no row.
        loop.parameters().stream().filter(p -> loop.buffers().contains(lowering.nests().cells().get(p).buffer())).forEach(made::add);
        return rows >= strategy.units() && keep(works, made, rows) ? new Item.Chain(works, rows) : null;
    }

    private boolean isStage(Work work) {
        Tensor t = work.accumulation();
        if (t == null) {
            return true;
        }
        Tile tile = lowering.tiles().get(t);
        return tile != null ? ProductKernel.isByRows(tile) : ReductionKernel.isReduction(t);
    }

    private boolean keep(List<Work> works, Set<Tensor> made, int rows) {
        return made.stream().allMatch(t -> t.rank() > 0 && t.shape().size(0) == rows && t.shape().elements() > 0)
                && works.stream().allMatch(w -> new Rows(lowering, w.reads()::containsKey, made::contains).keeps(w));
    }
}
