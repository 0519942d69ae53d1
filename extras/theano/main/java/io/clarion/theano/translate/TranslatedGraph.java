package io.clarion.theano.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Philox;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.NDArray;
import io.clarion.theano.worker.MappedFile;
import io.clarion.theano.worker.Slot;
import io.clarion.theano.worker.Slots;
import io.clarion.theano.worker.Worker;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph as the worker is told it. What a call gives are its arguments: inputs, random numbers, the variables' values.
 * Inputs, random numbers and outputs have places in the file.
 */
public final class TranslatedGraph {
    /** Random numbers and where they are put. */
    private record Drawn(long seed, Slot slot) {}

    private final List<Variable> variables;
    private final List<Slot> inputs = new ArrayList<>();
    private final List<Drawn> drawn = new ArrayList<>();
    private final List<Slot> outputs = new ArrayList<>();
    private final Map<NDArray, Slot> constants = new IdentityHashMap<>();
    private final ObjectNode message = Worker.message("compile");
    private final long callSize;
    private final long compileSize;

    /** Translates a graph whose sizes are all known. */
    public TranslatedGraph(Graph graph) {
        this.variables = List.copyOf(graph.variables());
        var slots = new Slots();
        Map<Tensor, Integer> arguments = new IdentityHashMap<>();
        for (Tensor in : graph.inputs()) {
            arguments.put(in, arguments.size());
            inputs.add(slots.next(in.dtype(), in.shape()));
        }
        List<Tensor> all = Graph.allTensors(graph.results());
        for (Tensor t : all) {
            if (t.op() instanceof Op.Random(long seed, var shape)) {
                arguments.put(t, arguments.size());
                drawn.add(new Drawn(seed, slots.next(t.dtype(), shape)));
            }
        }
        graph.outputs().forEach(t -> outputs.add(slots.next(t.dtype(), t.shape())));
        this.callSize = slots.size();

        int first = inputs.size() + drawn.size();
        var places = new Slots();
        for (Tensor t : all) {
            if (t.op() instanceof Op.Read(Variable v)) {
                arguments.put(t, first + variables.indexOf(v));
            } else if (t.op() instanceof Op.Constant(NDArray value)) {
                constants.computeIfAbsent(value, c -> places.next(c.dtype(), c.shape()));
            }
        }
        this.compileSize = places.size();
        describe(graph, new NodeList(graph.results(), arguments, constants));
    }

    private void describe(Graph graph, NodeList nodes) {
        message.set("nodes", nodes.nodes());
        ArrayNode given = message.putArray("inputs");
        inputs.forEach(slot -> slot.describe(given.addObject()));
        drawn.forEach(random -> random.slot().describe(given.addObject()));
        ArrayNode values = message.putArray("variables");
        variables.forEach(v -> Slot.describe(values.addObject(), v.dtype(), v.shape()));
        NodeList.add(message.putArray("results"), graph.results().stream().map(nodes::number).toList());
        ArrayNode results = message.putArray("outputs");
        outputs.forEach(slot -> slot.describe(results.addObject()));
        NodeList.add(message.putArray("updated"),
                graph.updates().stream().map(u -> variables.indexOf(u.variable())).toList());
    }

    /** Returns the variables whose values a call gives, in order. */
    public List<Variable> variables() {
        return variables;
    }

    /**
     * Has a worker compile the graph, as the function of that number, and returns of which operations it consists, for
     * people.
     */
    public String compile(Worker worker, long function) {
        return worker.exchange(message.put("function", function), compileSize,
                file -> constants.forEach((value, slot) -> slot.put(file, value)),
                (answer, file) -> described(answer.get("operations")));
    }

    /**
     * Has a worker call the function of that number.
     *
     * @param storages the numbers of the variables' storages
     * @param into     get the outputs
     */
    public void call(Worker worker, long function, List<Long> storages, List<NDArray> values, long draw,
            List<NDArray> into) {
        ObjectNode call = Worker.message("call").put("function", function);
        ArrayNode numbers = call.putArray("variables");
        storages.forEach(numbers::add);
        worker.exchange(call, callSize, file -> {
            for (int i = 0; i < inputs.size(); i++) {
                inputs.get(i).put(file, values.get(i));
            }
            drawn.forEach(random -> draw(random, draw, file));
        }, (answer, file) -> {
            for (int i = 0; i < outputs.size(); i++) {
                outputs.get(i).get(file, into.get(i));
            }
            return null;
        });
    }

    private static void draw(Drawn random, long draw, MappedFile file) {
        NDArray numbers = NDArray.zeros(random.slot().dtype(), random.slot().shape());
        var floats = numbers.bytes().asFloatBuffer();
        for (int i = 0; i < numbers.elements(); i++) {
            floats.put(i, Philox.uniform(random.seed(), draw, i));
        }
        random.slot().put(file, numbers);
    }

    private static String described(JsonNode operations) {
        int all = 0;
        var kinds = new ArrayList<String>();
        for (Map.Entry<String, JsonNode> kind : operations.properties()) {
            all += kind.getValue().asInt();
            kinds.add(kind.getKey() + " " + kind.getValue().asInt());
        }
        return all + " operations: " + String.join(", ", kinds);
    }
}
