package io.clarion.model.layer.recurrent;

import io.clarion.K;
import io.clarion.StepFunction.Step;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.weight.InputChecks;
import java.util.List;
import java.util.function.UnaryOperator;

/** {@code hₜ = activation(xₜ·W + hₜ₋₁·U + b)}. */
public record SimpleRnn(int units, UnaryOperator<Tensor> activation, Recurrence recurrence) implements Recurrent {
    public SimpleRnn {
        InputChecks.positive("units", units);
        InputChecks.activation(activation);
    }

    /** Makes a simple recurrent layer with Keras's settings: tanh. */
    public SimpleRnn(int units) {
        this(units, Activation.TANH, Recurrence.PLAIN);
    }

    @Override
    public Recurrent with(Recurrence other) {
        return new SimpleRnn(units, activation, other);
    }

    @Override
    public int gates() {
        return 1;
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public Step step(Tensor x, List<Tensor> states, Tensor dropped, Tensor recurrent) {
        Tensor h = activation.apply(x.plus(K.dot(Recurrent.dropped(states.get(0), dropped), recurrent)));
        return new Step(h, List.of(h));
    }
}
