package io.clarion.opencl.compile;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Divides a graph into kernels.
 *
 * <p>First it decides which tensors get buffers ("roots"): results, accumulations, and what is worth keeping because
 * several kernels want it. All else is computed where it is read. Then kernels without an accumulation are merged into
 * one that makes what they read at the same place, so that bias, activation and update ride in the kernel that makes
 * their input; a root that only its own kernel reads needs no buffer after all.
 */
final class Fusion {
    private static final Set<ScalarFn> CHEAP = EnumSet.of(ScalarFn.NEG, ScalarFn.ABS, ScalarFn.RELU, ScalarFn.ADD,
            ScalarFn.SUB, ScalarFn.MUL, ScalarFn.MAXIMUM, ScalarFn.MINIMUM, ScalarFn.EQUAL, ScalarFn.NOT_EQUAL, ScalarFn.GREATER,
            ScalarFn.GREATER_EQUAL, ScalarFn.LESS, ScalarFn.LESS_EQUAL, ScalarFn.AND, ScalarFn.OR, ScalarFn.NOT, ScalarFn.SELECT);
    /** Operations that may be computed again rather than stored. */
    private static final int TRIVIAL = 4;

    private final Lowering lowering;
    private final List<Tensor> order;
    /** What the region around stores. */
    private final Set<Tensor> outer;
    private final Set<Tensor> results = identity();
    private final Set<Tensor> roots = identity();
    private final Set<Nest> nests = new LinkedHashSet<>();
    private final Map<Tensor, List<Tensor>> consumers = new LinkedHashMap<>();

    private final Map<Tensor, Boolean> rides = new LinkedHashMap<>();

    /** For a region, all that is launched in one turn: the graph around all nests, or a part of a nest. */
    private Fusion(Lowering lowering, List<Tensor> wanted, Set<Tensor> outer) {
        this.lowering = lowering;
        this.outer = outer;
        this.results.addAll(wanted);
        this.order = TopologicalOrder.of(wanted, t -> outer.contains(t) ? List.of() : lowering.inputs(t));
        for (Tensor t : order) {
            if (!outer.contains(t)) {
                lowering.inputs(t).forEach(in -> consumers.computeIfAbsent(in, x -> new ArrayList<>()).add(t));
                if (lowering.nests().makers().get(t) instanceof Nest nest && nests.add(nest)) {
                    results.addAll(nest.first());
                }
            }
        }
    }

    /** The kernels and nests, each after those whose outputs it reads. */
    static List<Item> of(Lowering lowering) {
        return of(lowering, lowering.graph().results(), Set.of());
    }

    private static List<Item> of(Lowering lowering, List<Tensor> wanted, Set<Tensor> outer) {
        Fusion fusion = new Fusion(lowering, wanted, outer);
        fusion.chooseRoots();
        return fusion.merged();
    }

    static boolean isBuffered(Tensor t) {
        return t.op() instanceof Op.Placeholder || t.op() instanceof Op.Read || t.op() instanceof Op.Constant;
    }

    private static Set<Tensor> identity() {
        return new LinkedHashSet<>();
    }

    // Roots.

    private void chooseRoots() {
        lowering.tiles().values().stream().map(Tile::b).filter(Set.copyOf(order)::contains).forEach(roots::add);
        for (Tensor t : order) {
            if (outer.contains(t)) {
                continue;
            }
            if (isBuffered(t)) {
                if (results.contains(t)) {
                    roots.add(t);
                }
            } else if (results.contains(t) || Work.accumulates(t) || roots.contains(t)) {
                roots.add(t);
            } else if (!(t.op() instanceof Op.View) && (rides(t) || !isTrivial(t)) && isWorthKeeping(t)) {
                roots.add(t);
            }
        }
        roots.removeIf(t -> isBuffered(t) || outer.contains(t));
    }

    private boolean isStored(Tensor t) {
        return isBuffered(t) || outer.contains(t) || roots.contains(t);
    }

    /** Whether more than one kernel's element, or one kernel more than once, would compute each element of {@code t}. */
    private boolean isWorthKeeping(Tensor t) {
        Set<Tensor> readers = identity();
        return isReadOften(t, readers) || readers.size() > 1;
    }

