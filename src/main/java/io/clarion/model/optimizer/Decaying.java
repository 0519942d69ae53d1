package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** An optimizer whose learning rate is divided by 1 + decay·(steps done). */
record Decaying(Optimizer optimizer, double decay) implements Optimizer {
    Decaying {
        Settings.notNegative("the decay of a learning rate", decay);
    }

    @Override
    public double rate() {
        return optimizer.rate();
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        Tensor iterations = Pace.counter("decay");
        Tensor slower = Tensor.literal(iterations.dtype(), 1).div(iterations.times(decay).plus(1));
        Tensor factor = pace.factor() == null ? slower : pace.factor().times(slower);
        var updates = new ArrayList<>(optimizer.steps(parameters, gradients, new Pace(factor)));
        updates.add(K.updateAdd(iterations, Tensor.literal(iterations.dtype(), 1)));
        return updates;
    }
}
