package io.clarion.model.layer;

import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** A layer whose weights are not trained. */
record Frozen(Layer layer) implements Layer {
    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        return layer.build(inputs, parameters.frozen());
    }

    @Override
    public Optional<String> givenName() {
        return layer.givenName();
    }

    @Override
    public String word() {
        return layer.word();
    }
}
