package io.clarion.opencl.compile;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.graph.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of the kernels and where each of their outputs lies: in a slot that tensors share whose lives do not
 * overlap, or in the variable that it becomes.
 *
 * @param order  the kernels; one that overwrites a variable comes after all that read its old value
 * @param slots  for each output that is not in place, the number of its slot
 * @param bytes  the size of each slot
 * @param inPlace outputs written straight into their variables
 * @param copies outputs that are copied into their variables once all kernels are done
 */
record MemoryPlan(List<Work> order, Map<Tensor, Integer> slots, List<Long> bytes, Map<Tensor, Variable> inPlace,
        List<Graph.Update> copies) {

    static MemoryPlan of(List<Work> works, Graph graph) {
        var planner = new Planner(works, graph);
        planner.updates();
        List<Work> order = TopologicalOrder.of(works, planner.before::get);
        planner.assign(order);
        return new MemoryPlan(order, planner.slots, planner.bytes, planner.inPlace, planner.copies);
    }

    static long bytes(Tensor t) {
        return (long) t.shape().elements() * t.dtype().bytes();
    }

    /** The state while a plan is made. */
    private static final class Planner {
        private final List<Work> works;
        private final Graph graph;
        private final Map<Tensor, Work> maker = new LinkedHashMap<>();
        private final Map<Work, List<Work>> before = new LinkedHashMap<>();
        private final Map<Tensor, Variable> inPlace = new LinkedHashMap<>();
        private final List<Graph.Update> copies = new ArrayList<>();
        private final Map<Tensor, Integer> slots = new LinkedHashMap<>();
        private final List<Long> bytes = new ArrayList<>();

        Planner(List<Work> works, Graph graph) {
            this.works = works;
            this.graph = graph;
            works.forEach(w -> w.outputs().forEach(t -> maker.put(t, w)));
            works.forEach(w -> before.put(w, new ArrayList<>(w.reads().keySet().stream()
                    .map(maker::get).filter(x -> x != null).distinct().toList())));
        }

        void updates() {
            for (Graph.Update u : graph.updates()) {
                Work writer = maker.get(u.value());
                List<Work> readers = works.stream().filter(w -> w != writer && w.reads().keySet().stream().anyMatch(t -> isRead(t, u.variable()))).toList();
                boolean clean = !inPlace.containsKey(u.value())
                        && writer.reads().keySet().stream().noneMatch(t -> isRead(t, u.variable()) && writer.scatters(t))
                        && readers.stream().noneMatch(r -> reaches(writer, r));
                if (clean) {
                    inPlace.put(u.value(), u.variable());
                    before.get(writer).addAll(readers);
                } else {
                    copies.add(u);
                }
            }
        }

        private static boolean isRead(Tensor t, Variable v) {
            return t.op() instanceof Op.Read(Variable of) && of == v;
        }

        /** Whether {@code to} has to come after {@code from}. */
        private boolean reaches(Work from, Work to) {
            Set<Work> seen = new LinkedHashSet<>();
            var open = new ArrayDeque<Work>(List.of(to));
            while (!open.isEmpty()) {
                Work w = open.pop();
                if (w == from) {
                    return true;
                }
                if (seen.add(w)) {
                    open.addAll(before.get(w));
                }
            }
            return false;
        }

        void assign(List<Work> order) {
            Map<Tensor, Integer> lastUse = new LinkedHashMap<>();
            for (int i = 0; i < order.size(); i++) {
                for (Tensor t : order.get(i).reads().keySet()) {
                    lastUse.put(t, i);
                }
            }
            graph.results().forEach(t -> lastUse.put(t, Integer.MAX_VALUE));
            List<Integer> free = new ArrayList<>();
            Map<Integer, List<Integer>> freedAfter = new HashMap<>();
            for (int i = 0; i < order.size(); i++) {
                Work w = order.get(i);
                for (Tensor out : w.outputs()) {
                    if (inPlace.containsKey(out)) {
                        continue;
                    }
                    int step = i;
                    Integer slot = w.reads().entrySet().stream()
                            .filter(e -> e.getValue() && slots.containsKey(e.getKey()) && lastUse.get(e.getKey()) == step
                                    && e.getKey().dtype().bytes() == out.dtype().bytes() && bytes(e.getKey()) == bytes(out))
                            .map(e -> slots.get(e.getKey()))
                            .filter(s -> freedAfter.getOrDefault(step, List.of()).contains(s)).findFirst().orElse(null);
                    if (slot != null) {
                        freedAfter.get(step).remove(slot);
                    } else {
                        slot = take(free, bytes(out));
                    }
                    slots.put(out, slot);
                    freedAfter.computeIfAbsent(lastUse.getOrDefault(out, i), x -> new ArrayList<>()).add(slot);
                }
                free.addAll(freedAfter.getOrDefault(i, List.of()));
            }
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
