package io.clarion;

import static io.clarion.K.NONE;
import static io.clarion.tensor.DType.FLOAT32;
import static io.clarion.tensor.DType.FLOAT64;
import static io.clarion.tensor.DType.INT32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.DeviceScope;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
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
import io.clarion.runtime.Function;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people do wrong, and the sentence that each of it gives: what was asked, what was given, what would do. */
class MistakesTest {
    private static final List<Arguments> ALL = new ArrayList<>();

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    static Stream<Arguments> mistakes() {
        if (ALL.isEmpty()) {
            arrays();
            shapes();
            values();
            functions();
            layers();
            models();
            training();
            devices();
        }
        return ALL.stream();
    }

    private static void of(String what, String sentence, Executable mistake) {
        ALL.add(Arguments.of(what, sentence, mistake));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void saysWhatIsWrong(String what, String sentence, Executable mistake) {
        assertEquals(sentence, assertThrows(RuntimeException.class, mistake, what).getMessage());
    }

    @Test
    void thereAreManyMistakes() {
        assertTrue(mistakes().count() >= 80);
    }

    private static Tensor x(int... shape) {
        return K.placeholder(shape, FLOAT32, "x");
    }

    private static Tensor w() {
        return K.variable(NDArray.of(new float[] {1, 2}, 2), FLOAT32, "w");
    }

    private static NDArray ones(int... shape) {
        NDArray ones = NDArray.zeros(FLOAT32, Shape.of(shape));
        for (int i = 0; i < ones.elements(); i++) {
            ones.set(i, 1);
        }
        return ones;
    }

    private static void arrays() {
        of("values that do not fill a shape", "5 values do not fill shape (2, 3), which has 6 elements",
                () -> NDArray.of(new float[5], 2, 3));
        of("a negative size", "an axis cannot have -2 elements", () -> NDArray.zeros(FLOAT32, Shape.of(-2, 3)));
        of("a number of elements that overflows",
                "a tensor of shape (1048576, 1048576) has more than 2^31 - 1 elements",
                () -> NDArray.zeros(FLOAT32, Shape.of(1 << 20, 1 << 20)));
        of("more bytes than a host array has",
                "a host array of shape (32768, 32768) and dtype float64 needs 8589934592 bytes; at most 2^31 - 1 are possible",
                () -> NDArray.zeros(FLOAT64, Shape.of(1 << 15, 1 << 15)));
        of("an element beyond the last",
                "element 100 does not exist in an array of shape (2, 3), which has elements 0 to 5",
                () -> ones(2, 3).get(100));
        of("an element before the first",
                "element -1 does not exist in an array of shape (2, 3), which has elements 0 to 5",
                () -> ones(2, 3).set(-1, 0));
        of("a whole number beyond the last",
                "element 6 does not exist in an array of shape (2, 3), which has elements 0 to 5",
                () -> ones(2, 3).getLong(6));
        of("a whole number set beyond the last",
                "element 6 does not exist in an array of shape (2, 3), which has elements 0 to 5",
                () -> ones(2, 3).setLong(6, 1));
        of("an array of several as one number", "an array of shape (2,) is not one number", () -> ones(2).item());
        of("rows beyond the last", "rows 1 to before 4 do not exist in an array of shape (2, 3)",
                () -> ones(2, 3).rows(1, 4));
        of("a row that is not there", "rows 2 to before 3 do not exist in an array of shape (2, 3)",
                () -> ones(2, 3).row(2));
        of("a row of a scalar", "axis 0 does not exist in shape (), a scalar", () -> NDArray.scalar(FLOAT32, 1).row(0));
        of("another number of elements", "6 values do not fill shape (4,), which has 4 elements",
                () -> ones(2, 3).reshape(4));
        of("memory on Java's heap",
                "over: a buffer on Java's heap was given, and drivers need memory outside of it, from ByteBuffer.allocateDirect or a pointer's asByteBuffer(); NDArray.of copies",
                () -> NDArray.over(ByteBuffer.allocate(8), FLOAT32, 2));
        of("memory of another size", "over: float32(3,) has 12 bytes, and the buffer 8 from its position to its limit",
                () -> NDArray.over(ByteBuffer.allocateDirect(8), FLOAT32, 3));
        of("a copy to an array of another size",
                "copyTo: float32(2,) does not fit float32(3,); an array of as many elements of that dtype would do",
                () -> ones(2).copyTo(ones(3)));
        of("a copy to an array of another dtype",
                "copyTo: float32(2,) does not fit int32(2,); an array of as many elements of that dtype would do",
                () -> ones(2).copyTo(NDArray.of(new int[2], 2)));
        of("null in place of a dtype", "the dtype of an array is null; DType.FLOAT32 would do",
                () -> NDArray.zeros(null, Shape.of(2)));
        of("a cast to null", "the dtype of an array is null; DType.FLOAT32 would do", () -> ones(2).cast(null));
    }

    private static void shapes() {
        of("matrices that do not meet", "dot: the last axis of x (2, 3) has 3 elements, the first of y (4, 5) has 4",
                () -> K.dot(x(2, 3), x(4, 5)));
        of("a product with a scalar", "dot: x has shape (2, 3), y (); a scalar has no axis to sum over",
                () -> K.dot(x(2, 3), x()));
        of("batches that differ", "batchDot: x (8, 3), y (7, 3): the batches differ",
                () -> K.batchDot(x(8, 3), x(7, 3), 1));
        of("a sum of shapes that do not broadcast",
                "shapes (2, 3) and (4,) do not broadcast: 3 meets 4 (equal sizes would do, or a 1)",
                () -> x(2, 3).plus(x(4)));
        of("an axis that is not there", "sum: axis 2 does not exist in shape (2, 3); allowed are -2 to 1",
                () -> K.sum(x(2, 3), 2));
        of("an axis named twice", "mean: axis 0 is named twice in [0, -2]", () -> K.mean(x(2, 3), 0, -2));
        of("an axis of a scalar", "argmax: axis -1 does not exist in shape (), a scalar", () -> K.argmax(x()));
        of("softmax along an axis that is not there",
                "softmax: axis 5 does not exist in shape (2, 3); allowed are -2 to 1",
                () -> K.softmax(x(2, 3), 5));
        of("a shape that the elements do not fill",
                "reshape: shape (2, 6) has 12 elements, which cannot become [5, -1]",
                () -> K.reshape(x(2, 6), 5, -1));
        of("a shape with two sizes left open", "reshape: shape [-1, -1] has more than one -1",
                () -> K.reshape(x(2, 6), -1, -1));
        of("matrices side by side that differ", "concatenate: shapes (2, 3) and (3, 3) may differ in axis 1 only",
                () -> K.concatenate(List.of(x(2, 3), x(3, 3))));
        of("nothing side by side", "concatenate: no tensors are given", () -> K.concatenate(List.of()));
        of("nothing on a stack", "stack: no tensors are given", () -> K.stack(List.of()));
        of("a permutation that is none",
                "permuteDimensions: pattern [0, 0] does not name each axis of shape (2, 3) once",
                () -> K.permuteDimensions(x(2, 3), 0, 0));
        of("an axis of 3 squeezed", "squeeze: axis 1 of shape (2, 3) has 3 elements, not 1",
                () -> K.squeeze(x(2, 3), 1));
        of("repeating what is no matrix", "repeat: x has shape (2, 3, 4); a matrix (samples, dim) would do",
                () -> K.repeat(x(2, 3, 4), 2));
        of("repeating less than never", "repeatElements: -1 repetitions are not possible",
                () -> K.repeatElements(x(2, 3), -1, 1));
        of("a slice that leaves", "slice: a slice of 4 elements from 1 in steps of 1 leaves axis 0 of shape (3,)",
                () -> K.slice(x(3), new int[] {1}, new int[] {4}));
        of("a row that is not among them", "gather: index 5 is outside reference (5, 2), whose rows are 0 to 4",
                () -> K.gather(x(5, 2), K.constant(5, INT32)));
        of("rows named by fractions",
                "gather: indices are float32, and have to be whole numbers; K.cast(indices, DType.INT32) would do, which drops fractions",
                () -> K.gather(x(5, 2), K.constant(1.5)));
        of("classes named by fractions",
                "oneHot: indices are float32, and have to be whole numbers; K.cast(indices, DType.INT32) would do, which drops fractions",
                () -> K.oneHot(K.constant(1.5), 3));
        of("a negative number of classes", "oneHot: an axis cannot have -1 elements", () -> K.oneHot(K.arange(3), -1));
        of("an exponential of whole numbers",
                "exp: exp does not take dtypes int32; floating-point tensors of one dtype would do: cast them",
                () -> K.exp(K.arange(3)));
        of("and of numbers", "and does not take dtypes float32, float32; bool would do",
                () -> Tensor.map(ScalarFn.AND, x(2), x(2)));
        of("a condition that is no scalar", "switch: the condition has shape (2,); a scalar would do",
                () -> K.switch_(x(2), x(2), x(2)));
        of("sides of a switch that differ",
                "switch: the sides are float32(2,) and float32(3,); they have to be the same",
                () -> K.switch_(x(), x(2), x(3)));
        of("dropping everything", "dropout: level is 1.0; a number from 0 to below 1 would do",
                () -> K.dropout(x(2), 1));
        of("dropping a negative share", "dropout: level is -0.5; a number from 0 to below 1 would do",
                () -> K.dropout(x(2), -0.5));
        of("a probability of 2", "randomBinomial: p is 2.0; a probability, 0 to 1, would do",
                () -> K.randomBinomial(new int[] {2}, 2));
        of("a kernel for other channels",
                "conv2d: x (2, 7, 8, 3) has 3 channels, the kernel (3, 3, 2, 4) takes 2 (\"tf\")",
                () -> K.conv2d(x(2, 7, 8, 3), x(3, 3, 2, 4)));
        of("an image without its batch",
                "conv2d: x has shape (7, 8, 3), the kernel (3, 3, 3, 4); both have to have 4 axes",
                () -> K.conv2d(x(7, 8, 3), x(3, 3, 3, 4)));
        of("a window larger than the image",
                "conv2d: a window of 5 elements does not fit an axis of 4; border mode \"same\" or a smaller window would do",
                () -> K.conv2d(x(2, 4, 8, 3), x(5, 3, 3, 4), new int[] {1, 1}, BorderMode.VALID, DimOrdering.TF));
        of("a pool that stays where it is",
                "pool2d: a window of 2 with stride 0 and dilation 1 is none: each has to be at least 1",
                () -> K.pool2d(x(2, 4, 4, 1), new int[] {2, 2}, new int[] {0, 1}));
        of("a pool of one size for two axes", "pool2d: pool_size [2] is not 2 numbers",
                () -> K.pool2d(x(2, 4, 4, 1), new int[] {2}));
        of("a target of other classes", "categoricalCrossentropy: output (2, 3) and target (2, 4) differ",
                () -> K.categoricalCrossentropy(x(2, 3), x(2, 4)));
        of("more targets than samples",
                "sparseCategoricalCrossentropy: target (3,) does not fit output (2, 3); (2,) would do",
                () -> K.sparseCategoricalCrossentropy(x(2, 3), x(3)));
        of("numbers in steps of 0", "arange: a step of 0 never ends", () -> K.arange(0, 3, 0));
        of("a placeholder of no shape", "placeholder: neither a shape nor a number of axes is given",
                () -> K.placeholder(null, (Integer) null));
        of("a placeholder of a negative size", "placeholder: an axis cannot have -2 elements",
                () -> K.placeholder(-2, 3));
    }

    private static void values() {
        of("a border that Keras does not know", "border_mode \"full\" is not one of \"valid\", \"same\"",
                () -> BorderMode.of("full"));
        of("an epsilon of 0", "setEpsilon: epsilon cannot be 0.0; a number greater than 0 would do",
                () -> K.setEpsilon(0));
        of("a floatx that is none", "setFloatx: floatx \"float8\" is not one of \"float16\", \"float32\", \"float64\"",
                () -> K.setFloatx("float8"));
        of("a phase that is none", "setLearningPhase: 2 is neither 0 (testing) nor 1 (training)",
                () -> K.setLearningPhase(2));
        of("the value of what is no variable", "getValue: x float32(2,) is not a variable; K.variable makes one",
                () -> K.getValue(x(2)));
        of("a value of another shape", "setValue: variable w has shape (2,), the new value has (3,)",
                () -> K.setValue(w(), ones(3)));
        of("null as a value", "setValue: null is no value; an array of shape (2,) would do",
                () -> K.setValue(w(), null));
        of("an update of what is no variable", "update: x float32(2,) is not a variable; K.variable makes one",
                () -> K.update(x(2), x(2)));
        of("an update of another shape", "update: variable w float32(2,) cannot become a float32(3,)",
                () -> K.update(w(), x(3)));
        of("an update of another dtype", "update: variable w float32(2,) cannot become a int32(2,)",
                () -> K.update(w(), K.cast(x(2), INT32)));
        of("the number of elements that a call tells",
                "countParams: the size of shape (None, 3) is not known before a call",
                () -> K.countParams(x(NONE, 3)));
        of("the value of what needs an input",
                "eval: function: the outputs need the placeholder x of shape (2,), which is not among the inputs",
                () -> K.eval(K.square(x(2))));
        of("the gradient of whole numbers", "gradients: the loss is int32; only floating-point tensors have gradients",
                () -> K.gradients(K.arange(3), x(2)));
        of("the gradient of a rounding",
                "gradients: the loss depends on w float32(2,) only through round, which has no gradient; a differentiable function in place of it would do",
                () -> {
                    Tensor w = w();
                    K.gradients(K.sum(K.round(w)), w);
                });
        of("the gradient through a stop",
                "gradients: the loss depends on w float32(2,) only through stopGradient, which has no gradient; a differentiable function in place of it would do",
                () -> {
                    Tensor w = w();
                    K.gradients(K.sum(K.stopGradient(K.square(w))), w);
                });
        of("the gradient of the place of the largest",
                "gradients: the loss depends on w float32(2,) only through argmax, which has no gradient; a differentiable function in place of it would do",
                () -> {
                    Tensor w = w();
                    K.gradients(K.cast(K.argmax(w), FLOAT32), w);
                });
    }

    private static void functions() {
        of("an input that is missing",
                "function: the outputs need the placeholder x of shape (2,), which is not among the inputs",
                () -> K.function(List.of(), List.of(x(2))));
        of("an input that is no placeholder",
                "function: w float32(2,) is not a placeholder; only placeholders can be inputs",
                () -> K.function(List.of(w()), List.of(x(2))));
        of("an input given twice",
                "function: placeholder x is among the inputs twice, and a call could give it two values; once would do",
                () -> {
                    Tensor x = x(2);
                    K.function(List.of(x, x), List.of(x));
                });
        of("two updates of one variable",
                "function: variable w float32(2,) is updated twice, and a call could leave it with either value; one update that does both would do",
                () -> {
                    Tensor w = w();
                    K.function(List.of(), List.of(), List.of(K.update(w, w.plus(1)), K.update(w, w.times(2))));
                });
        of("too few values", "call: the function has 1 inputs, 0 values were given", () -> doubled(NONE, 3).call());
        of("too many values", "call: the function has 1 inputs, 2 values were given",
                () -> doubled(NONE, 3).call(ones(2, 3), ones(2, 3)));
        of("a value of another shape in a call", "call: input 0 (x) has shape (None, 3), the value given has (2, 4)",
                () -> doubled(NONE, 3).call(ones(2, 4)));
        of("a value with an axis too few", "call: input 0 (x) has shape (None, 3), the value given has (3,)",
                () -> doubled(NONE, 3).call(ones(3)));
        of("a value of a dtype that loses something",
                "call: input 0 (i) has dtype int32, the value given has float32; cast it first: this conversion could lose something",
                () -> {
                    Tensor i = K.placeholder(new int[] {2}, INT32, "i");
                    K.function(List.of(i), List.of(i)).call(ones(2));
                });
        of("null as a value of a call",
                "call: input 0 (x) was given null; a value of shape (2,) and dtype float32 would do",
                () -> doubled(2).call(Collections.singletonList(null)));
        of("null in place of values of a call",
                "call: null was given in place of a list of values, one for each of the 1 inputs",
                () -> doubled(2).call((List<NDArray>) null));
        of("a sparse value of what is not sparse",
                "call: input 0 (x) is not sparse, the value given is; value.toDense() would do",
                () -> doubled(2, 3).call(SparseArray.of(ones(2, 3))));
        of("sizes of inputs that differ",
                "call: values of shapes (2,), (3,) do not fit: shape (2,) does not broadcast to (3,)", () -> {
                    Tensor a = x(NONE);
                    Tensor b = x(NONE);
                    K.function(List.of(a, b), List.of(a.plus(b))).call(ones(2), ones(3));
                });
        of("an index that a call finds outside", "gather: index 3 is outside reference (3, 2), whose rows are 0 to 2",
                () -> {
                    Tensor i = K.placeholder(new int[] {NONE}, INT32);
                    K.function(List.of(i), List.of(K.gather(K.ones(3, 2), i))).call(NDArray.of(new int[] {3}, 1));
                });
        of("an array for outputs of another shape",
                "callInto: output 0 is float32(2,) in this call, and the array given for it is float32(3,)",
                () -> doubled(2).callInto(List.of(ones(3)), List.of(ones(2))));
        of("no array for an output", "callInto: the function has 1 outputs, and 0 arrays were given for them",
                () -> doubled(2).callInto(List.of(), List.of(ones(2))));
        of("null in place of arrays for outputs",
                "callInto: null was given in place of a list with an array for each output; call makes new ones",
                () -> doubled(2).callInto(null, List.of(ones(2))));
        of("a call of a closed function", "call: the function is closed; it has to be open as long as it is used",
                () -> {
                    Function f = doubled(2);
                    f.close();
                    f.call(ones(2));
                });
        of("a value that was closed", "float32(2,) on the host is closed", () -> {
            Function f = doubled(2);
            var kept = f.callOnDevice(ones(2)).get(0);
            kept.close();
            f.call(kept);
        });
    }

    private static Function doubled(int... shape) {
        Tensor x = x(shape);
        return K.function(List.of(x), List.of(x.times(2)));
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
