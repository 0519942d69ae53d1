package io.clarion.check.device;

import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A computation that every device must reproduce.
 *
 * @param name      for people, such as "dot 63x65x9"
 * @param inputs    the values that the computation gets
 * @param graph     builds it from placeholders for them: anew for each device, as variables live on one
 * @param statement the first output in double precision, from the inputs; where there is none, the reference engine
 *                  tells
 * @param tolerance the greatest error, in ULP of the output's type
 * @param floor     errors of numbers smaller than this are counted in ULP of this
 */
public record Check(String name, List<NDArray> inputs, Function<List<Tensor>, Computation> graph,
        Optional<Function<List<NDArray>, double[]>> statement, double tolerance, double floor) {

    /** The graph that a check builds. */
    public record Computation(List<Tensor> outputs, List<Graph.Update> updates) {
        public static Computation of(Tensor... outputs) {
            return new Computation(List.of(outputs), List.of());
        }
    }

    /** Checks that share a graph, which is called {@code calls} times and judged by the last. */
    public record Group(String name, int calls, List<Check> checks) {
        public Group {
            checks = List.copyOf(checks);
        }

        /** Returns the checks of this group for which the reference engine is not asked. */
        public Group stated() {
            return new Group(name, calls, checks.stream().filter(c -> c.statement().isPresent()).toList());
        }
    }

    /** Returns a check against the reference engine. */
    public static Check of(String name, double tolerance, double floor, List<NDArray> inputs,
            Function<List<Tensor>, Computation> graph) {
        return new Check(name, inputs, graph, Optional.empty(), tolerance, floor);
    }

    /** Returns a check against a statement in double precision. */
    static Check stated(String name, double tolerance, double floor, List<NDArray> inputs,
            Function<List<Tensor>, Tensor> graph,
            Function<List<NDArray>, double[]> statement) {
        return new Check(name, inputs, in -> Computation.of(graph.apply(in)), Optional.of(statement), tolerance, floor);
    }
}
