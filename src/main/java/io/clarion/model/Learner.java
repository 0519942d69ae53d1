package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.model.layer.Constraint;
import io.clarion.model.layer.Signal;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A compiled model: it learns to make a loss small. All of it is computed on the device in use when the model was compiled.
 *
 * <p>The loss is the weighted sum of the outputs' losses, each a mean over samples (and steps that count), and of the
 * penalties of weights and layers.
 */
public final class Learner implements AutoCloseable {
    private final Model model;
    private final double rate;
    private final List<Tensor> targets = new ArrayList<>();
    private final Map<String, Tensor> values = new LinkedHashMap<>();
    private final PhasedFunction learn;
    private final PhasedFunction test;

    Learner(Model model, Optimizer optimizer, List<? extends Objective> losses, List<Double> weights, List<? extends Metric> metrics) {
        this.model = model;
        this.rate = optimizer.rate();
        int n = model.results().size();
        if (losses.size() != n || weights.size() != n) {
            throw new IllegalArgumentException("compile: losses given: " + losses.size() + ", weights: " + weights.size()
                    + "; one of each for each output, here " + n + ", would do");
        }
        values.put("loss", null);
        Tensor total = null;
        for (int i = 0; i < n; i++) {
            Signal output = model.output(i);
            Tensor target = target(output.value(), losses.get(i), "target_" + (i + 1));
            targets.add(target);
            Tensor loss = mean(losses.get(i).scores(target, output.value()), output.mask());
            String prefix = n == 1 ? "" : model.outputName(i) + "_";
            if (n > 1) {
                values.put(prefix + "loss", loss);
            }
            for (Metric metric : metrics) {
                Metric fitting = metric instanceof Accuracy a ? a.fitting(losses.get(i), output.value()) : metric;
                values.put(prefix + metric.word(), fitting.value(target, output.value()));
            }
            Tensor weighted = weights.get(i) == 1 ? loss : loss.times(weights.get(i));
            total = total == null ? weighted : total.plus(weighted);
        }
        Stream<Tensor> penalties = Stream.concat(model.parameters().penalties().stream(), model.effects().penalties().stream());
        Tensor loss = penalties.reduce(total, Tensor::plus);
        values.put("loss", loss);
        List<Tensor> all = Stream.concat(model.placeholders().stream(), targets.stream()).toList();
        var updates = new ArrayList<>(constrained(optimizer.updates(loss, model.trained())));
        updates.addAll(model.effects().updates());
        learn = model.function(all, List.copyOf(values.values()), updates, true);
        test = model.function(all, List.copyOf(values.values()), List.of(), false);
    }

    /** A placeholder for what an output should be. */
    private static Tensor target(Tensor output, Objective loss, String name) {
        Shape shape = loss.takesClasses() ? output.shape().part(0, output.rank() - 1) : output.shape();
        // A size that a call tells only indirectly is a size of its own here, so that a call can be checked.
        Shape declared = new Shape(shape.dims().stream()
                .map(d -> d.isKnown() || d instanceof Dim.Symbol ? d : new Dim.Symbol(name)).toList());
        return Tensor.of(new Op.Placeholder(loss.takesClasses() ? DType.INT32 : output.dtype(), declared, name));
    }

    /** The mean of scores, of steps that count if there is a mask, by their number as Keras has it. */
    private static Tensor mean(Tensor scores, Tensor mask) {
        if (mask == null) {
            return K.mean(scores);
        }
        Tensor counts = mask.cast(scores.dtype());
        return K.mean(scores.times(counts).div(K.mean(counts)));
    }

    private List<Graph.Update> constrained(List<Graph.Update> updates) {
        Map<Variable, Constraint> constraints = model.parameters().constraints();
        return updates.stream().map(u -> constraints.containsKey(u.variable())
                ? new Graph.Update(u.variable(), constraints.get(u.variable()).apply(u.value())) : u).toList();
    }

    public Model model() {
        return model;
    }

    /** The learning rate of the first step. */
    double rate() {
        return rate;
    }

    /** Learns from a batch, Keras's train_on_batch; the score is of before. */
    public Score trainOnBatch(Samples batch) {
        return score(learn, batch);
    }

    /** The score on a batch: Keras's test_on_batch. */
    public Score testOnBatch(Samples batch) {
        return score(test, batch);
    }

    /** The score on samples, {@code batch} at a time. */
    public Score evaluate(Samples samples, int batch) {
        Score score = Score.NONE;
        for (int from = 0; from < samples.size(); from += batch) {
            score = score.and(testOnBatch(samples.part(from, Math.min(from + batch, samples.size()))));
        }
        return score;
    }

    /** The score on samples, 32 at a time. */
    public Score evaluate(Samples samples) {
        return evaluate(samples, 32);
    }

    /** Learns from all samples {@code epochs} times, {@code batch} at a time in a random order: {@link Training} with less to say. */
    public Training.History fit(Samples samples, int epochs, int batch, Callback... callbacks) {
        return new Training(epochs, batch, Seed.next()).run(this, samples, null, callbacks);
    }

    /** The same, with an evaluation on other samples after each epoch. */
    public Training.History fit(Samples samples, Samples validation, int epochs, int batch, Callback... callbacks) {
        return new Training(epochs, batch, Seed.next()).run(this, samples, validation, callbacks);
    }

    private Score score(PhasedFunction function, Samples batch) {
        if (batch.targets().size() != targets.size()) {
            throw new IllegalArgumentException("arrays of targets given: " + batch.targets().size() + "; one for each output, here "
                    + targets.size() + ", would do");
        }
        var fed = new ArrayList<>(batch.inputs());
        for (int i = 0; i < targets.size(); i++) {
            fed.add(fitted(batch.targets().get(i), targets.get(i).rank()));
        }
        List<NDArray> results = function.call(fed);
        var named = new LinkedHashMap<String, Double>();
        values.keySet().forEach(name -> named.put(name, results.get(named.size()).item()));
        return new Score(batch.size(), named);
    }

    /** Classes as Keras has them, with a last axis of 1, without that axis. */
    private static NDArray fitted(NDArray target, int rank) {
        int[] sizes = target.shape().sizes();
        return sizes.length == rank + 1 && sizes[rank] == 1 ? target.reshape(Arrays.copyOf(sizes, rank)) : target;
    }

    /** Frees what the device holds for learning, testing and predicting; the weights stay. */
    @Override
    public void close() {
        learn.close();
        test.close();
        model.close();
    }
}
