package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Graph;
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
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Layers with their weights, between inputs and outputs. A model of one output is a layer of other models, which share its
 * weights with it.
 *
 * <p>Layers that have no name are called by what they are and a number, from 1 in each model: {@code dense_1}.
 */
public final class Model implements Layer, AutoCloseable {
    private final List<Node> inputs;
    private final List<Node> outputs;
    private final Parameters parameters;
    private final Effects effects = new Effects();
    private final Map<Layer, String> names;
    private final Map<Layer, Mapping> built;
    private final Map<Node, Signal> signals;
    private final Tensor phase;
    private PhasedFunction predict;
    private PhasedFunction classify;

    private Model(List<Node> inputs, List<Node> outputs, Parameters parameters, Model of) {
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.parameters = parameters;
        names = of == null ? named(outputs) : of.names;
        built = of == null ? new IdentityHashMap<>() : of.built;
        phase = of == null ? K.learningPhase() : of.phase;
        signals = new IdentityHashMap<>();
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new IllegalArgumentException("a model of " + inputs.size() + " inputs and " + outputs.size()
                    + " outputs maps nothing; one of each or more would do");
        }
        var samples = new Dim.Symbol("samples");
        for (int i = 0; i < inputs.size(); i++) {
            signals.put(inputs.get(i), new Signal(placeholder(inputs.get(i), samples, "input_" + (i + 1))));
        }
        flow(signals, effects);
        if (of != null) {
            parameters.adopt(of.parameters, Set.copyOf(Graph.tensors(results()))::contains);
        }
    }

    /** A model of several inputs and outputs; the same seed gives the same first weights. */
    public static Model of(long seed, List<Node> inputs, List<Node> outputs) {
        return new Model(inputs, outputs, Parameters.drawnFrom(new SplittableRandom(seed)), null);
    }

    /** A model whose first weights come from the generator that {@link K#setRandomSeed} sets. */
    public static Model of(List<Node> inputs, List<Node> outputs) {
        return of(Seed.next(), inputs, outputs);
    }

    public static Model of(Node input, Node output) {
        return of(List.of(input), List.of(output));
    }

    /** Keras's Sequential: layers one after another; the same seed gives the same first weights. */
    public static Model sequential(long seed, Node input, Layer... layers) {
        return of(seed, List.of(input), List.of(Arrays.stream(layers).reduce(input, Node::then, (a, b) -> b)));
    }

    /** Keras's Sequential, with first weights from the generator that {@link K#setRandomSeed} sets. */
    public static Model sequential(Node input, Layer... layers) {
        return sequential(Seed.next(), input, layers);
    }

    /**
     * A model of layers of this one, with their weights, between other nodes: the encoder of an autoencoder up to its code,
     * or its decoder on an input of its own.
     */
    public Model sharing(List<Node> from, List<Node> to) {
        TopologicalOrder.of(to, Node::inputs).stream().filter(n -> !n.isInput() && !built.containsKey(n.layer())).findFirst().ifPresent(n -> {
            throw new IllegalArgumentException("sharing: a layer, " + n.layer().word() + ", is not one of this model");
        });
        return new Model(from, to, Parameters.drawnFrom(new SplittableRandom(0)), this);
    }

    private static Tensor placeholder(Node input, Dim samples, String name) {
        if (!input.isInput()) {
            throw new IllegalArgumentException("an input of a model is the output of a layer, " + input.layer().word() + "; Node.input would do");
        }
        var dims = new ArrayList<Dim>(List.of(samples));
        Arrays.stream(input.sample()).forEach(n -> dims.add(n == K.NONE ? new Dim.Symbol(name + "[" + dims.size() + "]") : Dim.of(n)));
        return Tensor.of(new Op.Placeholder(input.dtype(), new Shape(dims), name));
    }

    private static Map<Layer, String> named(List<Node> outputs) {
        var names = new IdentityHashMap<Layer, String>();
        var counts = new HashMap<String, Integer>();
        for (Node n : TopologicalOrder.of(outputs, Node::inputs)) {
            if (!n.isInput() && !names.containsKey(n.layer())) {
                String word = n.layer().word();
                names.put(n.layer(), n.layer().givenName().orElseGet(() -> word + "_" + counts.merge(word, 1, Integer::sum)));
            }
        }
        return names;
    }

    /** Computes what comes out of every node, from the inputs, which are known. */
    private void flow(Map<Node, Signal> known, Effects to) {
        for (Node n : TopologicalOrder.of(outputs, n -> known.containsKey(n) ? List.<Node>of() : n.inputs())) {
            if (!known.containsKey(n)) {
                if (n.isInput()) {
                    throw new IllegalArgumentException("an output needs an input of shape " + Arrays.toString(n.sample())
                            + " that is not among the model's");
                }
                known.put(n, out(n, n.inputs().stream().map(known::get).toList(), to));
            }
        }
    }

    private Signal out(Node n, List<Signal> in, Effects to) {
        String name = names.get(n.layer());
        try {
            Mapping mapping = built.get(n.layer());
            if (mapping == null) {
                mapping = n.layer().build(in.stream().map(s -> s.value().shape()).toList(), parameters.of(name));
                built.put(n.layer(), mapping);
            }
            return mapping.apply(in, to);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("layer " + name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Mapping build(List<Shape> shapes, Parameters others) {
        if (shapes.size() != inputs.size() || outputs.size() != 1) {
            throw new IllegalArgumentException("a model of " + inputs.size() + " inputs and " + outputs.size() + " outputs cannot be a layer on "
                    + shapes.size() + " inputs; as many inputs and one output would do");
        }
        for (int i = 0; i < shapes.size(); i++) {
            if (!placeholders().get(i).shape().accepts(shapes.get(i))) {
                throw new IllegalArgumentException("input " + i + " has shape " + shapes.get(i) + "; " + placeholders().get(i).shape() + " would do");
            }
        }
        others.adopt(parameters, w -> true);
        return (in, to) -> {
            var known = new IdentityHashMap<Node, Signal>();
            IntStream.range(0, in.size()).forEach(i -> known.put(inputs.get(i), in.get(i)));
            flow(known, to);
            return known.get(outputs.get(0));
        };
    }

    /** All weights, in the order of the layers. */
    public List<Tensor> weights() {
        return parameters.all();
    }

    /** The weights to be trained. */
    public List<Tensor> trained() {
        return parameters.trained();
    }

    /** The number of trained numbers. */
    public int size() {
        return trained().stream().mapToInt(K::countParams).sum();
    }

    /** Writes the weights; see {@link Weights#save}. */
    public void save(Path file) throws IOException {
        Weights.save(file, weights());
    }

    /** Sets the weights to those in {@code file}; see {@link Weights#load}. */
    public void load(Path file) throws IOException {
        Weights.load(file, weights());
    }

    /** The placeholders of the inputs. */
    public List<Tensor> placeholders() {
        return inputs.stream().map(n -> signals.get(n).value()).toList();
    }

    /** The outputs as tensors of the placeholders. */
    public List<Tensor> results() {
        return outputs.stream().map(n -> signals.get(n).value()).toList();
    }

    /** Output {@code i} with its mask. */
    Signal output(int i) {
        return signals.get(outputs.get(i));
    }

    /** What output {@code i} is called: its layer's name. */
    String outputName(int i) {
        Node n = outputs.get(i);
        return n.isInput() ? "output_" + (i + 1) : names.get(n.layer());
    }

    Parameters parameters() {
        return parameters;
    }

    Effects effects() {
        return effects;
    }

    PhasedFunction function(List<Tensor> from, List<Tensor> to, List<Graph.Update> updates, boolean training) {
        return new PhasedFunction(from, to, updates, phase, training);
    }

    /** The outputs for inputs of any number of samples, {@code batch} at a time. */
    public List<NDArray> predict(List<NDArray> values, int batch) {
        if (predict == null) {
            predict = function(placeholders(), results(), List.of(), false);
        }
        var all = new Samples(values, List.of());
        var parts = new ArrayList<List<NDArray>>();
        for (int from = 0; from == 0 || from < all.size(); from += batch) {
            parts.add(predict.call(all.part(from, Math.min(from + batch, all.size())).inputs()));
        }
        return IntStream.range(0, outputs.size()).mapToObj(i -> Samples.joined(parts.stream().map(p -> p.get(i)).toList())).toList();
    }

    /** The output of a model of one input and one output, 32 samples at a time. */
    public NDArray predict(NDArray values) {
        return predict(List.of(values), 32).get(0);
    }

    /** The place of the largest output along the last axis, int32: Keras's predict_classes. */
    public NDArray predictClasses(NDArray values) {
        if (classify == null) {
            classify = function(placeholders(), List.of(K.argmax(results().get(0))), List.of(), false);
        }
        return classify.call(List.of(values)).get(0);
    }

    /** This model with a loss for its output, or for each of several, and metrics. */
    public Learner compile(Optimizer optimizer, Objective loss, Metric... metrics) {
        return compile(optimizer, outputs.stream().map(o -> loss).toList(), outputs.stream().map(o -> 1.0).toList(), List.of(metrics));
    }

    /** This model with a loss for each output, of which the weighted sum is to be small, and metrics of each output. */
    public Learner compile(Optimizer optimizer, List<? extends Objective> losses, List<Double> weights, List<? extends Metric> metrics) {
        return new Learner(this, optimizer, losses, weights, metrics);
    }

    @Override
    public void close() {
        Stream.of(predict, classify).filter(Objects::nonNull).forEach(PhasedFunction::close);
        predict = null;
        classify = null;
    }
}
