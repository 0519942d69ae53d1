package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps divided by the root of the sum of all squared gradients: {@code a ← a + g²}, {@code p ← p − rate·g / (√a + ε)}.
 * <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi, Hazan and Singer</a>.
 *
 * @param rate the learning rate
 */
public record Adagrad(double rate, double epsilon) implements Optimizer {
    public Adagrad {
        Settings.rate(rate);
        Settings.notNegative("epsilon", epsilon);
    }

    /** Makes an Adagrad optimizer with Keras's settings: rate 0.01, ε 1e-8. */
    public Adagrad() {
        this(0.01, 1e-8);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        var updates = new ArrayList<Graph.Update>();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor g = gradients.get(i);
            Tensor squares = Optimizer.memory("squares", p);
            Tensor a = squares.plus(K.square(g));
            updates.add(K.update(squares, a));
            updates.add(K.updateSub(p, g.times(pace.rate(rate, p.dtype())).div(K.sqrt(a).plus(epsilon))));
        }
        return updates;
    }
}
