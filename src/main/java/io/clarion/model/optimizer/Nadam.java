package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with Nesterov's look ahead and a momentum that grows, {@code μₜ = β₁·(1 − 0.96^(t·decay) / 2)}: with {@code m}
 * and {@code v} as in {@link Adam} and {@code Mₜ = μ₁·…·μₜ}, {@code p ← p − rate·m̄ / (√(v / (1−β₂ᵗ)) + ε)} where
 * {@code m̄ = (1−μₜ)·g / (1−Mₜ) + μₜ₊₁·m / (1−Mₜ₊₁)}.
 * <a href="https://cs229.stanford.edu/proj2015/054_report.pdf">Dozat</a>.
 *
 * @param scheduleDecay how fast the momentum grows
 */
public record Nadam(double rate, double beta1, double beta2, double epsilon, double scheduleDecay)
        implements Optimizer {
    public Nadam {
        Settings.ofAdam(rate, beta1, beta2, epsilon);
        Settings.notNegative("the decay of the schedule", scheduleDecay);
    }

    /** Makes a Nadam optimizer with Keras's settings: rate 0.002, β₁ 0.9, β₂ 0.999, ε 1e-8, decay 0.004. */
    public Nadam() {
        this(0.002, 0.9, 0.999, 1e-8, 0.004);
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        Tensor iterations = Pace.counter("nadam");
        Tensor schedule = K.ones(new int[0], DType.FLOAT32, "nadam/schedule");
        Tensor t = iterations.plus(1);
        Tensor now = momentum(t);
        Tensor next = momentum(t.plus(1));
        Tensor product = schedule.times(now);
        Tensor ofGradient = one(now).div(one(product));
        Tensor ofMean = next.div(one(product.times(next)));
        Tensor correction = Pace.oneMinusPower(beta2, t);
        var updates = new ArrayList<Graph.Update>();
        updates.add(K.update(iterations, t));
        updates.add(K.update(schedule, product));
        for (int i = 0; i < parameters.size(); i++) {
            Tensor p = parameters.get(i);
            Tensor g = gradients.get(i);
            Tensor m = RunningAverage.of(g, beta1, "mean", p, updates);
            Tensor v = RunningAverage.of(K.square(g), beta2, "mean_square", p, updates);
            Tensor ahead = g.times(ofGradient.cast(p.dtype())).plus(m.times(ofMean.cast(p.dtype())));
            updates.add(K.updateSub(p, ahead.times(pace.rate(rate, p.dtype()))
                    .div(K.sqrt(v.div(correction.cast(p.dtype()))).plus(epsilon))));
        }
        return updates;
    }

    private Tensor momentum(Tensor t) {
        return one(K.exp(t.times(scheduleDecay * Math.log(0.96))).times(0.5)).times(beta1);
    }

    private static Tensor one(Tensor minus) {
        return minus.neg().plus(1);
    }
}
