package io.clarion.model.layer.recurrent;

import io.clarion.K;
import io.clarion.StepFunction.Step;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Dim;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gated recurrent units: {@code z = inner(xₜ·Wz + h·Uz + bz)}, {@code r = inner(xₜ·Wr + h·Ur + br)},
 * {@code hₜ = z·h + (1 − z)·activation(xₜ·Wh + (r·h)·Uh + bh)} with h of the step before.
 * <a href="https://arxiv.org/abs/1406.1078">Cho et al.</a> The weights are those of z, r and h side by side.
 *
 * @param inner of the gates z and r
 */
public record Gru(int units, UnaryOperator<Tensor> activation, UnaryOperator<Tensor> inner, Recurrence recurrence)
        implements Recurrent {
    public Gru {
        InputChecks.positive("units", units);
        InputChecks.activation(activation);
        InputChecks.activation(inner);
    }

    /** Makes a GRU layer with Keras's settings: tanh, gates with hard_sigmoid. */
    public Gru(int units) {
        this(units, Activation.TANH, Activation.HARD_SIGMOID, Recurrence.PLAIN);
    }

    @Override
    public Recurrent with(Recurrence other) {
        return new Gru(units, activation, inner, other);
    }

    @Override
    public int gates() {
        return 3;
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public Step step(Tensor x, List<Tensor> states, Tensor dropped, Tensor recurrent) {
        Tensor before = states.get(0);
        Tensor kept = Recurrent.dropped(before, dropped);
        Tensor both = K.dot(kept, recurrent.slice(1, 0, Dim.of(2 * units)));
        Tensor z = inner.apply(Recurrent.gate(x, 0, units).plus(Recurrent.gate(both, 0, units)));
        Tensor r = inner.apply(Recurrent.gate(x, 1, units).plus(Recurrent.gate(both, 1, units)));
        Tensor candidate = activation
                .apply(Recurrent.gate(x, 2, units).plus(K.dot(r.times(kept), Recurrent.gate(recurrent, 2, units))));
        Tensor h = z.times(before).plus(z.neg().plus(1).times(candidate));
        return new Step(h, List.of(h));
    }
}
