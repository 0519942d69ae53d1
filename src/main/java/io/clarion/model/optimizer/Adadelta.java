package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps as large as the steps before: {@code a ← ρ·a + (1−ρ)·g²}, {@code u = g·√(d + ε) / √(a + ε)},
 * {@code p ← p − rate·u}, {@code d ← ρ·d + (1−ρ)·u²}. <a href="https://arxiv.org/abs/1212.5701">Zeiler</a>.
 *
 * @param rate the learning rate
 * @param rho  ρ, what is kept of the means a step
 */
public record Adadelta(double rate, double rho, double epsilon) implements Optimizer {
    public Adadelta {
        Settings.rate(rate);
        Settings.share("rho", rho);
        Settings.notNegative("epsilon", epsilon);
    }

    /** Makes an Adadelta optimizer with Keras's settings: rate 1, ρ 0.95, ε 1e-8. */
    public Adadelta() {
        this(1, 0.95, 1e-8);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        var updates = new ArrayList<Graph.Update>();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor g = gradients.get(i);
            Tensor meanSquare = Optimizer.memory("mean_square", p);
            Tensor meanStep = Optimizer.memory("mean_square_step", p);
            Tensor a = meanSquare.times(rho).plus(K.square(g).times(1 - rho));
            Tensor u = g.times(K.sqrt(meanStep.plus(epsilon))).div(K.sqrt(a.plus(epsilon)));
            updates.add(K.update(meanSquare, a));
            updates.add(K.updateSub(p, u.times(pace.rate(rate, p.dtype()))));
            updates.add(K.update(meanStep, meanStep.times(rho).plus(K.square(u).times(1 - rho))));
        }
        return updates;
    }
}
