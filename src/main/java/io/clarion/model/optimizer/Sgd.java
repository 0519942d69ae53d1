package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Stochastic gradient descent: {@code v ← momentum·v − rate·g}, then {@code p ← p + v}, or with Nesterov's look ahead
 * {@code p ← p + momentum·v − rate·g}.
 *
 * @param rate     the learning rate
 * @param momentum 0 or more, less than 1
 */
public record Sgd(double rate, double momentum, boolean nesterov) implements Optimizer {
    public Sgd {
        Settings.rate(rate);
        Settings.share("momentum", momentum);
    }

    /** Makes an SGD optimizer with Keras's settings: rate 0.01, no momentum. */
    public Sgd() {
        this(0.01);
    }

    /** Makes an SGD optimizer without momentum. */
    public Sgd(double rate) {
        this(rate, 0, false);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        var updates = new ArrayList<Graph.Update>();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor step = gradients.get(i).times(pace.rate(-rate, p.dtype()));
            if (momentum == 0) {
                updates.add(K.updateAdd(p, step));
                continue;
            }
            Tensor velocity = Optimizer.memory("velocity", p);
            Tensor v = velocity.times(momentum).plus(step);
            updates.add(K.update(velocity, v));
            updates.add(K.updateAdd(p, nesterov ? v.times(momentum).plus(step) : v));
        }
        return updates;
    }
}
