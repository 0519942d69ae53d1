package io.clarion.opencl.compile.program;

import io.clarion.graph.Variable;
import java.util.List;
import java.util.stream.Stream;

/**
 * A graph below the control flow: exprs that nobody has divided into kernels yet.
 *
 * @param outputs for each of the graph's outputs what it is
 * @param updates variables and their new values
 */
public record Dataflow(List<Expr> outputs, List<Update> updates) {
    /** A variable and its new value. */
    public record Update(Variable variable, Expr value) {}

    public List<Expr> results() {
        return Stream.concat(outputs.stream(), updates.stream().map(Update::value)).toList();
    }
}
