package io.clarion.opencl.compile.fuse;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.TopologicalOrder;
import io.clarion.opencl.compile.lower.MatchProducts;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.ContractionLoops;
import io.clarion.opencl.compile.program.Dataflow;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Kernel;
import io.clarion.opencl.compile.program.Node;
import io.clarion.opencl.compile.program.Operation.Compute;
import io.clarion.opencl.compile.program.Operation.Control;
import io.clarion.opencl.compile.program.Operation.Filled;
import io.clarion.opencl.compile.program.Operation.Load;
import io.clarion.opencl.compile.program.Operation.Product;
import io.clarion.opencl.compile.program.Operation.Store;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Program;
import io.clarion.opencl.compile.program.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Divides exprs into kernels.
 *
 * <p>First it decides which exprs get buffers ("roots"): results, accumulations, and what is worth keeping because
 * several kernels want it. All else is computed where it is read. Then kernels without an accumulation are merged into
 * one that makes what they read at the same place, so that bias, activation and update ride in the kernel that makes
 * their input; a root that only its own kernel reads needs no buffer after all.
 */
public final class Fusion {
    /** Operations that may be computed again rather than stored. */
    private static final int TRIVIAL = 4;

    private final Buffers buffers;
    private final List<Expr> order;
    /** Exprs that the region around stores. */
    private final Set<Expr> outer;
    private final Set<Expr> results = new LinkedHashSet<>();
    private final Set<Expr> roots = new LinkedHashSet<>();
    /** Operands that products read from buffers. */
    private final Set<Expr> panels;
    private final Map<Expr, List<Expr>> consumers = new LinkedHashMap<>();
    private final Map<Expr, Boolean> rides = new LinkedHashMap<>();

    /**
     * Makes the fusion of a region, all that is launched in one turn: the flow around all controls, or a region of one.
     */
    private Fusion(List<Expr> wanted, Set<Expr> outer, Set<Expr> panels, Buffers buffers) {
        this.panels = panels;
        this.buffers = buffers;
        this.outer = outer;
        this.results.addAll(wanted);
        this.order = TopologicalOrder.of(wanted, e -> outer.contains(e) ? List.of() : e.inputs());
        for (Expr e : order) {
            if (!outer.contains(e)) {
                e.inputs().forEach(in -> consumers.computeIfAbsent(in, x -> new ArrayList<>()).add(e));
                if (e.op() instanceof Control control) {
                    results.addAll(e.inputs().subList(0, control.first()));
                }
            }
        }
    }

    /** The buffers of exprs that have one, and the loads that take their place in kernels. */
    private static final class Buffers {
        private final Map<Expr, Buffer> made = new HashMap<>();
        private final Map<Buffer, Expr> loads = new HashMap<>();

        public Buffer of(Expr e) {
            return switch (e.op()) {
                case Load(Buffer b) -> b;
                case Store(Buffer b) -> b;
                case Filled(Buffer b) -> b;
                case Operation other -> made.computeIfAbsent(e, Buffer::scratch);
            };
        }

        Expr load(Expr e) {
            return e.op() instanceof Load ? e : loads.computeIfAbsent(of(e), Expr::load);
        }
    }

    public static Program of(Dataflow flow) {
        var buffers = new Buffers();
        List<Node> nodes = nodes(flow.results(), Set.of(), MatchProducts.operands(flow.results()), buffers);
        return new Program(nodes, flow.outputs().stream().map(buffers::of).toList(),
                flow.updates().stream().map(u -> new Program.Update(u.variable(), buffers.of(u.value()))).toList());
    }

    /** Returns the nodes of a region, each after those whose outputs it reads. */
    private static List<Node> nodes(List<Expr> wanted, Set<Expr> outer, Set<Expr> panels, Buffers buffers) {
        Fusion fusion = new Fusion(wanted, outer, panels, buffers);
        fusion.chooseRoots();
        return fusion.merged();
    }

    // Roots.

    private void chooseRoots() {
        order.stream().filter(panels::contains).forEach(roots::add);
        for (Expr e : order) {
            if (outer.contains(e) || isBuffered(e) || e.op() instanceof Control) {
                continue;
            }
            if (results.contains(e) || e.op().accumulates() || roots.contains(e)
                    || !isView(e) && (rides(e) || !isTrivial(e)) && isWorthKeeping(e)) {
                roots.add(e);
            }
        }
        roots.removeIf(e -> isBuffered(e) || outer.contains(e));
    }

