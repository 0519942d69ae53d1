package io.clarion.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Hoists the random numbers that the branches of a loop's step draw, out of the branches and into the step: what a
 * branch draws is a function of the call alone, and a step is to draw its own ({@link LoopBatching}).
 */
final class HoistRandom {
    private HoistRandom() {}

    /** Returns what a step traced since {@code start} makes, all it draws being drawn outside of branches. */
    static Loops.Traced outside(Loops.Traced traced, long start) {
        Map<Tensor, Tensor> now = new IdentityHashMap<>();
        List<Tensor> all = Stream.of(traced.carried(), traced.outputs(), traced.sums()).flatMap(List::stream).toList();
        for (Tensor t : TopologicalOrder.of(all, x -> x.isSince(start) ? x.inputs() : List.of())) {
            now.put(t, t.isSince(start) ? outside(t, now) : t);
        }
        return new Loops.Traced(traced.carried().stream().map(now::get).toList(),
                traced.outputs().stream().map(now::get).toList(),
                traced.sums().stream().map(now::get).toList());
    }

    private static Tensor outside(Tensor t, Map<Tensor, Tensor> now) {
        Tensor made = t.with(t.inputs().stream().map(now::get).toList());
        return t.op() instanceof Bundle.Branch branch ? opened(made, branch) : made;
    }

    /** Returns a branch that is given what its sides drew. */
    private static Tensor opened(Tensor t, Bundle.Branch branch) {
        Body then = outside(branch.then());
        Body otherwise = outside(branch.otherwise());
        List<Tensor> drawn = Stream.of(then, otherwise).flatMap(b -> Graph.tensors(b.results()).stream())
                .filter(x -> x.op() instanceof Op.Random)
                .distinct().toList();
        if (drawn.isEmpty()) {
            return t;
        }
        var inputs = new ArrayList<>(t.inputs());
        inputs.addAll(drawn);
        return Tensor.of(new Bundle.Branch(given(then, drawn), given(otherwise, drawn)), inputs);
    }

    private static Body outside(Body body) {
        Map<Tensor, Tensor> now = new IdentityHashMap<>();
        Graph.tensors(body.results()).forEach(t -> now.put(t, outside(t, now)));
        return new Body(body.parameters(), body.results().stream().map(now::get).toList());
    }

    private static Body given(Body body, List<Tensor> drawn) {
        var parameters = new ArrayList<>(body.parameters());
        Map<Tensor, Tensor> known = new IdentityHashMap<>();
        for (Tensor d : drawn) {
            parameters.add(Tensor.of(new Op.Parameter(d.dtype(), d.shape())));
            known.put(d, parameters.getLast());
        }
        return new Body(parameters, Body.substituted(body.results(), known));
    }
}
