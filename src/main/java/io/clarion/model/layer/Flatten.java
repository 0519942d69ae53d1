package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;

/** All axes but the samples as one. */
public record Flatten() implements PlainLayer {
    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        return K::batchFlatten;
    }
}
