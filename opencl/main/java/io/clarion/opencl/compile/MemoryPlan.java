package io.clarion.opencl.compile;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.graph.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of the kernels and where each of their outputs lies: in a slot that tensors share whose lives do not
 * overlap, in one of its own if it lasts from call to call, or in the variable that it becomes.
 *
 * @param order  the kernels; one that overwrites a variable comes after all that read its old value
 * @param slots  for each output that is not in place, the number of its slot
 * @param bytes  the size of each slot
 * @param inPlace outputs written straight into their variables
 * @param copies outputs that are copied into their variables once all kernels are done
 */
record MemoryPlan(List<Item> order, Map<Tensor, Integer> slots, List<Long> bytes, Map<Tensor, Variable> inPlace,
        List<Graph.Update> copies) {

    static MemoryPlan of(List<Item> items, Lowering lowering) {
        var planner = new Planner(items, lowering);
        planner.updates();
        List<Item> order = TopologicalOrder.of(items, planner.before::get);
        planner.keep(order.stream().filter(lowering::lasts).toList());
        planner.assign(order, lowering.graph().results(), new ArrayList<>());
        return new MemoryPlan(order, planner.slots, planner.bytes, planner.inPlace, planner.copies);
    }

    static boolean isRead(Tensor t, Variable v) {
        return t.op() instanceof Op.Read(Variable of) && of == v;
    }

    static long bytes(Tensor t) {
        return (long) t.shape().elements() * t.dtype().bytes();
    }

    /** The state while a plan is made. */
    private static final class Planner {
        private final List<Item> items;
        private final Graph graph;
        private final Map<Tensor, Cell> destinations;
        private final Map<Tensor, Item> maker = new LinkedHashMap<>();
        private final Map<Item, List<Item>> before = new IdentityHashMap<>();
        private final Map<Tensor, Variable> inPlace = new LinkedHashMap<>();
        private final List<Graph.Update> copies = new ArrayList<>();
        private final Map<Tensor, Integer> slots = new LinkedHashMap<>();
        private final List<Long> bytes = new ArrayList<>();

        Planner(List<Item> items, Lowering lowering) {
            this.items = items;
            this.graph = lowering.graph();
            this.destinations = lowering.nests().destinations();
            items.forEach(w -> w.outputs().forEach(t -> maker.put(t, w)));
            items.forEach(w -> before.put(w, new ArrayList<>(w.reads().keySet().stream()
                    .map(maker::get).filter(x -> x != null && x != w).distinct().toList())));
        }

        void updates() {
            for (Graph.Update u : graph.updates()) {
                Item writer = maker.get(u.value());
                List<Item> readers = items.stream().filter(w -> w != writer && w.reads().keySet().stream().anyMatch(t -> isRead(t, u.variable()))).toList();
                boolean clean = !inPlace.containsKey(u.value())
                        && writer.reads().keySet().stream().noneMatch(t -> isRead(t, u.variable()) && !writer.reads().get(t))
                        && readers.stream().noneMatch(r -> reaches(writer, r));
                if (clean) {
                    inPlace.put(u.value(), u.variable());
                    before.get(writer).addAll(readers);
                } else {
                    copies.add(u);
                }
            }
        }

        /** Whether {@code to} has to come after {@code from}. */
        private boolean reaches(Item from, Item to) {
            Set<Item> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            var open = new ArrayDeque<Item>(List.of(to));
            while (!open.isEmpty()) {
                Item w = open.pop();
                if (w == from) {
                    return true;
                }
                if (seen.add(w)) {
                    open.addAll(before.get(w));
                }
            }
            return false;
        }

        /** Gives the outputs of {@code lasting} slots of their own: what they hold is for later calls too. */
        void keep(List<Item> lasting) {
            lasting.forEach(item -> item.outputs().forEach(t -> {
                slots.put(t, bytes.size());
                bytes.add(bytes(t));
            }));
        }

        /** Gives the outputs of a region slots, from {@code free} ones where they fit; all but those of {@code kept} are free in the end. */
        void assign(List<Item> order, List<Tensor> kept, List<Integer> free) {
            Map<Tensor, Integer> lastUse = new LinkedHashMap<>();
            for (int i = 0; i < order.size(); i++) {
                for (Tensor t : order.get(i).reads().keySet()) {
                    lastUse.put(t, i);
                }
                for (Tensor t : order.get(i).outputs()) {
                    lastUse.put(home(t), i);
                }
            }
            kept.forEach(t -> lastUse.put(t, Integer.MAX_VALUE));
            Map<Integer, List<Integer>> freedAfter = new HashMap<>();
            for (int i = 0; i < order.size(); i++) {
                Item item = order.get(i);
                for (Tensor made : item.outputs()) {
                    Tensor out = home(made);
                    if (inPlace.containsKey(out) || slots.containsKey(out)) {
                        continue;
                    }
                    Integer slot = takenOver(item, out, i, lastUse, freedAfter);
                    slots.put(out, slot != null ? slot : take(free, bytes(out)));
                    freedAfter.computeIfAbsent(lastUse.get(out), x -> new ArrayList<>()).add(slots.get(out));
                }
                if (item instanceof Item.Nested nested) {
                    nested.parts().forEach(part -> assign(part, List.of(), free));
                }
                free.addAll(freedAfter.getOrDefault(i, List.of()));
            }
        }

        /** The buffer in which an output lies: its own, or that of a nest. */
        private Tensor home(Tensor t) {
            return destinations.containsKey(t) ? destinations.get(t).buffer() : t;
        }

        /** The slot of a tensor of the same size that {@code item} reads at the same place, as the last to do so; null if there is none. */
        private Integer takenOver(Item item, Tensor out, int step, Map<Tensor, Integer> lastUse, Map<Integer, List<Integer>> freedAfter) {
            Integer slot = item.reads().entrySet().stream()
                    .filter(e -> e.getValue() && slots.containsKey(e.getKey()) && lastUse.get(e.getKey()) == step
                            && e.getKey().dtype().bytes() == out.dtype().bytes() && bytes(e.getKey()) == bytes(out))
                    .map(e -> slots.get(e.getKey()))
                    .filter(s -> freedAfter.getOrDefault(step, List.of()).contains(s)).findFirst().orElse(null);
            if (slot != null) {
                freedAfter.get(step).remove(slot);
            }
            return slot;
        }

        /** The smallest free slot that is large enough, else the largest, grown, else a new one. */
        private int take(List<Integer> free, long wanted) {
            Integer best = free.stream().filter(s -> bytes.get(s) >= wanted).min(java.util.Comparator.comparing(bytes::get))
                    .or(() -> free.stream().max(java.util.Comparator.comparing(bytes::get))).orElse(null);
            if (best == null) {
                bytes.add(wanted);
                return bytes.size() - 1;
            }
            free.remove(best);
            bytes.set(best, Math.max(bytes.get(best), wanted));
            return best;
        }
    }
}
