package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;

/**
 * {@code activation(x·kernel + bias)}: (samples, …, inputs) to (samples, …, units).
 *
 * @param bias null for none
 */
public record Dense(int units, UnaryOperator<Tensor> activation, Weight kernel, Weight bias) implements PlainLayer {
    public Dense {
        InputChecks.positive("units", units);
        InputChecks.activation(activation);
        InputChecks.present("the kernel", kernel, "Weight.of(Initialiser.GLOROT_UNIFORM)");
    }

    /** Returns a linear layer. */
    public Dense(int units) {
        this(units, Activation.LINEAR);
    }

    public Dense(int units, UnaryOperator<Tensor> activation) {
        this(units, activation, Weight.of(Initialiser.GLOROT_UNIFORM), Weight.of(Initialiser.ZERO));
    }

    public Dense kernel(Weight other) {
        return new Dense(units, activation, other, bias);
    }

    public Dense bias(Weight other) {
        return new Dense(units, activation, kernel, other);
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        InputChecks.rankAtLeast(input, 2, "(samples, …, inputs)");
        Tensor w = parameters.add("kernel", kernel, InputChecks.size(input, -1), units);
        if (bias == null) {
            return x -> activation.apply(K.dot(x, w));
        }
        Tensor b = parameters.add("bias", bias, units);
        return x -> activation.apply(K.dot(x, w).plus(b));
    }
}
