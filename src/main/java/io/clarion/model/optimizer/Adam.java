package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam in the form of section 2's end of <a href="https://arxiv.org/abs/1412.6980v8">Kingma and Ba</a>, as Keras 1.2
 * has it: {@code m ← β₁·m + (1−β₁)·g}, {@code v ← β₂·v + (1−β₂)·g²}, {@code p ← p − rateₜ·m / (√v + ε)} with
 * {@code rateₜ = rate·√(1−β₂ᵗ) / (1−β₁ᵗ)}; t counts the steps from 1.
 */
public record Adam(double rate, double beta1, double beta2, double epsilon) implements Optimizer {
    public Adam {
        Settings.ofAdam(rate, beta1, beta2, epsilon);
    }

    /** Makes an Adam optimizer with Keras's settings: rate 0.001, β₁ 0.9, β₂ 0.999, ε 1e-8. */
    public Adam() {
        this(0.001);
    }

    /** Makes an Adam optimizer with Keras's settings but for the learning rate. */
    public Adam(double rate) {
        this(rate, 0.9, 0.999, 1e-8);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        Tensor iterations = Pace.counter("adam");
        Tensor t = iterations.plus(1);
        Tensor stepRate = K.sqrt(Pace.oneMinusPower(beta2, t)).div(Pace.oneMinusPower(beta1, t))
                .times(pace.rate(rate, DType.FLOAT32));
        var updates = new ArrayList<Graph.Update>();
        updates.add(K.update(iterations, t));
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor g = gradients.get(i);
            Tensor m = RunningAverage.of(g, beta1, "mean", p, updates);
            Tensor v = RunningAverage.of(K.square(g), beta2, "mean_square", p, updates);
            updates.add(K.updateSub(p, m.times(stepRate.cast(p.dtype())).div(K.sqrt(v).plus(epsilon))));
        }
        return updates;
    }
}
