package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.FoldBranches;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Effects;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Mapping;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.Signal;
import io.clarion.model.optimizer.Optimizer;
import io.clarion.model.optimizer.Settings;
import io.clarion.runtime.Function;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Layers with their weights, between inputs and outputs. A model of one output is a layer of other models, which share
 * its weights with it.
 *
 * <p>Layers that have no name are called by what they are and a number, from 1 in each model: {@code dense_1}.
 */
public final class Model implements Layer, AutoCloseable {
    /** Samples at a time, unless a call says how many. */
    static final int BATCH = 32;

    private final Network network;
    private final Parameters parameters;
    private final Effects effects = new Effects();
    private final Tensor phase;
    private final List<Signal> inputs;
    private final List<Signal> outputs;
    private Function predict;
    private Function classify;

    private Model(Network network, Tensor phase) {
        this.network = network;
        this.phase = phase;
        inputs = network.placeholders();
        outputs = network.out(inputs, effects);
        parameters = Parameters.drawnFrom(null);
        parameters.adopt(network.parameters(), Set.copyOf(Graph.tensors(results()))::contains);
    }

    /** Returns a model of several inputs and outputs; the same seed gives the same first weights. */
    public static Model of(long seed, List<Node> inputs, List<Node> outputs) {
        return new Model(Network.of(inputs, outputs, Parameters.drawnFrom(new SplittableRandom(seed))),
                K.learningPhase());
    }

    /** Returns a model whose first weights come from the generator that {@link K#setRandomSeed} sets. */
    public static Model of(List<Node> inputs, List<Node> outputs) {
        return of(Seed.next(), inputs, outputs);
    }

    public static Model of(Node input, Node output) {
        return of(List.of(input), List.of(output));
    }

    /** Returns Keras's Sequential: layers one after another; the same seed gives the same first weights. */
    public static Model sequential(long seed, Node input, Layer... layers) {
        Node last = input;
        for (Layer layer : layers) {
            last = last.then(layer);
        }
        return of(seed, List.of(input), List.of(last));
    }

    /** Returns Keras's Sequential, with first weights from the generator that {@link K#setRandomSeed} sets. */
    public static Model sequential(Node input, Layer... layers) {
        return sequential(Seed.next(), input, layers);
    }

    /**
     * Returns a model of layers of this one, with their weights, between other nodes: the encoder of an autoencoder up
     * to its code, or its decoder on an input of its own.
     */
    public Model sharing(List<Node> from, List<Node> to) {
        return new Model(network.between(from, to), phase);
    }

    @Override
    public Mapping build(List<Shape> shapes, Parameters others) {
        if (shapes.size() != inputs.size() || outputs.size() != 1) {
            throw new IllegalArgumentException(
                    "inputs given: " + shapes.size() + "; a model as a layer takes as many as it has, here "
                            + inputs.size() + ", and has one output, here " + outputs.size());
        }
        for (int i = 0; i < shapes.size(); i++) {
            Shape own = inputs.get(i).value().shape();
            if (!own.accepts(shapes.get(i))) {
                throw new IllegalArgumentException(
                        "input " + i + " has shape " + shapes.get(i) + "; " + own + " would do");
            }
        }
        others.adopt(parameters, w -> true);
        return (in, to) -> network.out(in, to).get(0);
    }

    /** Returns all weights, in the order of the layers. */
    public List<Tensor> weights() {
        return parameters.all();
    }

    /** Returns the weights to be trained. */
    public List<Tensor> trained() {
        return parameters.trained();
    }

    /** Returns the number of trained numbers. */
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

    /** Returns the placeholders of the inputs. */
    public List<Tensor> placeholders() {
        return inputs.stream().map(Signal::value).toList();
    }

    /** Returns the outputs as tensors of the placeholders. */
    public List<Tensor> results() {
        return outputs.stream().map(Signal::value).toList();
    }

    /** Returns output {@code i} with its mask. */
    Signal output(int i) {
        return outputs.get(i);
    }

    String outputName(int i) {
        return network.outputName(i);
    }

    private String outputNames() {
        return IntStream.range(0, outputs.size()).mapToObj(this::outputName).collect(Collectors.joining(", "));
    }

