package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.List;

/** Masks the steps of (samples, time, features) in which every feature has a certain value; they become 0. */
public record Masking(double value) implements Layer {
    /** Masks steps of zeros. */
    public Masking() {
        this(0);
    }

    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        InputChecks.rank(InputChecks.one(inputs), 3, "(samples, time, features)");
        return (in, effects) -> {
            Tensor x = in.get(0).value();
            Tensor mask = K.any(K.notEqual(x, value), -1);
            return new Signal(x.times(K.expandDims(mask).cast(x.dtype())), mask);
        };
    }
}
