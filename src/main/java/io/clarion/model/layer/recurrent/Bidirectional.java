package io.clarion.model.layer.recurrent;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Mapping;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.Signal;
import io.clarion.tensor.Shape;
import java.util.List;

/**
 * A recurrent layer and its like against time, each with weights of its own, {@code <name>/forward/…} and
 * {@code <name>/backward/…}.
 *
 * @param merge how the outputs of both become one; {@link Merge#concat()} as in Keras if nothing else is said
 */
public record Bidirectional(Recurrent layer, Merge merge) implements Layer {
    public Bidirectional(Recurrent layer) {
        this(layer, Merge.concat());
    }

    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        Mapping forward = layer.build(inputs, parameters.of("forward"));
        Mapping backward = layer.backwards().build(inputs, parameters.of("backward"));
        return (in, effects) -> {
            Signal there = forward.apply(in, effects);
            Tensor back = backward.apply(in, effects).value();
            Signal inOrder = new Signal(layer.recurrence().sequences() ? K.reverse(back, 1) : back, there.mask());
            List<Signal> both = List.of(there, inOrder);
            return merge.build(both.stream().map(s -> s.value().shape()).toList(), parameters).apply(both, effects);
        };
    }
}
