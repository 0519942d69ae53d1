package io.clarion.runtime;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Surfacing.Bounded;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The indices that a call may use: those that it is given are checked before it, all others by the call itself, whose
 * updates keep the old values where one is outside. So a call that is refused has changed nothing, and nobody waits for
 * a check in the middle of a call.
 *
 * @param ofInputs checks of placeholders, each with the place of its placeholder
 * @param computed all others
 */
record IndexChecks(List<OfInput> ofInputs, List<Bounded> computed) {
    private record OfInput(int place, Op.Within within) {}

    static IndexChecks of(List<Bounded> bounded, List<Tensor> placeholders) {
        var checks = new IndexChecks(new ArrayList<>(), new ArrayList<>());
        for (Bounded b : bounded) {
            int place = placeholders.indexOf(b.source());
            if (place >= 0) {
                checks.ofInputs.add(new OfInput(place, b.within()));
            } else {
                checks.computed.add(b);
            }
        }
        return checks;
    }

    /**
     * Returns the graph with the worst index of each check as a further output, and updates that need all of them to be
     * inside.
     */
    Graph guarded(Graph graph) {
        if (computed.isEmpty()) {
            return graph;
        }
        List<Tensor> worst = computed.stream().map(b -> greatest(b.outside())).toList();
        var outputs = new ArrayList<>(graph.outputs());
        outputs.addAll(worst);
        Tensor holds = worst.stream().reduce((a, b) -> a.apply(ScalarFn.MAXIMUM, b)).orElseThrow()
                .lessEqual(Tensor.literal(DType.INT32, Surfacing.INSIDE));
        return new Graph(graph.inputs(), outputs, graph.updates().stream().map(u -> guarded(u, holds)).toList(),
                graph.volatileVariables());
    }

    private static Tensor greatest(Tensor x) {
        List<Integer> axes = IntStream.range(0, x.rank()).boxed().toList();
        return axes.isEmpty() ? x : Tensor.of(new Op.Reduce(Op.Reduce.Kind.MAX, axes), x);
    }

    private static Graph.Update guarded(Graph.Update update, Tensor holds) {
        Variable variable = update.variable();
        return new Graph.Update(variable,
                Tensor.map(ScalarFn.SELECT, holds, update.value(), Tensor.of(new Op.Read(variable))));
    }

    void before(Inputs.Given given) {
        for (OfInput check : ofInputs) {
            int size = check.within.size().resolve(given.sizes()).size();
            NDArray indices = given.array(check.place);
            for (int i = 0; i < indices.elements(); i++) {
                check.within.judge().check((int) indices.get(i), size);
            }
        }
    }

    /** Checks what a call has found, the last of its {@code results}. */
    void after(List<NDArray> results, Map<Dim.Symbol, Integer> sizes) {
        int first = results.size() - computed.size();
        for (int i = 0; i < computed.size(); i++) {
            int worst = (int) results.get(first + i).item();
            if (worst != Surfacing.INSIDE) {
                Op.Within within = computed.get(i).within();
                within.judge().check(worst, within.size().resolve(sizes).size());
            }
        }
    }
}
