package io.clarion;

import static io.clarion.K.NONE;
import static io.clarion.tensor.DType.INT32;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.DeviceScope;
import io.clarion.model.Accuracy;
import io.clarion.model.EarlyStopping;
import io.clarion.model.Loss;
import io.clarion.model.Metric;
import io.clarion.model.Model;
import io.clarion.model.Monitor;
import io.clarion.model.Samples;
import io.clarion.model.Trainer;
import io.clarion.model.Training;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.BatchNormalization;
import io.clarion.model.layer.Dense;
import io.clarion.model.layer.Dropout;
import io.clarion.model.layer.Embedding;
import io.clarion.model.layer.Lambda;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Merge;
import io.clarion.model.layer.Node;
import io.clarion.model.layer.Permute;
import io.clarion.model.layer.RepeatVector;
import io.clarion.model.layer.Reshape;
import io.clarion.model.layer.Weight;
import io.clarion.model.layer.convolution.Conv;
import io.clarion.model.layer.convolution.Pool;
import io.clarion.model.layer.convolution.UpSampling;
import io.clarion.model.layer.convolution.Window;
import io.clarion.model.layer.convolution.ZeroPadding;
import io.clarion.model.layer.recurrent.Lstm;
import io.clarion.model.layer.weight.Constraint;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.Regulariser;
import io.clarion.model.optimizer.Adam;
import io.clarion.model.optimizer.Optimizer;
import io.clarion.model.optimizer.Sgd;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/** Mistakes with layers, models, training and devices. */
class ModelMistakesTest extends Mistakes {
    static Stream<Arguments> mistakes() {
        return all(ModelMistakesTest::layers, ModelMistakesTest::models, ModelMistakesTest::training,
                ModelMistakesTest::devices);
    }

    @Test
    void thereAreMany() {
        assertTrue(mistakes().count() >= 60);
    }

    private static Model of(Layer layer, int... sample) {
        return Model.sequential(1, Node.input(sample), layer);
    }

    private static void layers() {
        of("a layer of no units", "0 units are not possible; 1 or more would do", () -> new Dense(0));
        of("a layer of a negative number of units", "-3 units are not possible; 1 or more would do",
                () -> new Lstm(-3));
        of("a convolution of no filters", "0 filters are not possible; 1 or more would do", () -> new Conv(0, 3, 3));
        of("a window of four axes", "a window [3, 3, 3, 3] has 4 axes; 1 to 3 are possible",
                () -> Window.of(3, 3, 3, 3));
        of("a window of no pixels",
                "window [0, 3] with strides [] and dilation []: each has to be a positive number for each axis",
                () -> Window.of(0, 3));
        of("null as an activation",
                "the activation is null; Activation.LINEAR, which leaves outputs as they are, would do",
                () -> new Dense(3, null));
        of("an activation that Keras does not know",
                "activation \"swish\" is not one of linear, relu, tanh, sigmoid, hard_sigmoid, softplus, softsign, softmax",
                () -> Activation.of("swish"));
        of("null as an initialiser", "the initialiser of weights is null; Initialiser.GLOROT_UNIFORM would do",
                () -> Weight.of(null));
        of("null as a function", "the function of a lambda layer is null; x -> x would do", () -> new Lambda(null));
        of("dropping all", "a share of 1.5 cannot be dropped; a number from 0 to below 1 would do",
                () -> new Dropout(1.5));
        of("words of a negative number", "-1 words are not possible; 1 or more would do", () -> new Embedding(-1, 3));
        of("averages that keep more than all", "averages cannot keep a share of 1.1; a number from 0 to 1 would do",
                () -> new BatchNormalization(-1, 1.1, 1e-3, null, null));
        of("a negative epsilon", "epsilon cannot be -1.0; a finite number from 0 would do",
                () -> new BatchNormalization(-1, 0.9, -1, null, null));
        of("repeating no times", "0 times are not possible; 1 or more would do", () -> new RepeatVector(0));
        of("factors of 0", "factors [0, 2] do not repeat anything; whole numbers from 1 would do",
                () -> new UpSampling(0, 2));
        of("negative padding", "padding [-1, 1] before and [-1, 1] after; none can be negative",
                () -> new ZeroPadding(-1, 1));
        of("a sample of two open sizes",
                "a sample cannot become [-1, -1]; sizes of which at most one is -1, for what remains, would do",
                () -> new Reshape(-1, -1));
        of("lengths of weights below 0", "weights cannot have a length of -1.0 at most; a positive number would do",
                () -> Constraint.maxNorm(-1));
        of("a penalty that is no number",
                "a penalty cannot be 0.0 times the sum and NaN times the sum of squares; finite numbers would do",
                () -> Regulariser.l2(Double.NaN));
        of("an input of a negative size",
                "an input of shape [-3] for a sample is not possible; sizes from 0, or K.NONE for one that a call tells, would do",
                () -> Node.input(-3));
        of("a vector for a layer of sequences",
                "layer lstm_1: the input has shape (None, 5); (samples, time, features) would do",
                () -> of(new Lstm(3), 5));
        of("a vector for a convolution", "layer conv_1: the input has shape (None, 5); a batch of images would do",
                () -> of(new Conv(3, 3, 3), 5));
        of("an image smaller than the window",
                "layer conv_1: conv2d: a window of 5 elements does not fit an axis of 3; border mode \"same\" or a smaller window would do",
                () -> of(new Conv(3, 5, 5), 3, 3, 1));
        of("an image smaller than the pool",
                "layer pool_1: pool2d: a window of 4 elements does not fit an axis of 3; border mode \"same\" or a smaller window would do",
                () -> of(Pool.max(4, 4), 3, 3, 1));
        of("a sample of another size",
                "layer reshape_1: a sample of the input (None, 5) has 5 elements, which cannot become [2, 2]",
                () -> of(new Reshape(2, 2), 5));
        of("a pattern that names the samples",
                "layer permute_1: pattern [0, 1] does not name each axis of the input (None, 2, 3) once, from 1 to 2",
                () -> of(new Permute(0, 1), 2, 3));
        of("features of an unknown number",
                "layer dense_1: the weights depend on axis 1 of the input (None, None), whose size is not known; declare it",
                () -> of(new Dense(3), NONE));
        of("fractions for words",
                "layer embedding_1: the input is float32, and words are whole numbers; Node.input(DType.INT32, …) would do, or a Lambda that casts before, as Keras does",
                () -> of(new Embedding(3, 2), 5));
        of("an identity that is no square",
                "layer dense_1: weights of shape [5, 3] cannot be an identity; a square would do",
                () -> of(new Dense(3).kernel(Weight.of(Initialiser.IDENTITY)), 5));
        of("one input to merge", "layer merge_1: inputs given: 1; merging by SUM takes two or more",
                () -> of(Merge.sum(), 5));
    }

