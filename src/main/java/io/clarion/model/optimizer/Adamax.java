package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam by the largest gradient, section 7 of <a href="https://arxiv.org/abs/1412.6980v8">Kingma and Ba</a>:
 * {@code m ← β₁·m + (1−β₁)·g}, {@code u ← max(β₂·u, |g|)}, {@code p ← p − rate/(1−β₁ᵗ)·m / (u + ε)}; t counts the steps
 * from 1.
 */
public record Adamax(double rate, double beta1, double beta2, double epsilon) implements Optimizer {
    public Adamax {
        Settings.ofAdam(rate, beta1, beta2, epsilon);
    }

    /** Makes an Adamax optimizer with Keras's settings: rate 0.002, β₁ 0.9, β₂ 0.999, ε 1e-8. */
    public Adamax() {
        this(0.002, 0.9, 0.999, 1e-8);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        Tensor iterations = Pace.counter("adamax");
        Tensor t = iterations.plus(1);
        Tensor stepRate = pace.rate(rate, DType.FLOAT32).div(Pace.oneMinusPower(beta1, t));
        var updates = new ArrayList<Graph.Update>();
        updates.add(K.update(iterations, t));
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor g = gradients.get(i);
            Tensor m = RunningAverage.of(g, beta1, "mean", p, updates);
            Tensor largest = Optimizer.memory("largest", p);
            Tensor u = K.maximum(largest.times(beta2), K.abs(g));
            updates.add(K.update(largest, u));
            updates.add(K.updateSub(p, m.times(stepRate.cast(p.dtype())).div(u.plus(epsilon))));
        }
        return updates;
    }
}
