package io.clarion.theano.translate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.theano.worker.Slot;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The tensors that some roots need, in order, each described as a node whose inputs are named by their numbers. */
final class NodeList {
    private final Map<Tensor, Integer> arguments;
    private final Map<NDArray, Slot> constants;
    private final Map<Tensor, Integer> numbers = new IdentityHashMap<>();
    private final Map<Tensor, TreeSet<Integer>> used = new IdentityHashMap<>();
    private final ArrayNode nodes = JsonNodeFactory.instance.arrayNode();

    /**
     * Describes tensors.
     *
     * @param arguments the numbers of what each call, or the loop or branch around, gives
     * @param constants where the constants lie
     */
    NodeList(List<Tensor> roots, Map<Tensor, Integer> arguments, Map<NDArray, Slot> constants) {
        this.arguments = arguments;
        this.constants = constants;
        List<Tensor> order = Graph.tensors(roots);
        for (Tensor t : order) {
            if (t.op() instanceof Op.Result(int number)) {
                used.computeIfAbsent(t.input(0), b -> new TreeSet<>()).add(number);
            }
        }
        for (Tensor t : order) {
            numbers.put(t, numbers.size());
            ObjectNode node = nodes.addObject();
            add(node.putArray("in"), t.inputs().stream().map(numbers::get).toList());
            Slot.describe(node, t.dtype(), t.shape());
            describe(t, node);
        }
    }

    /** Returns the descriptions. */
    ArrayNode nodes() {
        return nodes;
    }

    /** Returns the number of a tensor. */
    int number(Tensor t) {
        return numbers.get(t);
    }

    /** No default: javac finds the gaps. */
    private void describe(Tensor t, ObjectNode node) {
        switch (t.op()) {
            case Op.Placeholder p -> node.put("op", "argument").put("number", arguments.get(t));
            case Op.Read read -> node.put("op", "argument").put("number", arguments.get(t));
            case Op.Random random -> node.put("op", "argument").put("number", arguments.get(t));
            case Op.Parameter p -> node.put("op", "parameter").put("number", arguments.get(t));
            case Op.Constant(NDArray value) -> node.put("op", "constant").put("at", constants.get(value).at());
            case Op.Literal(DType dtype, double value) ->
                    node.put("op", "literal").put("value", Double.toString(value));
            case Op.Size(Dim dim) -> node.put("op", "literal").put("value", Integer.toString(dim.size()));
            case Op.Iota iota -> node.put("op", "iota");
            case Op.Elementwise(ScalarFn fn) -> node.put("op", "elementwise").put("fn", fn.name());
            case Op.Cast cast -> node.put("op", "cast");
            case Op.View(Movement movement) -> describe(movement, node);
            case Op.Concat(int axis) -> node.put("op", "concat").put("axis", t.shape().axis(axis));
            case Op.Contract(Contraction c) -> describe(c, node);
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) ->
                    add(node.put("op", "reduce").put("kind", kind.name()).putArray("axes"), axes);
            case Op.Gather gather -> node.put("op", "gather");
            case Op.ScatterAdd scatter -> node.put("op", "scatter");
            case Op.Scan(int axis, boolean reversed) ->
                    node.put("op", "scan").put("axis", t.shape().axis(axis)).put("reversed", reversed);
            case Bundle.Loop loop -> describe(loop, t, node);
            case Bundle.Branch branch -> {
                ArrayNode bodies = node.put("op", "branch").putArray("bodies");
                branch.bodies().forEach(body -> describe(body, bodies.addObject()));
            }
            case Op.Result(int number) -> node.put("op", "result").put("number", number);
            case Op.Alias alias -> node.put("op", "alias");
        }
    }

    private static void describe(Movement movement, ObjectNode node) {
        switch (movement) {
            case Movement.Reshape r -> node.put("op", "reshape");
            case Movement.Permute(List<Integer> order) -> add(node.put("op", "permute").putArray("order"), order);
            case Movement.Broadcast b -> node.put("op", "broadcast");
            case Movement.Slice(List<Integer> start, List<Integer> step, var to) -> {
                add(node.put("op", "slice").putArray("start"), start);
                add(node.putArray("step"), step);
            }
            case Movement.Pad(List<Integer> before, List<Integer> step, var to, double value) -> {
                add(node.put("op", "pad").put("value", Double.toString(value)).putArray("before"), before);
                add(node.putArray("step"), step);
            }
            case Movement.Reverse(List<Integer> axes) -> add(node.put("op", "reverse").putArray("axes"), axes);
            case Movement.Windows(int axis, int taps, int stride, int dilation) ->
                    node.put("op", "windows").put("axis", axis).put("stride", stride).put("dilation", dilation);
        }
    }

    private static void describe(Contraction c, ObjectNode node) {
        node.put("op", "contract");
        add(node.putArray("extents"), c.extents().stream().map(Dim::size).toList());
        ArrayNode operands = node.putArray("operands");
        c.operands().forEach(axes -> add(operands.addArray(), axes));
        add(node.putArray("out"), c.out());
        ArrayNode windows = node.putArray("windows");
        c.windows()
                .forEach(w -> windows.addObject().put("position", w.position()).put("place", w.place())
                        .put("tap", w.tap())
                        .put("stride", w.stride()).put("dilation", w.dilation()).put("pad", w.pad()));
    }

    private void describe(Bundle.Loop loop, Tensor t, ObjectNode node) {
        node.put("op", "loop").put("carried", loop.carried()).put("sequences", loop.sequences())
                .put("steps", loop.steps().size())
                .put("reversed", loop.reversed());
        add(node.putArray("stacks"), List.copyOf(used.get(t).tailSet(loop.carried())));
        describe(loop.body(), node.putObject("body"));
    }

    private void describe(Body body, ObjectNode node) {
        Map<Tensor, Integer> given = new IdentityHashMap<>(arguments);
        IntStream.range(0, body.parameters().size()).forEach(i -> given.put(body.parameters().get(i), i));
        var inner = new NodeList(body.results(), given, constants);
        node.set("nodes", inner.nodes());
        ArrayNode parameters = node.putArray("parameters");
        body.parameters().forEach(p -> Slot.describe(parameters.addObject(), p.dtype(), p.shape()));
        add(node.putArray("results"), body.results().stream().map(inner::number).toList());
    }

    static void add(ArrayNode to, List<Integer> numbers) {
        new ArrayList<>(numbers).forEach(to::add);
    }
}
