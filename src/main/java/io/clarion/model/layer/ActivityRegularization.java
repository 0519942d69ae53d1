package io.clarion.model.layer;

import io.clarion.model.layer.weight.InputChecks;
import io.clarion.model.layer.weight.Regulariser;
import io.clarion.tensor.Shape;
import java.util.List;

/**
 * Passes its input on and adds a penalty on it to the loss: what other layers of Keras have as activity_regularizer.
 */
public record ActivityRegularization(Regulariser regulariser) implements Layer {
    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        InputChecks.one(inputs);
        return (in, effects) -> {
            effects.penalise(regulariser.of(in.get(0).value()));
            return in.get(0);
        };
    }
}