    /** Refuses arrays that are not one for each input. */
    void checkInputs(String call, List<NDArray> values) {
        String inputsAre = inputs.stream().map(s -> ((Op.Placeholder) s.value().op()).name() + " " + s.value().shape())
                .collect(Collectors.joining(", "));
        Settings.check(values != null && values.stream().allMatch(Objects::nonNull),
                call + ": null is no array of samples; the model has "
                        + inputsAre);
        Settings.check(values.size() == inputs.size(),
                call + ": arrays given: " + values.size() + "; the model has an input for each of "
                        + inputsAre);
    }

    Parameters parameters() {
        return parameters;
    }

    Effects effects() {
        return effects;
    }

    /** Returns a function of placeholders for one learning phase, which computes what that needs. */
    Function function(List<Tensor> from, List<Tensor> to, List<Graph.Update> updates, boolean training) {
        Graph graph = inPhase(new Graph(from, to, updates), training);
        return K.function(graph.inputs(), graph.outputs(), graph.updates());
    }

    /** Returns the graph in one learning phase: what only the other needs is gone. */
    Graph inPhase(Graph graph, boolean training) {
        return phase.op() instanceof Op.Placeholder ? FoldBranches.of(graph, phase, training ? 1 : 0) : graph;
    }

    /** Returns the outputs for inputs of any number of samples, {@code batch} at a time. */
    public List<NDArray> predict(List<NDArray> values, int batch) {
        if (predict == null) {
            predict = function(placeholders(), results(), List.of(), false);
        }
        return inBatches("predict", predict, values, batch);
    }

    /** Returns the output of a model of one input and one output, 32 samples at a time. */
    public NDArray predict(NDArray values) {
        checkOneOutput("predict");
        return predict(Collections.singletonList(values), BATCH).get(0);
    }

    /**
     * Returns the place of the largest output along the last axis, int32, {@code batch} samples at a time: Keras's
     * predict_classes.
     */
    public NDArray predictClasses(List<NDArray> values, int batch) {
        checkOneOutput("predictClasses");
        if (classify == null) {
            classify = function(placeholders(), List.of(K.argmax(results().get(0))), List.of(), false);
        }
        return inBatches("predictClasses", classify, values, batch).get(0);
    }

    /** Returns {@link #predictClasses(List, int)} of a model of one input, 32 samples at a time. */
    public NDArray predictClasses(NDArray values) {
        return predictClasses(Collections.singletonList(values), BATCH);
    }

    private void checkOneOutput(String call) {
        Settings.check(outputs.size() == 1, call + ": the model has " + outputs.size() + " outputs, " + outputNames()
                + ", and one array is asked for; predict with a list of inputs gives an array for each");
    }

    private List<NDArray> inBatches(String call, Function function, List<NDArray> values, int batch) {
        Settings.batch(call, batch);
        checkInputs(call, values);
        var all = new Samples(values, List.of());
        var parts = new ArrayList<List<NDArray>>();
        for (int from = 0; from == 0 || from < all.size(); from += batch) {
            parts.add(function.call(all.part(from, Math.min(from + batch, all.size())).inputs()));
        }
        return IntStream.range(0, parts.get(0).size())
                .mapToObj(i -> Samples.joined(parts.stream().map(p -> p.get(i)).toList())).toList();
    }

    /** Returns this model with a loss for its output, or for each of several, and metrics. */
    public Trainer compile(Optimizer optimizer, Objective loss, Metric... metrics) {
        return compile(optimizer, outputs.stream().map(o -> loss).toList(), outputs.stream().map(o -> 1.0).toList(),
                List.of(metrics));
    }

    /**
     * Returns this model with a loss for each output, of which the weighted sum is to be small, and metrics of each
     * output.
     */
    public Trainer compile(Optimizer optimizer, List<? extends Objective> losses, List<Double> weights,
            List<? extends Metric> metrics) {
        return new Trainer(this, optimizer, losses, weights, metrics);
    }

    /** Frees what the device holds for predicting; the weights stay. */
    @Override
    public void close() {
        Stream.of(predict, classify).filter(Objects::nonNull).forEach(Function::close);
        predict = null;
        classify = null;
    }
}
