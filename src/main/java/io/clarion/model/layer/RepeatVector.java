package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;

/** A vector as a sequence of {@code times} of it: (samples, dim) to (samples, times, dim). */
public record RepeatVector(int times) implements PlainLayer {
    public RepeatVector {
        InputChecks.positive("times", times);
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        return x -> K.repeat(x, times);
    }
}
