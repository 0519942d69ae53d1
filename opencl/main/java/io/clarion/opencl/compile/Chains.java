package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.Groups.Group;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds chains: the bodies of loops whose states' rows do not mix, and runs of small works that read what the one before
 * has just made.
 */
final class Chains {
    /** Operations of a step that one core does sooner than it would share them: a launch takes some microseconds. */
    private static final double SMALL_STEP = 1 << 20;

    /** Bytes of weights that a GPU's unit reads in some microseconds, in each step. */
    private static final double NEAR = 1 << 20;
    /** Operations that a GPU's unit does in some microseconds. */
    private static final double SHORT_STEP = 1 << 22;

    /** A GPU launches a kernel in about the time in which a work-group waits for memory so often: 6 and 1.2 µs on an H100. */
    private static final double WAITS_OF_A_LAUNCH = 5;
    /** Turns of a work-group's items for a row, above which rows should be enough for all units. */
    private static final double SHORT_ROW = 8;

    private final Lowering lowering;
    private final Strategy strategy;

    private Chains(Lowering lowering, Strategy strategy) {
        this.lowering = lowering;
        this.strategy = strategy;
    }

    /** The items with chains in place of the works that they consist of. */
    static List<Item> of(List<Item> items, Lowering lowering, Strategy strategy) {
        return new Chains(lowering, strategy).chained(items, lowering.graph().results());
    }

    private List<Item> chained(List<Item> items, List<Tensor> results) {
        return runs(items.stream().map(item -> item instanceof Item.Nested nested ? nested(nested) : item).toList(), results);
    }

    private Item nested(Item.Nested nested) {
        if (nested.nest() instanceof Nest.Repeat loop && loop(loop, nested.parts().get(0)) instanceof Item.Chain chain) {
            return new Item.Nested(loop, List.of(List.of(chain)));
        }
        var parts = new ArrayList<List<Item>>();
        for (int i = 0; i < nested.parts().size(); i++) {
            parts.add(chained(nested.parts().get(i), nested.nest().parts().get(i)));
        }
        return new Item.Nested(nested.nest(), parts);
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
        return keep(works, made, rows) && isWorthIt(new Item.Chain(works, rows, Set.of())) ? new Item.Chain(works, rows, Set.of()) : null;
    }

    /** Whether the units that have a share of the rows are done sooner than all would be, launch after launch. */
    private boolean isWorthIt(Item.Chain chain) {
        double operations = chain.stages().stream().mapToDouble(w -> Cost.of(w, lowering).flops()).sum();
        if (strategy.cpu()) {
            return chain.rows() >= strategy.units() || operations < SMALL_STEP;
        }
        double weights = chain.stages().stream().map(w -> lowering.tiles().get(w.accumulation())).filter(Objects::nonNull)
                .mapToDouble(tile -> MemoryPlan.bytes(tile.b())).sum();
        return weights <= NEAR && operations / Math.min(chain.rows(), strategy.units()) <= SHORT_STEP
                && ChainKernel.waits(chain, lowering, strategy) <= WAITS_OF_A_LAUNCH * chain.stages().size();
    }

    private boolean isStage(Work work) {
        Tensor t = work.accumulation();
        if (t == null) {
            return true;
        }
        Tile tile = lowering.tiles().get(t);
        return tile != null ? ProductKernel.isByRows(tile) : ReductionKernel.isStage(t, strategy);
    }

    private boolean keep(List<Work> works, Set<Tensor> made, int rows) {
        return made.stream().allMatch(t -> t.rank() > 0 && t.shape().size(0) == rows && t.shape().elements() > 0)
                && works.stream().allMatch(w -> new Rows(lowering, w.reads()::containsKey, made::contains).keeps(w));
    }

    // Runs of works.

    /** The most bytes of a row in all stages: more would not stay in the cache from one to the next. */
    private static final int WIDEST_ROW = 1 << 16;
    /** The most bytes of the weights of a dense layer that is done row by row with what follows. */
    private static final int NARROW = 1 << 16;
    /** The most operations of one: of more, larger tiles save more than a launch costs. */
    private static final double SMALL_LAYER = 1 << 23;
    /** Bytes of a tensor that is worth reading once for several sums. */
    private static final int LARGE = 1 << 20;

