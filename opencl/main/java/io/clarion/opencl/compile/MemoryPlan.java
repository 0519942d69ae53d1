package io.clarion.opencl.compile;

import io.clarion.graph.TopologicalOrder;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Program;
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
 * @param order   the kernels; one that overwrites a variable comes after all that read its old value
 * @param slots   for each output that is not in place, the number of its slot
 * @param bytes   the size of each slot
 * @param inPlace outputs written straight into their variables
 * @param copies  outputs that are copied into their variables once all kernels are done
 */
record MemoryPlan(List<Node> order, Map<Buffer, Integer> slots, List<Long> bytes, Map<Buffer, Variable> inPlace,
        List<Program.Update> copies) {

    static MemoryPlan of(Program program) {
        var planner = new Planner(program);
        planner.updates();
        List<Node> order = TopologicalOrder.of(program.nodes(), planner.before::get);
        planner.keep(order.stream().filter(node -> node instanceof Kernel kernel && kernel.isInvariant()).toList());
        planner.assign(order, program.results(), new ArrayList<>());
        return new MemoryPlan(order, planner.slots, planner.bytes, planner.inPlace, planner.copies);
    }

    /** The state while a plan is made. */
    private static final class Planner {
        private final List<Node> nodes;
        private final Program program;
        private final Map<Buffer, Node> maker = new LinkedHashMap<>();
        private final Map<Node, List<Node>> before = new IdentityHashMap<>();
        private final Map<Buffer, Variable> inPlace = new LinkedHashMap<>();
        private final List<Program.Update> copies = new ArrayList<>();
        private final Map<Buffer, Integer> slots = new LinkedHashMap<>();
        private final List<Long> bytes = new ArrayList<>();

        Planner(Program program) {
            this.nodes = program.nodes();
            this.program = program;
            nodes.forEach(w -> w.outputs().forEach(t -> maker.put(t, w)));
            nodes.forEach(w -> before.put(w, new ArrayList<>(w.reads().keySet().stream()
                    .map(maker::get).filter(x -> x != null && x != w).distinct().toList())));
        }

        void updates() {
            for (Program.Update u : program.updates()) {
                Node writer = maker.get(u.value());
                List<Node> readers = nodes.stream().filter(
                        w -> w != writer && w.reads().keySet().stream().anyMatch(t -> t.isContentOf(u.variable())))
                        .toList();
                boolean clean = !inPlace.containsKey(u.value())
                        && writer.reads().keySet().stream()
                                .noneMatch(t -> t.isContentOf(u.variable()) && !writer.reads().get(t))
                        && readers.stream().noneMatch(r -> reaches(writer, r));
                if (clean) {
                    inPlace.put(u.value(), u.variable());
                    before.get(writer).addAll(readers);
                } else {
                    copies.add(u);
                }
            }
        }

        /** Returns whether {@code to} has to come after {@code from}. */
        private boolean reaches(Node from, Node to) {
            Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            var open = new ArrayDeque<Node>(List.of(to));
            while (!open.isEmpty()) {
                Node w = open.pop();
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
        void keep(List<Node> lasting) {
            lasting.forEach(node -> node.outputs().forEach(t -> {
                slots.put(t, bytes.size());
                bytes.add(t.bytes());
            }));
        }

        /**
         * Gives the outputs of a region slots, from {@code free} ones where they fit; all but those of {@code kept} are
         * free in the end.
         */
        void assign(List<Node> order, List<Buffer> kept, List<Integer> free) {
            Map<Buffer, Integer> lastUse = new LinkedHashMap<>();
            for (int i = 0; i < order.size(); i++) {
                for (Buffer t : order.get(i).reads().keySet()) {
                    lastUse.put(t, i);
                }
                for (Buffer t : order.get(i).outputs()) {
                    lastUse.put(t.home(), i);
                }
            }
            kept.forEach(t -> lastUse.put(t, Integer.MAX_VALUE));
            Map<Integer, List<Integer>> freedAfter = new HashMap<>();
            for (int i = 0; i < order.size(); i++) {
                Node node = order.get(i);
                for (Buffer made : node.outputs()) {
                    Buffer out = made.home();
                    if (inPlace.containsKey(out) || slots.containsKey(out)) {
                        continue;
                    }
                    Integer slot = takenOver(node, out, i, lastUse, freedAfter);
                    slots.put(out, slot != null ? slot : take(free, out.bytes()));
                    freedAfter.computeIfAbsent(lastUse.get(out), x -> new ArrayList<>()).add(slots.get(out));
                }
                if (node instanceof Node.Control control) {
                    control.regions().forEach(region -> assign(region, List.of(), free));
                }
                free.addAll(freedAfter.getOrDefault(i, List.of()));
            }
        }

        /**
         * Returns the slot of a tensor of the same size that {@code node} reads at the same place, as the last to do
         * so; null if there is none.
         */
        private Integer takenOver(Node node, Buffer out, int step, Map<Buffer, Integer> lastUse,
                Map<Integer, List<Integer>> freedAfter) {
            Integer slot = node.reads().entrySet().stream()
                    .filter(e -> e.getValue() && slots.containsKey(e.getKey()) && lastUse.get(e.getKey()) == step
                            && e.getKey().dtype().bytes() == out.dtype().bytes() && e.getKey().bytes() == out.bytes())
                    .map(e -> slots.get(e.getKey()))
                    .filter(s -> freedAfter.getOrDefault(step, List.of()).contains(s)).findFirst().orElse(null);
            if (slot != null) {
                freedAfter.get(step).remove(slot);
            }
            return slot;
        }

        /** Returns the smallest free slot that is large enough, else the largest, grown, else a new one. */
        private int take(List<Integer> free, long wanted) {
            Integer best = free.stream().filter(s -> bytes.get(s) >= wanted)
                    .min(java.util.Comparator.comparing(bytes::get))
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
