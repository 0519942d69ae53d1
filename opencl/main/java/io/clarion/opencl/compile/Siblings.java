package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds small works that need nothing of each other, such as the updates of a model's biases, and makes one launch of them, each a work-item's:
 * what lies between two launches takes longer than any of them.
 */
final class Siblings {
    /** Terms of sums, or four times the elements of other works, that one core is done with in some microseconds. */
    private static final double SMALL = 1 << 16;
    /** The most works of a launch: a kernel has no more than 1 KB of arguments on some devices. */
    private static final int MOST = 16;

    private final Lowering lowering;
    private final Strategy strategy;
    private final List<Group> groups = new ArrayList<>();
    private final Map<Tensor, Group> maker = new LinkedHashMap<>();

    private Siblings(Lowering lowering, Strategy strategy) {
        this.lowering = lowering;
        this.strategy = strategy;
    }

    /** What is done in one launch: works, or one item of any kind. */
    private record Group(List<Item> items, boolean isSmall) {
        Set<Tensor> reads() {
            Set<Tensor> reads = new LinkedHashSet<>();
            items.forEach(item -> reads.addAll(item.reads().keySet()));
            return reads;
        }
    }

    /** {@code items}, in the order of what they need, with siblings in place of the works that they consist of; on a GPU, whose work-items share a work, as they are. */
    static List<Item> of(List<Item> items, Lowering lowering, Strategy strategy) {
        return strategy.cpu() ? new Siblings(lowering, strategy).joined(items) : items;
    }

    private List<Item> joined(List<Item> items) {
        for (Item item : items) {
            boolean isSmall = item instanceof Work work && isSmall(work);
            Group group = isSmall ? host(item) : null;
            if (group == null) {
                group = new Group(new ArrayList<>(), isSmall);
                groups.add(group);
            }
            group.items().add(item);
            for (Tensor t : item.outputs()) {
                maker.put(t, group);
            }
        }
        return TopologicalOrder.of(groups, g -> g.reads().stream().map(maker::get).filter(x -> x != null && x != g).distinct().toList()).stream()
                .map(g -> g.items().size() == 1 ? g.items().get(0) : new Item.Siblings(g.items().stream().map(Work.class::cast).toList())).toList();
    }

    private boolean isSmall(Work work) {
        Tensor t = work.accumulation();
        if (work.elements() == 0 || lowering.lasts(work) || t != null && (lowering.tiles().containsKey(t) || !ReductionKernel.isStage(t, strategy))) {
            return false;
        }
        return (double) work.elements() * (t == null ? 4 : new ReductionKernel(work, lowering, strategy).terms()) <= SMALL;
    }

    /** The last group of small works that {@code item} needs nothing of, nor changes a variable that one of them reads, or the other way round. */
    private Group host(Item item) {
        return groups.reversed().stream().filter(g -> g.isSmall() && g.items().size() < MOST
                && g.items().stream().noneMatch(other -> changes(item, other) || changes(other, item))
                && !needs(item.reads().keySet(), g, new HashSet<>())).findFirst().orElse(null);
    }

    /** Whether {@code item} makes the new value of a variable that {@code other} reads: in place, once all have read it. */
    private boolean changes(Item item, Item other) {
        return lowering.graph().updates().stream().anyMatch(u -> item.outputs().contains(u.value())
                && other.reads().keySet().stream().anyMatch(t -> MemoryPlan.isRead(t, u.variable())));
    }

    private boolean needs(Set<Tensor> reads, Group group, Set<Group> seen) {
        return reads.stream().map(maker::get).filter(Objects::nonNull).anyMatch(g -> g == group || seen.add(g) && needs(g.reads(), group, seen));
    }
}