    private static void models() {
        Node in = Node.input(3);
        Node other = Node.input(2);
        of("inputs that are not the model's", "an output needs an input of shape [2] that is not among the model's",
                () -> Model.of(in, Merge.concat().on(in, other)));
        of("inputs merged that differ",
                "layer merge_1: inputs of shapes [(None, 3), (None, 2)] differ; merging by SUM takes equal shapes",
                () -> Model.of(List.of(in, other), List.of(Merge.sum().on(in, other))));
        of("two layers of one name", "layer a: two weights would be called a/kernel; give the layers different names",
                () -> Model.sequential(in, new Dense(2).named("a"), new Dense(2).named("a")));
        of("a model of nothing", "a model of 0 inputs and 0 outputs maps nothing; one of each or more would do",
                () -> Model.of(List.of(), List.of()));
        of("an input that is no input", "an input of a model is the output of a layer, dense; Node.input would do",
                () -> Model.of(List.of(in.then(new Dense(2))), List.of(in)));
        of("images of another size", "call: input 0 (input_1) has shape (None, 3), the value given has (5, 4)",
                () -> of(new Dense(2), 3).predict(ones(5, 4)));
        of("batches of nothing", "predict: batches of 0 samples are none; 1 or more would do",
                () -> of(new Dense(2), 3).predict(List.of(ones(5, 3)), 0));
        of("one of two inputs",
                "predictClasses: arrays given: 1; the model has an input for each of input_1 (None, 3), input_2 (None, 2)",
                () -> Model.of(List.of(in, other), List.of(Merge.concat().on(in, other))).predictClasses(ones(5, 3)));
        of("one of two outputs",
                "predict: the model has 2 outputs, dense_1, dense_2, and one array is asked for; predict with a list of inputs gives an array for each",
                () -> Model.of(List.of(in), List.of(in.then(new Dense(1)), in.then(new Dense(2)))).predict(ones(5, 3)));
        of("null as samples", "predict: null is no array of samples; the model has input_1 (None, 3)",
                () -> of(new Dense(2), 3).predict((NDArray) null));
        of("weights of what is no variable", "x float32(2,) is not a variable; only variables have weights",
                () -> io.clarion.model.Weights.save(java.nio.file.Path.of("w.npz"), List.of(x(2))));
    }

