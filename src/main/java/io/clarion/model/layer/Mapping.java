package io.clarion.model.layer;

import java.util.List;

/** A layer with its weights: from inputs to an output. */
@FunctionalInterface
public interface Mapping {
    /**
     * Returns the output for some inputs.
     *
     * @param effects takes what the layer does besides
     * @throws IllegalArgumentException if an input has a mask that the layer cannot heed
     */
    Signal apply(List<Signal> inputs, Effects effects);
}
