package io.clarion;

import static io.clarion.K.NONE;
import static io.clarion.tensor.DType.FLOAT32;
import static io.clarion.tensor.DType.FLOAT64;
import static io.clarion.tensor.DType.INT32;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/** Mistakes with arrays, shapes, values and functions of K. */
class MistakesTest extends Mistakes {
    static Stream<Arguments> mistakes() {
        return all(MistakesTest::arrays, MistakesTest::shapes, MistakesTest::values, MistakesTest::functions);
    }

    @Test
    void thereAreMany() {
        assertTrue(mistakes().count() >= 80);
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
}
