package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.model.layer.Signal;
import io.clarion.model.layer.weight.Constraint;
import io.clarion.model.optimizer.Optimizer;
import io.clarion.model.optimizer.Settings;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A trainer, Keras's compiled model: it learns to make a loss small. All of it is computed on the device in use when
 * the model was compiled.
 *
 * <p>The loss is the weighted sum of the outputs' losses, each a mean over samples (and steps that count), and of the
 * penalties of weights and layers.
 */
public final class Trainer implements AutoCloseable {
    private final Model model;
    private final double rate;
    private final List<Objective> losses;
    private final List<Tensor> targets = new ArrayList<>();
    private final Map<String, Tensor> values = new LinkedHashMap<>();
    private final Function learn;
    private final Function test;

    Trainer(Model model, Optimizer optimizer, List<? extends Objective> losses, List<Double> weights,
            List<? extends Metric> metrics) {
        this.model = model;
        int n = model.results().size();
        if (losses.size() != n || weights.size() != n) {
            throw new IllegalArgumentException(
                    "compile: losses given: " + losses.size() + ", weights: " + weights.size()
                            + "; one of each for each output, here " + n + ", would do");
        }
        Settings.check(optimizer != null, "compile: the optimizer is null; new Sgd() would do");
        this.rate = optimizer.rate();
        Settings.check(losses.stream().allMatch(Objects::nonNull),
                "compile: a loss is null; Loss.MEAN_SQUARED_ERROR would do");
        Settings.check(metrics.stream().allMatch(Objects::nonNull),
                "compile: a metric is null; Accuracy.FITTING would do");
        Settings.check(weights.stream().allMatch(Double::isFinite),
                "compile: losses cannot weigh " + weights + "; finite numbers would do");
        this.losses = List.copyOf(losses);
        values.put("loss", null);
        Tensor total = null;
        for (int i = 0; i < n; i++) {
            Signal output = model.output(i);
            Tensor target = target(output.value(), losses.get(i), "target_" + (i + 1));
            targets.add(target);
            Tensor loss = mean(losses.get(i).scores(target, output.value()), output.mask());
            String prefix = n == 1 ? "" : model.outputName(i) + "_";
            if (n > 1) {
                tell(prefix + "loss", loss);
            }
            for (Metric metric : metrics) {
                Metric fitting = metric instanceof Accuracy a ? a.fitting(losses.get(i), output.value()) : metric;
                tell(prefix + metric.word(), fitting.value(target, output.value()));
            }
            Tensor weighted = weights.get(i) == 1 ? loss : loss.times(weights.get(i));
            total = total == null ? weighted : total.plus(weighted);
        }
        Stream<Tensor> penalties = Stream.concat(model.parameters().penalties().stream(),
                model.effects().penalties().stream());
        Tensor loss = penalties.reduce(total, Tensor::plus);
        values.put("loss", loss);
        List<Tensor> all = Stream.concat(model.placeholders().stream(), targets.stream()).toList();
        // What trains is fixed before it is differentiated, so that no gradient flows into what only tests need.
        Graph training = model.inPhase(new Graph(all, List.copyOf(values.values()), model.effects().updates()), true);
        var updates = new ArrayList<>(constrained(optimizer.updates(training.outputs().get(0), model.trained())));
        updates.addAll(training.updates());
        learn = model.function(all, training.outputs(), updates, true);
        test = model.function(all, List.copyOf(values.values()), List.of(), false);
    }

    private void tell(String name, Tensor value) {
        Settings.check(!values.containsKey(name),
                "compile: two values would be called " + name + "; metrics of different names would do");
        values.put(name, value);
    }

    /** Returns a placeholder for what an output should be. */
    private static Tensor target(Tensor output, Objective loss, String name) {
        Shape shape = loss.takesClasses() ? output.shape().part(0, output.rank() - 1) : output.shape();
        // A size that a call tells only indirectly is a size of its own here, so that a call can be checked.
        Shape declared = new Shape(shape.dims().stream()
                .map(d -> d.isKnown() || d instanceof Dim.Symbol ? d : new Dim.Symbol(name)).toList());
        return Tensor.of(new Op.Placeholder(loss.takesClasses() ? DType.INT32 : output.dtype(), declared, name));
    }

