package io.clarion.model.layer;

import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A layer of a model, before it has weights: a value that says which it would have and what it would do with them.
 *
 * <p>A layer object that stands at several places of a model has its weights once and shares them; two equal objects
 * are two layers.
 */
public interface Layer {
    /**
     * Draws the weights for inputs of these shapes, whose first axis is the samples.
     *
     * @return what maps inputs of these shapes
     * @throws IllegalArgumentException if the layer does not take such inputs
     */
    Mapping build(List<Shape> inputs, Parameters parameters);

    /** Returns the outputs of this layer on those of other layers, or on inputs of the model. */
    default Node on(Node... inputs) {
        return new Node(this, List.of(inputs));
    }

    /** Returns this layer under a name, with which those of its weights begin. */
    default Layer named(String name) {
        return new Named(this, name);
    }

    /** Returns this layer with weights that training leaves as they are. */
    default Layer frozen() {
        return new Frozen(this);
    }

    /** Returns the name that it was given; others are numbered: {@code dense_1}. */
    default Optional<String> givenName() {
        return Optional.empty();
    }

    /** Returns what it is, with underscores, as in {@code separable_conv}. */
    default String word() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
