package io.clarion.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fixes a placeholder to a value and takes the branches that this decides: what only their other sides need is gone.
 *
 * <p>Nothing else changes, so that what a graph says of itself ({@link Op.Observed}) stays.
 */
public final class FoldBranches {
    /** The values of the branches that are decided, so that several results of one share what they have in common. */
    private final Map<Tensor, List<Tensor>> taken = new IdentityHashMap<>();

    private FoldBranches() {}

    /**
     * Returns the graph with {@code value}, as a literal, in place of {@code placeholder}, a scalar that is not among
     * its inputs.
     */
    public static Graph of(Graph graph, Tensor placeholder, double value) {
        Tensor literal = Tensor.literal(placeholder.dtype(), value);
        var fold = new FoldBranches();
        Graph folded = graph.rewrite((t, in) -> t == placeholder ? literal : fold.folded(t, in));
        // A body learns what it is given only once its own tensors have been seen.
        while (Graph.allTensors(folded.results()).stream().anyMatch(FoldBranches::isDecided)) {
            folded = folded.rewrite(new FoldBranches()::folded);
        }
        return folded;
    }

    private static boolean isDecided(Tensor t) {
        return t.op() instanceof Bundle.Branch && t.input(0).op() instanceof Op.Literal;
    }

    private Tensor folded(Tensor t, List<Tensor> in) {
        return switch (t.op()) {
            case Op.Result(int number) when isDecided(in.get(0)) ->
                    taken.computeIfAbsent(in.get(0), FoldBranches::values).get(number);
            case Bundle bundle -> t.with(informed(bundle, in), in);
            case Op.Cast cast when in.get(0).op() instanceof Op.Literal -> in.get(0).cast(cast.to());
            case Op.Elementwise(ScalarFn fn) when t.rank() == 0 ->
                    Simplify.computed(t, fn, in).orElseGet(() -> t.with(in));
            default -> t.with(in);
        };
    }

    /** Returns the values of the side that a literal condition chooses. */
    static List<Tensor> values(Tensor branch) {
        boolean holds = ((Op.Literal) branch.input(0).op()).value() != 0;
        Body side = ((Bundle.Branch) branch.op()).bodies().get(holds ? 0 : 1);
        return side.applied(branch.inputs().subList(1, branch.inputs().size()));
    }

    /**
     * Returns the same with literals in its bodies in place of parameters that are one in every step, on either side.
     */
    private static Bundle informed(Bundle bundle, List<Tensor> in) {
        int first = switch (bundle) {
            case Bundle.Loop loop -> loop.carried() + loop.sequences();
            case Bundle.Branch branch -> 1;
        };
        int offset = bundle instanceof Bundle.Branch ? 1 : 0;
        var bodies = new ArrayList<Body>();
        for (Body body : bundle.bodies()) {
            Map<Tensor, Tensor> known = new IdentityHashMap<>();
            for (int i = first; i < in.size(); i++) {
                if (in.get(i).op() instanceof Op.Literal) {
                    known.put(body.parameters().get(i - offset), in.get(i));
                }
            }
            bodies.add(known.isEmpty() ? body : new Body(body.parameters(), Body.substituted(body.results(), known)));
        }
        return bodies.equals(bundle.bodies()) ? bundle : bundle.with(bodies);
    }
}
