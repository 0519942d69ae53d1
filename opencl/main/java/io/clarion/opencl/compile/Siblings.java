package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import io.clarion.opencl.compile.Groups.Group;
import java.util.List;

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
    private final Groups groups = new Groups();

    private Siblings(Lowering lowering, Strategy strategy) {
        this.lowering = lowering;
        this.strategy = strategy;
    }

    /** {@code items}, in the order of what they need, with siblings in place of the works that they consist of; on a GPU, whose work-items share a work, as they are. */
    static List<Item> of(List<Item> items, Lowering lowering, Strategy strategy) {
        return strategy.cpu() ? new Siblings(lowering, strategy).joined(items) : items;
    }

    private List<Item> joined(List<Item> items) {
        items.forEach(item -> groups.add(item, isSmall(item) ? host(item) : null));
        return groups.ordered().stream()
                .map(g -> g.items().size() == 1 ? g.items().get(0) : new Item.Siblings(g.items().stream().map(Work.class::cast).toList())).toList();
    }

    private boolean isSmall(Item item) {
        if (!(item instanceof Work work) || work.elements() == 0 || lowering.lasts(work)) {
            return false;
        }
        Tensor t = work.accumulation();
        return t == null ? 4.0 * work.elements() <= SMALL
                : !lowering.tiles().containsKey(t) && ReductionKernel.isStage(t, strategy)
                        && (double) work.elements() * new ReductionKernel(work, lowering, strategy).terms() <= SMALL;
    }

    /** The last group of small works that {@code item} needs nothing of, nor changes a variable that one of them reads, or the other way round. */
    private Group host(Item item) {
        return groups.all().reversed().stream().filter(g -> g.items().size() < MOST && isSmall(g.items().get(0))
                && g.items().stream().noneMatch(other -> changes(item, other) || changes(other, item))
                && groups.makers(item.reads().keySet()).noneMatch(maker -> groups.needs(maker, g))).findFirst().orElse(null);
    }

    /** Whether {@code item} makes the new value of a variable that {@code other} reads: in place, once all have read it. */
    private boolean changes(Item item, Item other) {
        return lowering.graph().updates().stream().anyMatch(u -> item.outputs().contains(u.value())
                && other.reads().keySet().stream().anyMatch(t -> MemoryPlan.isRead(t, u.variable())));
    }
}
