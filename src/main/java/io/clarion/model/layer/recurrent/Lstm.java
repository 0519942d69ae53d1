package io.clarion.model.layer.recurrent;

import io.clarion.K;
import io.clarion.StepFunction.Step;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Long short-term memory: with {@code i, f, o = inner(xₜ·W + h·U + b)},
 * {@code c = f·c + i·activation(xₜ·Wc + h·Uc + bc)} and {@code h = o·activation(c)}.
 * <a href="https://www.bioinf.jku.at/publications/older/2604.pdf">Hochreiter and Schmidhuber</a>, with the forget gate
 * of Gers et al. The weights are those of i, f, c and o side by side.
 *
 * @param inner      of the gates i, f and o
 * @param forgetBias the first bias of f
 */
public record Lstm(int units, UnaryOperator<Tensor> activation, UnaryOperator<Tensor> inner, Initialiser forgetBias,
        Recurrence recurrence)
        implements Recurrent {
    public Lstm {
        InputChecks.positive("units", units);
        InputChecks.activation(activation);
        InputChecks.activation(inner);
    }

    /** Makes an LSTM layer with Keras's settings: tanh, gates with hard_sigmoid, a forget bias of one. */
    public Lstm(int units) {
        this(units, Activation.TANH, Activation.HARD_SIGMOID, Initialiser.ONE, Recurrence.PLAIN);
    }

    @Override
    public Recurrent with(Recurrence other) {
        return new Lstm(units, activation, inner, forgetBias, other);
    }

    @Override
    public int gates() {
        return 4;
    }

    @Override
    public int states() {
        return 2;
    }

    @Override
    public Initialiser firstBias(int gate) {
        return gate == 1 ? forgetBias : recurrence.bias().first();
    }

    @Override
    public Step step(Tensor x, List<Tensor> states, Tensor dropped, Tensor recurrent) {
        Tensor gates = x.plus(K.dot(Recurrent.dropped(states.get(0), dropped), recurrent));
        Tensor i = inner.apply(Recurrent.gate(gates, 0, units));
        Tensor f = inner.apply(Recurrent.gate(gates, 1, units));
        Tensor c = f.times(states.get(1)).plus(i.times(activation.apply(Recurrent.gate(gates, 2, units))));
        Tensor h = inner.apply(Recurrent.gate(gates, 3, units)).times(activation.apply(c));
        return new Step(h, List.of(h, c));
    }
}
