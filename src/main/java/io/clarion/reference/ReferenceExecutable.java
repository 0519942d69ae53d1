package io.clarion.reference;

import io.clarion.engine.Executable;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Listing;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A graph's nodes in order, by {@link Computation}.
 *
 * <p>float16 and float32 numbers are not rounded between the nodes, only where they leave a call.
 */
final class ReferenceExecutable implements Executable {
    private final Graph graph;
    private final ReferenceDevice device;
    private final DeviceMetrics metrics;
    private final Computation computation;
    private final Set<Variable> variables;
    private final Map<Tensor, double[]> constants = new IdentityHashMap<>();

    ReferenceExecutable(Graph graph, ReferenceDevice device) {
        this.graph = graph;
        this.device = device;
        this.metrics = device.metrics();
        for (Tensor t : Graph.allTensors(graph.results())) {
            requireKnown(t);
            if (t.op() instanceof Op.Constant(NDArray value)) {
                constants.put(t, value.toDoubles());
            }
        }
        this.variables = graph.variables();
        variables.forEach(v -> storage(v, device));
        this.computation = new Computation(graph.results());
    }

    private static void requireKnown(Tensor t) {
        boolean known = t.shape().isKnown() && switch (t.op()) {
            case Op.Size(Dim dim) -> dim.isKnown();
            case Bundle.Loop loop -> loop.steps().isKnown();
            case Op.Contract(var contraction) -> contraction.extents().stream().allMatch(Dim::isKnown);
            case Op other -> true;
        };
        if (!known) {
            throw new IllegalArgumentException("compile: " + t
                    + " has sizes that are not known; specialise the graph for the shapes of a call first");
        }
    }

    /** Calls that change variables take turns; others may run side by side. */
    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        metrics.arrive();
        try {
            return graph.updates().isEmpty() ? run(inputs, draw) : runInTurn(inputs, draw);
        } finally {
            metrics.leave();
        }
    }

    private List<NDArray> runInTurn(List<NDArray> inputs, long draw) {
        return Variable.inTurn(device, variables, v -> storage(v, device), () -> run(inputs, draw));
    }

    private List<NDArray> run(List<NDArray> inputs, long draw) {
        metrics.start();
        try {
            return computed(inputs, draw);
        } finally {
            metrics.stop();
        }
    }

    private List<NDArray> computed(List<NDArray> inputs, long draw) {
        List<double[]> values = computation.run(new Interpreter(device, fed(inputs), constants, draw), Map.of());
        List<NDArray> results = IntStream.range(0, values.size())
                .mapToObj(i -> leaving(graph.results().get(i), values.get(i))).toList();
        int outputs = graph.outputs().size();
        for (int i = 0; i < graph.updates().size(); i++) {
            graph.updates().get(i).variable().set(results.get(outputs + i));
        }
        return results.subList(0, outputs);
    }

    /** Returns where the device keeps a variable. */
    static HostStorage storage(Variable variable, ReferenceDevice device) {
        return (HostStorage) variable.on(device, value -> new HostStorage(device, value));
    }

    private static NDArray leaving(Tensor t, double[] value) {
        return NDArray.of(t.dtype(), value, t.shape().sizes());
    }

    private Map<Tensor, NDArray> fed(List<NDArray> inputs) {
        if (inputs.size() != graph.inputs().size()) {
            throw new IllegalArgumentException("call: the graph has " + graph.inputs().size() + " inputs, "
                    + inputs.size() + " values were given");
        }
        var fed = new HashMap<Tensor, NDArray>();
        for (int i = 0; i < inputs.size(); i++) {
            Tensor in = graph.inputs().get(i);
            NDArray value = inputs.get(i);
            if (!in.shape().equals(value.shape()) || in.dtype() != value.dtype()) {
                throw new IllegalArgumentException("call: input " + i + " was compiled for " + in.dtype().word()
                        + in.shape() + ", the value given is " + value.dtype().word() + value.shape());
            }
            fed.put(in, value);
        }
        return fed;
    }

    @Override
    public String explain() {
        return String.join(System.lineSeparator(), Listing.of(graph));
    }

    @Override
    public void close() {
        // Nothing but garbage-collected memory.
    }
}
