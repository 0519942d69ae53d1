package io.clarion.reference;

import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph's nodes in order, each computed from the arrays of its inputs; an array is dropped after its last reader.
 *
 * <p>float16 and float32 numbers are not rounded between the nodes, only where they leave a call.
 */
final class ReferenceExecutable implements Executable {
    /** A node, where its inputs' arrays are, and which arrays nobody needs after it. */
    private record Step(Tensor tensor, List<Integer> inputs, List<Integer> last) {}

    private final Graph graph;
    private final ReferenceDevice device;
    private final List<Step> steps;
    private final Map<Tensor, Integer> places = new IdentityHashMap<>();
    private final Map<Tensor, double[]> constants = new IdentityHashMap<>();

    ReferenceExecutable(Graph graph, ReferenceDevice device) {
        this.graph = graph;
        this.device = device;
        List<Tensor> order = graph.tensors();
        for (Tensor t : order) {
            requireKnown(t);
            places.put(t, places.size());
            if (t.op() instanceof Op.Constant(NDArray value)) {
                constants.put(t, value.toDoubles());
            }
        }
        this.steps = steps(order);
    }

    private List<Step> steps(List<Tensor> order) {
        int[] lastReader = new int[order.size()];
        order.forEach(t -> t.inputs().forEach(in -> lastReader[places.get(in)] = places.get(t)));
        graph.results().forEach(t -> lastReader[places.get(t)] = order.size());
        return order.stream().map(t -> {
            List<Integer> inputs = t.inputs().stream().map(places::get).toList();
            return new Step(t, inputs, inputs.stream().filter(in -> lastReader[in] == places.get(t)).distinct().toList());
        }).toList();
    }

    private static void requireKnown(Tensor t) {
        boolean known = t.shape().isKnown() && switch (t.op()) {
            case Op.Size(Dim dim) -> dim.isKnown();
            case Op.Contract(var contraction) -> contraction.extents().stream().allMatch(Dim::isKnown);
            case Op other -> true;
        };
        if (!known) {
            throw new IllegalArgumentException("compile: " + t
                    + " has sizes that are not known; specialise the graph for the shapes of a call first");
        }
    }

    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        var call = new Call(device, fed(inputs), constants, draw);
        double[][] values = new double[steps.size()][];
        for (Step step : steps) {
            double[][] in = step.inputs().stream().map(i -> values[i]).toArray(double[][]::new);
            values[places.get(step.tensor())] = call.value(step.tensor(), in);
            step.last().forEach(i -> values[i] = null);
        }
        List<NDArray> outputs = graph.outputs().stream().map(t -> leaving(t, values)).toList();
        List<NDArray> updates = graph.updates().stream().map(u -> leaving(u.value(), values)).toList();
        for (int i = 0; i < updates.size(); i++) {
            call.storage(graph.updates().get(i).variable()).write(updates.get(i));
        }
        return outputs;
    }

    private NDArray leaving(Tensor t, double[][] values) {
        return NDArray.of(t.dtype(), values[places.get(t)], t.shape().sizes());
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
        var lines = new ArrayList<String>();
        for (Step step : steps) {
            lines.add("%" + places.get(step.tensor()) + " = " + step.tensor()
                    + (step.inputs().isEmpty() ? "" : " of %" + String.join(", %", step.inputs().stream().map(String::valueOf).toList())));
        }
        graph.outputs().forEach(t -> lines.add("return %" + places.get(t)));
        graph.updates().forEach(u -> lines.add("update " + u.variable() + " with %" + places.get(u.value())));
        return String.join(System.lineSeparator(), lines);
    }

    @Override
    public void close() {
        // Nothing but garbage-collected memory.
    }
}