    private boolean isReadOften(Tensor t, Set<Tensor> readers) {
        for (Tensor c : consumers.getOrDefault(t, List.of())) {
            if (c.op() instanceof Op.View(Movement m)) {
                if (m instanceof Movement.Broadcast || m instanceof Movement.Windows || isReadOften(c, readers)) {
                    return true;
                }
            } else {
                readers.add(c);
                if (lowering.nests().makers().containsKey(c)) {
                    return true;
                }
                if (Work.accumulates(c) && reuse(c, t) > 1.5 || c.op() instanceof Op.Gather) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether {@code t} could ride in the kernel of an accumulation. */
    private boolean rides(Tensor t) {
        Boolean known = rides.get(t);
        if (known == null) {
            known = Work.keepsPlace(t) && lowering.inputs(t).stream().anyMatch(in -> Work.accumulates(in) || rides(in));
            rides.put(t, known);
        }
        return known;
    }

    private static double reuse(Tensor accumulation, Tensor operand) {
        double points = switch (accumulation.op()) {
            case Op.Contract(var c) -> Plan.of(c).terms(c) * accumulation.shape().elements();
            default -> operand.shape().elements();
        };
        return points / Math.max(1, operand.shape().elements());
    }

    private boolean isTrivial(Tensor t) {
        return cost(t) <= TRIVIAL;
    }

    private int cost(Tensor t) {
        if (isStored(t) || t.op() instanceof Op.Literal || t.op() instanceof Op.Iota || t.op() instanceof Op.Size) {
            return 0;
        }
        int cost = switch (t.op()) {
            case Op.Elementwise(ScalarFn fn) -> CHEAP.contains(fn) ? 1 : 100;
            case Op.Cast c -> 1;
            case Op.View v -> 0;
            case Op.Alias a -> 0;
            case Op.Parameter p -> 0;
            default -> 100;
        };
        for (Tensor in : t.op() instanceof Op.Parameter ? lowering.inputs(t) : t.inputs()) {
            cost += cost > TRIVIAL ? 0 : cost(in);
        }
        return cost;
    }

    // Kernels.

    /** A kernel that may still grow, or a nest. */
    private final class Group {
        private final Tensor accumulation;
        private final Item.Nested nested;
        private final List<Tensor> members = new ArrayList<>();
        private final Map<Tensor, Boolean> reads;

        Group(Tensor root) {
            accumulation = Work.accumulates(root) ? root : null;
            nested = null;
            members.add(root);
            reads = Work.reads(List.of(root), lowering, Fusion.this::isStored);
        }

        Group(Nest nest) {
            accumulation = null;
            Set<Tensor> stored = identity();
            stored.addAll(outer);
            stored.addAll(nest.buffers());
            order.stream().filter(Fusion.this::isStored).forEach(stored::add);
            nested = new Item.Nested(nest, nest.parts().stream().map(part -> of(lowering, part, stored)).toList());
            members.addAll(nest.buffers());
            reads = nested.reads();
            nest.buffers().forEach(reads::remove);
        }

        void take(Group other) {
            members.addAll(other.members);
            other.reads.forEach((t, inPlace) -> reads.merge(t, inPlace, Boolean::logicalAnd));
            members.forEach(reads::remove);
        }
    }

    private List<Item> merged() {
        Map<Tensor, Group> maker = new LinkedHashMap<>();
        var groups = new ArrayList<Group>();
        for (Tensor t : order) {
            if (outer.contains(t)) {
                continue;
            }
            if (lowering.nests().makers().get(t) instanceof Nest nest && !maker.containsKey(t)) {
                Group group = new Group(nest);
                groups.add(group);
                nest.buffers().forEach(b -> maker.put(b, group));
            } else if (roots.contains(t)) {
                Group group = new Group(t);
                Group host = group.accumulation == null ? host(group, maker) : null;
                if (host != null) {
                    host.take(group);
                    group = host;
                } else {
                    groups.add(group);
                }
                maker.put(t, group);
            }
        }
        return TopologicalOrder.of(groups, g -> g.reads.keySet().stream().map(maker::get).filter(x -> x != null && x != g).toList()).stream()
                .map(g -> item(g, groups)).toList();
    }

    /** The kernel into which {@code group} can merge: it makes what the group reads, at the same place and no later. */
    private Group host(Group group, Map<Tensor, Group> maker) {
        Tensor root = group.members.get(0);
        Group best = null;
        for (Tensor read : group.reads.keySet()) {
            Group candidate = maker.get(read);
            if (candidate != null && candidate.nested == null && candidate != best && candidate.members.get(0).shape().elements() == root.shape().elements()
                    && candidate.members.stream().allMatch(m -> group.reads.getOrDefault(m, true))
                    && group.reads.keySet().stream().map(maker::get)
                            .noneMatch(other -> other != null && other != candidate && reaches(candidate, other, maker, new HashSet<>()))) {
                best = best == null || best.accumulation == null ? candidate : best;
            }
        }
        return best;
    }

    /** Whether {@code to} needs what {@code from} makes. */
    private static boolean reaches(Group from, Group to, Map<Tensor, Group> maker, Set<Group> seen) {
        for (Tensor read : to.reads.keySet()) {
            Group before = maker.get(read);
            if (before != null && before != to && seen.add(before) && (before == from || reaches(from, before, maker, seen))) {
                return true;
            }
        }
        return false;
    }

    private Item item(Group g, List<Group> all) {
        if (g.nested != null) {
            return g.nested;
        }
        List<Tensor> outputs = g.members.stream().filter(m -> results.contains(m)
                || all.stream().anyMatch(other -> other != g && other.reads.containsKey(m))).toList();
        return new Work(g.accumulation, outputs, g.reads);
    }
}