    private static boolean isView(Expr e) {
        return e.op() instanceof Compute(Op.View v);
    }

    private static boolean isBuffered(Expr e) {
        return e.op() instanceof Load || e.op() instanceof Filled;
    }

    private boolean isStored(Expr e) {
        return isBuffered(e) || outer.contains(e) || roots.contains(e);
    }

    /**
     * Returns whether more than one kernel's element, or one kernel more than once, would compute each element of
     * {@code e}.
     */
    private boolean isWorthKeeping(Expr e) {
        Set<Expr> readers = new HashSet<>();
        return isReadOften(e, readers) || readers.size() > 1;
    }

    private boolean isReadOften(Expr e, Set<Expr> readers) {
        for (Expr c : consumers.getOrDefault(e, List.of())) {
            if (c.op() instanceof Compute(Op.View(Movement m))) {
                if (m instanceof Movement.Broadcast || m instanceof Movement.Windows || isReadOften(c, readers)) {
                    return true;
                }
            } else {
                readers.add(c);
                if (c.op() instanceof Control || c.op() instanceof Compute(Op.Gather g)
                        || c.op().accumulates() && reuse(c, e) > 1.5) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns whether {@code e} could ride in the kernel of an accumulation. */
    private boolean rides(Expr e) {
        Boolean known = rides.get(e);
        if (known == null) {
            known = e.op().keepsPlace() && e.inputs().stream().anyMatch(in -> in.op().accumulates() || rides(in));
            rides.put(e, known);
        }
        return known;
    }

    private static double reuse(Expr accumulation, Expr operand) {
        double points = switch (accumulation.op()) {
            case Compute(Op.Contract(var c)) -> ContractionLoops.of(c).terms(c) * accumulation.elements();
            case Product(Tile tile) -> tile.plan().terms(tile.contraction()) * accumulation.elements();
            default -> operand.elements();
        };
        return points / Math.max(1, operand.elements());
    }

    private boolean isTrivial(Expr e) {
        return cost(e) <= TRIVIAL;
    }

    private int cost(Expr e) {
        if (isStored(e)) {
            return 0;
        }
        int cost = switch (e.op()) {
            case Compute(Op.Literal l) -> 0;
            case Compute(Op.Iota i) -> 0;
            case Compute(Op.Size s) -> 0;
            case Compute(Op.Elementwise(ScalarFn fn)) -> fn.price() == ScalarFn.Price.CHEAP ? 1 : 100;
            case Compute(Op.Cast c) -> 1;
            case Compute(Op.View v) -> 0;
            case Compute(Op.Alias a) -> 0;
            case Store s -> 0;
            case Operation.Element at -> 0;
            default -> 100;
        };
        for (Expr in : e.inputs()) {
            cost += cost > TRIVIAL ? 0 : cost(in);
        }
        return cost;
    }

    // Kernels.

    /** A kernel that may still grow, or control flow. */
    private final class Group {
        private final Expr accumulation;
        private final Node.Control control;
        private final List<Expr> members = new ArrayList<>();
        private final Map<Buffer, Boolean> reads;

        Group(Expr root) {
            accumulation = root.op().accumulates() ? root : null;
            control = null;
            members.add(root);
            reads = new Reads().of(root);
        }

        Group(Expr e, Control op) {
            accumulation = null;
            control = control(e, op);
            reads = control.reads();
            op.buffers().forEach(reads::remove);
        }

        List<Buffer> made() {
            return control != null ? control.outputs() : members.stream().map(buffers::of).toList();
        }

        void take(Group other) {
            members.addAll(other.members);
            other.reads.forEach((b, inPlace) -> reads.merge(b, inPlace, Boolean::logicalAnd));
            made().forEach(reads::remove);
        }
    }

    private Node.Control control(Expr e, Control op) {
        Set<Expr> stored = new HashSet<>(outer);
        order.stream().filter(this::isStored).forEach(stored::add);
        List<List<Node>> regions = op.regions().stream().map(region -> nodes(region, stored, panels, buffers)).toList();
        List<Buffer> first = e.inputs().subList(0, op.first()).stream().map(buffers::of).toList();
        return switch (op) {
            case Operation.Repeat r ->
                    new Node.Repeat(r.depth(), r.steps(), r.reversed(), first, r.buffers(), regions.get(0));
            case Operation.Choose c -> new Node.Choose(first.get(0), c.buffers(), regions.get(0), regions.get(1));
            case Operation.Sort s -> new Node.Sort(first.get(0), s.rows(), s.starts(), s.order());
        };
    }

    /** Collects the buffers that a root reads, down to stored exprs. */
    private final class Reads {
        private final Map<Buffer, Boolean> reads = new LinkedHashMap<>();
        private final Map<Expr, Boolean> seen = new HashMap<>();

        public Map<Buffer, Boolean> of(Expr root) {
            inner(root, true);
            return reads;
        }

        private void visit(Expr e, boolean inPlace) {
            if (isStored(e)) {
                reads.merge(buffers.of(e), inPlace, Boolean::logicalAnd);
            } else {
                inner(e, inPlace);
            }
        }

        private void inner(Expr e, boolean inPlace) {
            Boolean before = seen.get(e);
            if (before != null && (!before || inPlace)) {
                return;
            }
            seen.put(e, inPlace);
            boolean keeps = inPlace && e.op().keepsPlace();
            e.inputs().forEach(in -> visit(in, keeps));
        }
    }

    private List<Node> merged() {
        Map<Buffer, Group> maker = new LinkedHashMap<>();
        var groups = new ArrayList<Group>();
        for (Expr e : order) {
            if (outer.contains(e)) {
                continue;
            }
            Group group = e.op() instanceof Control op ? new Group(e, op) : roots.contains(e) ? new Group(e) : null;
            if (group == null) {
                continue;
            }
            Group host = group.control == null && group.accumulation == null ? host(group, maker) : null;
            if (host != null) {
                host.take(group);
                group = host;
            } else {
                groups.add(group);
            }
            for (Buffer b : group.made()) {
                maker.put(b, group);
            }
        }
        return TopologicalOrder
                .of(groups, g -> g.reads.keySet().stream().map(maker::get).filter(x -> x != null && x != g).toList())
                .stream()
                .map(g -> node(g, groups)).toList();
    }

    /**
     * Returns the kernel into which {@code group} can merge: it makes what the group reads, at the same place and no
     * later.
     */
    private Group host(Group group, Map<Buffer, Group> maker) {
        Expr root = group.members.get(0);
        Group best = null;
        for (Buffer read : group.reads.keySet()) {
            Group candidate = maker.get(read);
            if (candidate != null && candidate.control == null && candidate != best
                    && candidate.members.get(0).elements() == root.elements()
                    && candidate.made().stream().allMatch(m -> group.reads.getOrDefault(m, true))
                    && group.reads.keySet().stream().map(maker::get)
                            .noneMatch(other -> other != null && other != candidate
                                    && reaches(candidate, other, maker, new HashSet<>()))) {
                best = best == null || best.accumulation == null ? candidate : best;
            }
        }
        return best;
    }

    /** Returns whether {@code to} needs what {@code from} makes. */
    private static boolean reaches(Group from, Group to, Map<Buffer, Group> maker, Set<Group> seen) {
        for (Buffer read : to.reads.keySet()) {
            Group before = maker.get(read);
            if (before != null && before != to && seen.add(before)
                    && (before == from || reaches(from, before, maker, seen))) {
                return true;
            }
        }
        return false;
    }

    private Node node(Group g, List<Group> all) {
        if (g.control != null) {
            return g.control;
        }
        List<Expr> outputs = g.members.stream().filter(m -> results.contains(m)
                || all.stream().anyMatch(other -> other != g && other.reads.containsKey(buffers.of(m)))).toList();
        Map<Expr, Expr> loaded = new HashMap<>();
        List<Expr> values = outputs.stream().map(e -> e.op() instanceof Store ? e.input(0) : e).toList();
        for (Expr e : TopologicalOrder.of(values, x -> isRead(x, g) ? List.of() : x.inputs())) {
            loaded.put(e, isRead(e, g) ? buffers.load(e) : e.with(e.inputs().stream().map(loaded::get).toList()));
        }
        List<Kernel.Store> stores = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            stores.add(new Kernel.Store(buffers.of(outputs.get(i)), loaded.get(values.get(i))));
        }
        boolean isInvariant = outputs.stream().allMatch(e -> panels.contains(e) && MatchProducts.isInvariant(e));
        return new Kernel(loaded.get(g.accumulation), stores, g.reads, isInvariant);
    }

    private boolean isRead(Expr e, Group g) {
        return isStored(e) && g.reads.containsKey(buffers.of(e));
    }
}