    /** Returns the mean of scores, of steps that count if there is a mask, by their number as Keras has it. */
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

    /** Returns the learning rate of the first step. */
    double rate() {
        return rate;
    }

    /** Learns from a batch, Keras's train_on_batch; the score is of before. */
    public Score trainOnBatch(Samples batch) {
        return score(learn, batch);
    }

    /** Returns the score on a batch: Keras's test_on_batch. */
    public Score testOnBatch(Samples batch) {
        return score(test, batch);
    }

    /** Returns the score on samples, {@code batch} at a time. */
    public Score evaluate(Samples samples, int batch) {
        Settings.batch("evaluate", batch);
        Score score = Score.NONE;
        for (int from = 0; from < samples.size(); from += batch) {
            score = score.and(testOnBatch(samples.part(from, Math.min(from + batch, samples.size()))));
        }
        return score;
    }

    /** Returns the score on samples, 32 at a time. */
    public Score evaluate(Samples samples) {
        return evaluate(samples, Model.BATCH);
    }

    /**
     * Learns from all samples {@code epochs} times, {@code batch} at a time in a random order: {@link Training} with
     * less to say.
     */
    public Training.History fit(Samples samples, int epochs, int batch, Callback... callbacks) {
        return new Training(epochs, batch, Seed.next()).run(this, samples, null, callbacks);
    }

    /** Returns the same, with an evaluation on other samples after each epoch. */
    public Training.History fit(Samples samples, Samples validation, int epochs, int batch, Callback... callbacks) {
        return new Training(epochs, batch, Seed.next()).run(this, samples, validation, callbacks);
    }

    private Score score(Function function, Samples batch) {
        if (batch.targets().size() != targets.size()) {
            throw new IllegalArgumentException(
                    "arrays of targets given: " + batch.targets().size() + "; one for each output, here "
                            + targets.size() + ", would do");
        }
        model.checkInputs("inputs", batch.inputs());
        var fed = new ArrayList<>(batch.inputs());
        for (int i = 0; i < targets.size(); i++) {
            NDArray fitting = fitted(batch.targets().get(i), targets.get(i).shape());
            checkTarget(i, fitting.shape());
            fed.add(fitting);
        }
        List<NDArray> results = function.call(fed);
        var named = new LinkedHashMap<String, Double>();
        values.keySet().forEach(name -> named.put(name, results.get(named.size()).item()));
        return new Score(batch.size(), named);
    }

    /** Targets of which each is one number, with a last axis of 1 or without, as Keras takes them. */
    private static NDArray fitted(NDArray target, Shape declared) {
        int[] sizes = target.shape().sizes();
        int rank = declared.rank();
        if (sizes.length == rank + 1 && sizes[rank] == 1) {
            return target.reshape(Arrays.copyOf(sizes, rank));
        }
        return sizes.length == rank - 1 && declared.dim(-1).is(1)
                ? target.reshape(target.shape().then(Shape.of(1)).sizes()) : target;
    }

    private void checkTarget(int i, Shape given) {
        Shape declared = targets.get(i).shape();
        Shape output = model.results().get(i).shape();
        if (declared.accepts(given)) {
            return;
        }
        boolean takesClasses = losses.get(i).takesClasses();
        String hint = takesClasses && output.accepts(given)
                ? "; a row of 0 and 1 for each sample is for categorical_crossentropy"
                : !takesClasses && output.part(0, output.rank() - 1).accepts(given)
                        ? "; classes as whole numbers are for sparse_categorical_crossentropy"
                        : given.rank() < declared.rank()
                                ? "; a Flatten before " + model.outputName(i) + " would make one output of each sample"
                                : "";
        throw new IllegalArgumentException(
                "targets: output " + model.outputName(i) + " has shape " + output + ", so that the loss takes targets "
                        + declared + ", and those given have " + given + hint);
    }

    /** Frees what the device holds for learning, testing and predicting; the weights stay. */
    @Override
    public void close() {
        learn.close();
        test.close();
        model.close();
    }
}