    private static void training() {
        Model model = of(new Dense(2), 3);
        of("fewer losses than outputs",
                "compile: losses given: 0, weights: 0; one of each for each output, here 1, would do",
                () -> model.compile(new Sgd(), List.of(), List.of(), List.of()));
        of("null as a loss", "compile: a loss is null; Loss.MEAN_SQUARED_ERROR would do",
                () -> model.compile(new Sgd(), (Loss) null));
        of("null as an optimizer", "compile: the optimizer is null; new Sgd() would do",
                () -> model.compile(null, Loss.HINGE));
        of("a loss that weighs no number", "compile: losses cannot weigh [NaN]; finite numbers would do",
                () -> model.compile(new Sgd(), List.of(Loss.HINGE), List.of(Double.NaN), List.of()));
        of("two metrics of one name", "compile: two values would be called acc; metrics of different names would do",
                () -> model.compile(new Sgd(), Loss.HINGE, Accuracy.FITTING, Accuracy.FITTING));
        of("a loss that Keras does not know",
                "loss \"l2\" is not one of mean_squared_error, mean_absolute_error, mean_absolute_percentage_error, mean_squared_logarithmic_error, squared_hinge, hinge, binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy, sparse_categorical_crossentropy_of_logits, kullback_leibler_divergence, poisson, cosine_proximity",
                () -> Loss.of("l2"));
        of("an optimizer that Keras does not know",
                "optimizer \"lbfgs\" is not one of sgd, rmsprop, adagrad, adadelta, adam, adamax, nadam",
                () -> Optimizer.named("lbfgs"));
        of("a negative learning rate", "a learning rate cannot be -0.1; a finite number from 0 would do",
                () -> new Sgd(-0.1));
        of("a learning rate that is no number", "a learning rate cannot be NaN; a finite number from 0 would do",
                () -> new Adam(Double.NaN));
        of("a momentum of 2", "momentum cannot be 2.0; a number from 0 to below 1 would do",
                () -> new Sgd(0.1, 2, false));
        of("a negative decay", "the decay of a learning rate cannot be -1.0; a finite number from 0 would do",
                () -> new Sgd().decay(-1));
        of("gradients of no length",
                "gradients cannot be clipped to a length of 0.0 and elements of Infinity; positive numbers would do",
                () -> new Sgd().clipNorm(0));
        of("no epochs", "0 epochs in batches of 32 train nothing; both must be 1 or more",
                () -> new Training(0, 32, 1));
        of("the largest none", "the k of top-k accuracy cannot be 0; 1 or more would do", () -> Metric.topK(0));
        of("negative patience", "the patience of early stopping cannot be -1; 0 or more would do",
                () -> new EarlyStopping(Monitor.of("loss"), -1));
        of("samples of different numbers",
                "arrays of shapes [(5, 3), (4, 2)] are not samples; equally many along axis 0 of each would do",
                () -> Samples.of(ones(5, 3), ones(4, 2)));
        of("null as targets", "samples: null is no array; one for each input and output would do",
                () -> Samples.of(ones(5, 3), null));
        of("targets of another shape",
                "targets: output dense_1 has shape (None, 2), so that the loss takes targets (None, 2), and those given have (5, 4)",
                () -> trainer(model).trainOnBatch(Samples.of(ones(5, 3), ones(5, 4))));
        of("no targets", "arrays of targets given: 0; one for each output, here 1, would do",
                () -> trainer(model).trainOnBatch(new Samples(List.of(ones(5, 3)), List.of())));
        of("an evaluation in batches of nothing", "evaluate: batches of 0 samples are none; 1 or more would do",
                () -> trainer(model).evaluate(Samples.of(ones(5, 3), ones(5, 2)), 0));
        of("nothing to learn from", "training: there are no samples to learn from; one or more would do",
                () -> trainer(model).fit(Samples.of(ones(0, 3), ones(0, 2)), 1, 32));
        of("a value that is not watched",
                "an epoch has no \"val_loss\"; it has [loss], and no samples to test with were given",
                () -> trainer(model).fit(Samples.of(ones(5, 3), ones(5, 2)), 1, 32, new EarlyStopping()));
        of("a score that there is not", "a score has no \"acc\"; it has [loss]",
                () -> trainer(model).testOnBatch(Samples.of(ones(5, 3), ones(5, 2))).accuracy());
        of("learning with a closed trainer", "call: the function is closed; it has to be open as long as it is used",
                () -> {
                    Trainer trainer = trainer(model);
                    trainer.close();
                    trainer.trainOnBatch(Samples.of(ones(5, 3), ones(5, 2)));
                });
    }

    private static Trainer trainer(Model model) {
        return model.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR);
    }

    private static void devices() {
        of("no devices", "useDevices: devices that work as one have to be one or more, each once; given: []",
                () -> K.useDevices());
        of("one device twice",
                "useDevices: devices that work as one have to be one or more, each once; given: [reference:0, reference:0]",
                () -> K.useDevices("reference:0", "reference:0"));
        of("a scope that another thread closes",
                "a device's scope has to be closed by the thread that opened it, this, not by other", () -> {
                    DeviceScope scope = K.device("reference:0");
                    var thrown = new AtomicReference<RuntimeException>();
                    var thread = new Thread(() -> {
                        try {
                            scope.close();
                        } catch (RuntimeException e) {
                            thrown.set(e);
                        }
                    }, "other");
                    thread.start();
                    thread.join();
                    scope.close();
                    throw new IllegalStateException(
                            thrown.get().getMessage().replace(Thread.currentThread().getName(), "this"));
                });
    }
}
