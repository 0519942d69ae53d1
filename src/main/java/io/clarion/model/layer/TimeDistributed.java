package io.clarion.model.layer;

import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** A layer on each step of a sequence: (samples, time, …) as samples · time of its inputs. */
public record TimeDistributed(Layer layer) implements Layer {
    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        Shape input = InputChecks.one(inputs);
        InputChecks.rankAtLeast(input, 3, "(samples, time, …)");
        Mapping each = layer.build(List.of(steps(input)), parameters);
        return (in, effects) -> {
            Tensor x = in.get(0).value();
            Tensor y = each.apply(List.of(new Signal(x.reshape(steps(x.shape())))), effects).value();
            Shape sequences = x.shape().part(0, 2).then(y.shape().part(1, y.rank()));
            return new Signal(y.reshape(sequences), in.get(0).mask());
        };
    }

    private static Shape steps(Shape input) {
        var dims = new ArrayList<Dim>(List.of(input.dim(0).times(input.dim(1))));
        dims.addAll(input.dims().subList(2, input.rank()));
        return new Shape(dims);
    }
}
