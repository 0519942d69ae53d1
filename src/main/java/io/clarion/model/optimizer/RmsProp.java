package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps divided by a running root mean square of the gradient: {@code a ← ρ·a + (1−ρ)·g²},
 * {@code p ← p − rate·g / (√a + ε)}.
 *
 * @param rate the learning rate
 * @param rho  ρ, what is kept of the mean a step
 */
public record RmsProp(double rate, double rho, double epsilon) implements Optimizer {
    public RmsProp {
        Settings.rate(rate);
        Settings.share("rho", rho);
        Settings.notNegative("epsilon", epsilon);
    }

    /** Makes an RMSprop optimizer with Keras's settings: rate 0.001, ρ 0.9, ε 1e-8. */
    public RmsProp() {
        this(0.001);
    }

    /** Makes an RMSprop optimizer with Keras's settings but for the learning rate. */
    public RmsProp(double rate) {
        this(rate, 0.9, 1e-8);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        var updates = new ArrayList<Graph.Update>();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor g = gradients.get(i);
            Tensor a = RunningAverage.of(K.square(g), rho, "mean_square", p, updates);
            updates.add(K.updateSub(p, g.times(pace.rate(rate, p.dtype())).div(K.sqrt(a).plus(epsilon))));
        }
        return updates;
    }
}
