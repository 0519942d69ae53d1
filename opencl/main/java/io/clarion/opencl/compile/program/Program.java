package io.clarion.opencl.compile.program;

import io.clarion.graph.Variable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program of a call: kernels and control flow over buffers.
 *
 * @param nodes   each after those whose outputs it reads
 * @param outputs for each of the graph's outputs where it lies
 * @param updates variables and where their new values lie
 */
public record Program(List<Node> nodes, List<Buffer> outputs, List<Update> updates) {
    /** A variable and the buffer with its new value. */
    public record Update(Variable variable, Buffer value) {}

    /** Returns where all results lie: the outputs, then the new values of variables. */
    public List<Buffer> results() {
        return Stream.concat(outputs.stream(), updates.stream().map(Update::value)).toList();
    }

    /** Returns the same with other nodes, which leave the same buffers. */
    public Program with(List<Node> others) {
        return new Program(others, outputs, updates);
    }

    /**
     * Returns whether {@code node} makes the new value of a variable that {@code other} reads: in place, once all have
     * read it.
     */
    public boolean changes(Node node, Node other) {
        return updates.stream().anyMatch(u -> node.outputs().contains(u.value())
                && other.reads().keySet().stream().anyMatch(b -> b.isContentOf(u.variable())));
    }
}
