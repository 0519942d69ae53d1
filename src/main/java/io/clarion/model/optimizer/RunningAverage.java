package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.List;

/** Averages over steps, of gradients or of their squares, in which those further back count less. */
final class RunningAverage {
    private RunningAverage() {}

    /**
     * Returns {@code share · average + (1 − share) · value}, and adds the update of the average, which begins with
     * zeros.
     *
     * @param name      of the average's variable
     * @param parameter whose shape and dtype it has
     */
    static Tensor of(Tensor value, double share, String name, Tensor parameter, List<Graph.Update> updates) {
        Tensor average = Optimizer.memory(name, parameter);
        Tensor now = average.times(share).plus(value.times(1 - share));
        updates.add(K.update(average, now));
        return now;
    }
}
