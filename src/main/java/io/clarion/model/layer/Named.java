package io.clarion.model.layer;

import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** A layer under a name. */
record Named(Layer layer, String given) implements Layer {
    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        return layer.build(inputs, parameters);
    }

    @Override
    public Optional<String> givenName() {
        return Optional.of(given);
    }

    @Override
    public String word() {
        return layer.word();
    }
}
