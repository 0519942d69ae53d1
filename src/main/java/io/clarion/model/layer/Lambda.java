package io.clarion.model.layer;

import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;

/** A function of K as a layer: {@code new Lambda(x -> K.elu(x, 0.5))}. It has to keep the samples and steps apart. */
public record Lambda(UnaryOperator<Tensor> function) implements PlainLayer {
    public Lambda {
        InputChecks.present("the function of a lambda layer", function, "x -> x");
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        return function;
    }

    @Override
    public boolean keepsSteps() {
        return true;
    }
}
