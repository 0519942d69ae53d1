package io.clarion.opencl.compile.lower;

import io.clarion.graph.Contraction;
import io.clarion.graph.Op;
import io.clarion.graph.TopologicalOrder;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Counters;
import io.clarion.opencl.compile.program.Dataflow;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Operation.Compute;
import io.clarion.opencl.compile.program.Operation.Control;
import io.clarion.opencl.compile.program.Operation.Product;
import io.clarion.opencl.compile.program.Operation.Repeat;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.opencl.compile.program.Tile;
import io.clarion.opencl.compile.strategy.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Turns the contractions that are products of matrices into {@link Product}s, whose second operands are panels; those
 * that are the same in all steps of a loop are made before it.
 */
public final class MatchProducts {
    private final Strategy strategy;
    /** The new exprs by the old ones. */
    private final Map<Expr, Expr> now = new HashMap<>();
    /** By the depth of a loop whether exprs change from step to step of it. */
    private final Map<Integer, Map<Expr, Boolean>> moving = new HashMap<>();

    private MatchProducts(Strategy strategy) {
        this.strategy = strategy;
    }

    public static Dataflow of(Dataflow flow, Strategy strategy) {
        var pass = new MatchProducts(strategy);
        pass.match(flow.results(), MatchProducts::isInvariant);
        return new Dataflow(flow.outputs().stream().map(pass.now::get).toList(),
                flow.updates().stream().map(u -> new Dataflow.Update(u.variable(), pass.now.get(u.value()))).toList());
    }

    /**
     * Matches what a region's results need.
     *
     * @param again whether panels of an expr are made more seldom than they are read
     */
    private void match(List<Expr> results, Predicate<Expr> again) {
        for (Expr e : TopologicalOrder.of(results, x -> now.containsKey(x) ? List.of() : x.inputs())) {
            if (now.containsKey(e)) {
                continue;
            }
            List<Expr> in = e.inputs().stream().map(now::get).toList();
            now.put(e, switch (e.op()) {
                case Compute(Op.Contract(Contraction c)) ->
                        ProductMatch.of(e, c, in, strategy, i -> again.test(e.input(i))).orElseGet(() -> e.with(in));
                case Repeat repeat -> repeated(repeat, e, in);
                case Operation.Choose choose -> {
                    choose.regions().forEach(region -> match(region, again));
                    List<List<Expr>> sides = choose.regions().stream().map(this::mapped).toList();
                    yield new Expr(new Operation.Choose(sides.get(0), sides.get(1), choose.buffers()), in, e.dtype(),
                            e.shape());
                }
                case Operation other -> e.with(in);
            });
        }
    }

    private List<Expr> mapped(List<Expr> exprs) {
        return exprs.stream().map(now::get).toList();
    }

    /** Returns a loop that has the panels that are the same in all its steps made before it. */
    private Expr repeated(Repeat repeat, Expr e, List<Expr> in) {
        match(repeat.results(), x -> !isMoving(x, repeat.depth()));
        List<Expr> results = mapped(repeat.results());
        var inputs = new ArrayList<>(in);
        panels(results).stream().filter(p -> !isMoving(p, repeat.depth()) && !inputs.contains(p)).forEach(inputs::add);
        return new Expr(new Repeat(repeat.depth(), repeat.steps(), repeat.reversed(), repeat.first(), results,
                repeat.buffers()), inputs, e.dtype(), e.shape());
    }

    /** Returns the panels that exprs read, or have made before loops among them. */
    private static Set<Expr> panels(List<Expr> results) {
        Set<Expr> panels = new LinkedHashSet<>();
        for (Expr e : TopologicalOrder.of(results, Expr::inputs)) {
            if (e.op() instanceof Product(Tile tile) && tile.packed()) {
                panels.add(e.input(1));
            }
            if (e.op() instanceof Control control) {
                Set<Expr> inner = new LinkedHashSet<>();
                control.regions().forEach(region -> inner.addAll(operands(region)));
                e.inputs().stream().skip(control.first()).filter(inner::contains).forEach(panels::add);
            }
        }
        return panels;
    }

    /** Returns the second operands of all products that exprs need, those in regions included. */
    public static Set<Expr> operands(List<Expr> results) {
        Set<Expr> operands = new LinkedHashSet<>();
        for (Expr e : TopologicalOrder.of(results, Expr::inputs)) {
            if (e.op() instanceof Product) {
                operands.add(e.input(1));
            } else if (e.op() instanceof Control control) {
                control.regions().forEach(region -> operands.addAll(operands(region)));
            }
        }
        return operands;
    }

    /** Returns whether an expr changes from step to step of the loop at {@code depth}, in whose body it is. */
    private boolean isMoving(Expr e, int depth) {
        Map<Expr, Boolean> known = moving.computeIfAbsent(depth, d -> new HashMap<>());
        for (Expr x : TopologicalOrder.of(List.of(e), x -> known.containsKey(x) ? List.of() : x.inputs())) {
            known.computeIfAbsent(x, y -> y.op() instanceof Operation.Element(Index at) && Counters.isOf(at, depth)
                    || y.inputs().stream().anyMatch(known::get));
        }
        return known.get(e);
    }

    /**
     * Returns whether most calls find of an expr what the call before found: it is made of constants and of variables
     * that are not volatile.
     */
    public static boolean isInvariant(Expr e) {
        return switch (e.op()) {
            case Operation.Load(Buffer b) -> switch (b.source()) {
                case Buffer.Source.Content(var variable, boolean isVolatile) -> !isVolatile;
                case Buffer.Source.Fixed f -> true;
                case Buffer.Source.Input i -> false;
                case Buffer.Source.Scratch s -> false;
                case Buffer.Source.Slice s -> false;
            };
            case Compute(Op.Literal l) -> true;
            case Compute(Op.View v) -> isInvariant(e.input(0));
            case Compute(Op.Cast c) -> isInvariant(e.input(0));
            default -> false;
        };
    }
}
