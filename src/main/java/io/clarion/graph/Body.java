package io.clarion.graph;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a graph with parameters of its own: what a loop repeats, or a side of a branch. It needs nothing from
 * outside but constants, so that the loop or branch around it names all that it reads.
 *
 * @param parameters {@link Op.Parameter}s
 */
public record Body(List<Tensor> parameters, List<Tensor> results) {
    public Body {
        parameters = List.copyOf(parameters);
        results = List.copyOf(results);
    }

    /** Returns the results for the given values of the parameters, as tensors beside those values. */
    public List<Tensor> applied(List<Tensor> values) {
        Map<Tensor, Tensor> known = new IdentityHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            known.put(parameters.get(i), values.get(i));
        }
        return substituted(results, known);
    }

    /**
     * Returns what {@code roots} become if the tensors that {@code known} names are replaced; the map grows by all that
     * was met.
     */
    public static List<Tensor> substituted(List<Tensor> roots, Map<Tensor, Tensor> known) {
        for (Tensor t : TopologicalOrder.of(roots, x -> known.containsKey(x) ? List.of() : x.inputs())) {
            if (!known.containsKey(t)) {
                known.put(t, t.with(t.inputs().stream().map(known::get).toList()));
            }
        }
        return roots.stream().map(known::get).toList();
    }

    /** Returns this body without watches, for who computes parts of it again. */
    public Body unwatched() {
        Graph graph = new Graph(parameters, results, List.of());
        return new Body(parameters,
                graph.rewrite((t, in) -> t.op() instanceof Op.Watch ? in.get(0) : t.with(in)).outputs());
    }

    /** Returns this body with every tensor replaced by what it is {@code now}; itself if none was. */
    Body mapped(Map<Tensor, Tensor> now) {
        var mapped = new Body(parameters.stream().map(now::get).toList(), results.stream().map(now::get).toList());
        return mapped.equals(this) ? this : mapped;
    }
}
