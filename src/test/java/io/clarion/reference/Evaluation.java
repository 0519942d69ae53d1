package io.clarion.reference;

import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.NDArray;
import java.util.List;

/** The values of tensors on the reference engine, for tests. */
public final class Evaluation {
    private Evaluation() {}

    public static Device device() {
        return Engines.named("reference").orElseThrow().open("reference:0");
    }

    /** The value of a tensor that needs no input. */
    public static NDArray of(Tensor t) {
        return device().compile(new Graph(List.of(), List.of(t), List.of())).call(List.of(), 0).get(0);
    }

    /** A function of placeholders without updates. */
    public static Function function(List<Tensor> inputs, List<Tensor> outputs) {
        return new Function(new Graph(inputs, outputs, List.of()), device());
    }
}
