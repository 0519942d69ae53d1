package io.clarion.model;

import io.clarion.K;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** A function for one learning phase, which is among its inputs where its outputs depend on it. */
final class PhasedFunction implements AutoCloseable {
    private final Function function;
    private final NDArray phase;

    /**
     * A function on K's device.
     *
     * @param learningPhase what stands for the phase in the graph
     * @param training      the phase of its calls
     */
    PhasedFunction(List<Tensor> inputs, List<Tensor> outputs, List<Graph.Update> updates, Tensor learningPhase, boolean training) {
        boolean asks = new Graph(List.of(), outputs, updates).tensors().contains(learningPhase) && isOpen(learningPhase);
        var all = new ArrayList<>(inputs);
        if (asks) {
            all.add(learningPhase);
        }
        function = K.function(all, outputs, updates);
        phase = asks ? NDArray.scalar(DType.INT32, training ? 1 : 0) : null;
    }

    private static boolean isOpen(Tensor phase) {
        return phase.op() instanceof Op.Placeholder;
    }

    List<NDArray> call(List<NDArray> values) {
        var all = new ArrayList<>(values);
        if (phase != null) {
            all.add(phase);
        }
        return function.call(all);
    }

    @Override
    public void close() {
        function.close();
    }
}
