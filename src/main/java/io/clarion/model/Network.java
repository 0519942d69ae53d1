package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.model.layer.Effects;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Mapping;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.Signal;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Nodes from inputs to outputs with their layers, each of which is built at the first node that it stands at.
 *
 * @param names      of the layers that have been reached
 * @param mappings   of the layers that have been built
 * @param parameters where layers get their weights
 */
record Network(List<Node> inputs, List<Node> outputs, Map<Layer, String> names, Map<Layer, Mapping> mappings,
        Parameters parameters) {
    Network {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new IllegalArgumentException("a model of " + inputs.size() + " inputs and " + outputs.size()
                    + " outputs maps nothing; one of each or more would do");
        }
        inputs.stream().filter(n -> !n.isInput()).findFirst().ifPresent(n -> {
            throw new IllegalArgumentException("an input of a model is the output of a layer, " + n.layer().word()
                    + "; Node.input would do");
        });
    }

    /** Returns a network of layers none of which has been built. */
    static Network of(List<Node> inputs, List<Node> outputs, Parameters parameters) {
        return new Network(inputs, outputs, new IdentityHashMap<>(), new IdentityHashMap<>(), parameters);
    }

    /** Returns other nodes with the layers of this network, which have been built. */
    Network between(List<Node> from, List<Node> to) {
        TopologicalOrder.of(to, Node::inputs).stream().filter(n -> !n.isInput() && !mappings.containsKey(n.layer()))
                .findFirst()
                .ifPresent(n -> {
                    throw new IllegalArgumentException(
                            "sharing: a layer, " + n.layer().word() + ", is not one of this model");
                });
        return new Network(from, to, names, mappings, parameters);
    }

    /** Placeholders for the inputs, with one size for the samples of all. */
    List<Signal> placeholders() {
        var samples = new Dim.Symbol("samples");
        return IntStream.range(0, inputs.size()).mapToObj(i -> {
            String name = "input_" + (i + 1);
            var dims = new ArrayList<Dim>(List.of(samples));
            Arrays.stream(inputs.get(i).sample())
                    .forEach(n -> dims.add(n == K.NONE ? new Dim.Symbol(name + "[" + dims.size() + "]") : Dim.of(n)));
            return new Signal(Tensor.of(new Op.Placeholder(inputs.get(i).dtype(), new Shape(dims), name)));
        }).toList();
    }

    /** Returns what comes out for what goes in; {@code effects} takes what layers do besides. */
    List<Signal> out(List<Signal> in, Effects effects) {
        var known = new IdentityHashMap<Node, Signal>();
        IntStream.range(0, in.size()).forEach(i -> known.put(inputs.get(i), in.get(i)));
        for (Node n : TopologicalOrder.of(outputs, Node::inputs)) {
            if (n.isInput() && !known.containsKey(n)) {
                throw new IllegalArgumentException("an output needs an input of shape " + Arrays.toString(n.sample())
                        + " that is not among the model's");
            }
            if (!n.isInput()) {
                known.put(n, out(n.layer(), n.inputs().stream().map(known::get).toList(), effects));
            }
        }
        return outputs.stream().map(known::get).toList();
    }

    private Signal out(Layer layer, List<Signal> in, Effects effects) {
        String name = names.computeIfAbsent(layer, l -> l.givenName().orElseGet(() -> numbered(l.word())));
        try {
            Mapping mapping = mappings.get(layer);
            if (mapping == null) {
                mapping = layer.build(in.stream().map(s -> s.value().shape()).toList(), parameters.of(name));
                mappings.put(layer, mapping);
            }
            return mapping.apply(in, effects);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("layer " + name + ": " + e.getMessage(), e);
        }
    }

    /** Returns the first of word_1, word_2, … that no layer has, nor one of a model that is a layer here. */
    private String numbered(String word) {
        return IntStream.iterate(1, n -> n + 1).mapToObj(n -> word + "_" + n)
                .filter(name -> !names.containsValue(name) && !parameters.has(name)).findFirst().orElseThrow();
    }

    /**
     * Returns what output {@code i} is called: its layer's name, with a number from the second output of one layer on.
     */
    String outputName(int i) {
        String name = layerName(i);
        long before = IntStream.range(0, i).filter(k -> layerName(k).equals(name)).count();
        return before == 0 ? name : name + "_" + (before + 1);
    }

    private String layerName(int i) {
        Node n = outputs.get(i);
        return n.isInput() ? "output_" + (i + 1) : names.get(n.layer());
    }
}