    /** Joins works to those that make what they read, row by row, where one of them sums or compares along rows. */
    private List<Item> runs(List<Item> items, List<Tensor> results) {
        var groups = new Groups();
        for (Item item : items) {
            groups.add(item, item instanceof Work work && isRowWork(work) ? host(work, groups) : null);
        }
        return groups.ordered().stream().map(g -> g.items().size() == 1 ? g.items().get(0) : chain(g, groups.all(), results)).toList();
    }

    private Item chain(Group group, List<Group> all, List<Tensor> results) {
        List<Work> works = group.items().stream().map(Work.class::cast).toList();
        int rows = rows(works.get(0));
        Set<Tensor> locals = new LinkedHashSet<>(group.made());
        locals.removeAll(results);
        all.stream().filter(g -> g != group).forEach(g -> g.reads().forEach(locals::remove));
        // Without cl_khr_fp16 there are no variables of halves, only buffers.
        locals.removeIf(t -> lowering.nests().destinations().containsKey(t) || t.dtype() == DType.FLOAT16);
        if (locals.stream().mapToLong(MemoryPlan::bytes).sum() / rows > ChainKernel.LOCAL) {
            locals.clear();
        }
        return new Item.Chain(works, rows, locals);
    }

    private static int rows(Work work) {
        return work.outputs().get(0).shape().size(0);
    }

    /** Whether it is done for many rows, each short, and changes no variable that it reads, which it can do in place. */
    private boolean isRowWork(Work work) {
        return isStage(work) && isNarrow(work) && work.elements() > 0 && work.outputs().get(0).rank() > 0
                && (rows(work) >= 4 * strategy.units() || !strategy.cpu() && isShort(work))
                && lowering.graph().updates().stream().noneMatch(u -> work.outputs().contains(u.value())
                        && work.reads().keySet().stream().anyMatch(t -> MemoryPlan.isRead(t, u.variable())));
    }

    /** Whether it is no product, or a small one whose weights stay in the cache of each core. */
    private boolean isNarrow(Work work) {
        Tile tile = lowering.tiles().get(work.accumulation());
        return tile == null || strategy.cpu() && MemoryPlan.bytes(tile.b()) <= NARROW && Cost.of(work, lowering).flops() <= SMALL_LAYER;
    }

    /** Whether a GPU's work-group is soon done with a row. */
    private boolean isShort(Work work) {
        return ChainKernel.numbers(work, lowering) / rows(work) <= SHORT_ROW * strategy.widestGroup();
    }

    /** The group that makes what {@code work} reads, or reads the same large tensor, and that it can join; null if there is none. */
    private Group host(Work work, Groups groups) {
        return Stream.concat(groups.makers(work.reads().keySet()),
                        groups.all().stream().filter(g -> g.items().stream().anyMatch(i -> sharesInput(work, i))))
                .filter(g -> joins(work, g, groups)).findFirst().orElse(null);
    }

    /** Whether both sum the same tensor, one that no cache holds as a whole. */
    private static boolean sharesInput(Work work, Item other) {
        return work.isAccumulating() && other instanceof Work w && w.isAccumulating()
                && work.reads().keySet().stream().anyMatch(t -> MemoryPlan.bytes(t) >= LARGE && w.reads().containsKey(t));
    }

    private boolean joins(Work work, Group group, Groups groups) {
        var works = new ArrayList<Work>();
        for (Item item : group.items()) {
            if (!(item instanceof Work w) || !isRowWork(w) || rows(w) != rows(work)) {
                return false;
            }
            works.add(w);
        }
        works.add(work);
        Set<Tensor> made = new LinkedHashSet<>(group.made());
        made.addAll(work.outputs());
        int widest = ChainKernel.hasTiles(works, lowering) ? ChainKernel.widestWithTiles(strategy) : WIDEST_ROW;
        return works.stream().anyMatch(Work::isAccumulating)
                && made.stream().mapToLong(MemoryPlan::bytes).sum() / rows(work) <= widest && keep(works, made, rows(work))
                && groups.makers(work.reads().keySet()).noneMatch(g -> g != group && groups.needs(g, group));
    }
}
