package io.clarion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class KErrorsTest {
    private static Tensor x(int... shape) {
        return K.placeholder(shape, DType.FLOAT32);
    }

    private static void refuses(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void dot() {
        refuses("dot: the last axis of x (2, 3) has 3 elements, the first of y (4, 5) has 4",
                () -> K.dot(x(2, 3), x(4, 5)));
        refuses("dot: the last axis of x (None, 3) has 3 elements, the last but one of y (2, 4, 5) has 4",
                () -> K.dot(x(-1, 3), x(2, 4, 5)));
        refuses("dot: the last axis of x (3,) has 3 elements, the only one of y (4,) has 4", () -> K.dot(x(3), x(4)));
        refuses("dot: x has shape (), y (4,); a scalar has no axis to sum over", () -> K.dot(x(), x(4)));
    }

    @Test
    void batchDot() {
        refuses("batchDot: axis 2 of x (8, 2, 3) has 3 elements, axis 1 of y (8, 4, 5) has 4",
                () -> K.batchDot(x(8, 2, 3), x(8, 4, 5)));
        refuses("batchDot: x (8, 3), y (7, 3): the batches differ", () -> K.batchDot(x(8, 3), x(7, 3), 1));
        refuses("batchDot: axis 1 of x (8, 3) has 3 elements, axis 0 of y (8, 3) has 8",
                () -> K.batchDot(x(8, 3), x(8, 3)));
        refuses("batchDot: x (8, 3), y (8, 4): the axes that are not summed over differ",
                () -> K.batchDot(x(8, 3), x(8, 4), 0));
        refuses("batchDot: x (8, 3, 2), y (8, 3): axis 0 is the batch and cannot be summed over; axes are [0, 0]",
                () -> K.batchDot(x(8, 3, 2), x(8, 3), 0));
        refuses("batchDot: x (8, 2, 3, 4), y (8, 3, 4, 3): the batches differ",
                () -> K.batchDot(x(8, 2, 3, 4), x(8, 3, 4, 3)));
        refuses("batchDot: axis 2 does not exist in shape (8, 3); allowed are -2 to 1",
                () -> K.batchDot(x(8, 3), x(8, 3), 2));
        refuses("batchDot: axes [1, 1, 1] are not one of x and one of y",
                () -> K.batchDot(x(8, 3), x(8, 3), new int[] {1, 1, 1}));
    }

    @Test
    void gather() {
        refuses("gather: index 5 is outside reference (5, 2), whose rows are 0 to 4",
                () -> K.gather(x(5, 2), K.constant(NDArray.of(new int[] {0, 5}, 2))));
        refuses("gather: index -1 is outside reference (5, 2), whose rows are 0 to 4",
                () -> K.gather(x(5, 2), K.constant(-1, DType.INT32)));
        refuses("gather: reference is a scalar; it has no rows", () -> K.gather(x(), K.constant(0, DType.INT32)));
    }

    @Test
    void nullIsNoValueOfACall() {
        K.useDevice("reference:0");
        Tensor x = K.placeholder(new int[] {-1, 2}, DType.FLOAT32, "x");
        Function f = K.function(List.of(x), List.of(x.times(2)));
        String message = "call: input 0 (x) was given null; a value of shape (None, 2) and dtype float32 would do";
        refuses(message, () -> f.call((NDArray) null));
        refuses(message, () -> f.call(Collections.singletonList(null)));
        refuses(message, () -> f.callOnDevice((NDArray) null));
        refuses(message, () -> f.explain((NDArray) null));
        assertEquals(message, assertThrows(CompletionException.class, () -> f.callAsync((NDArray) null).join())
                .getCause().getMessage());
    }

    @Test
    void indicesOutsideAreErrorsOfTheCall() {
        K.useDevice("reference:0");
        Tensor i = K.placeholder(new int[] {-1}, DType.INT32);
        Tensor rows = x(-1, 2);
        NDArray three = NDArray.zeros(DType.FLOAT32, Shape.of(3, 2));
        Tensor counter = K.zeros();
        Function given = K.function(List.of(i), List.of(K.gather(K.ones(3, 2), K.reshape(i, -1, 1))),
                List.of(K.updateAdd(counter, K.constant(1))));
        Function computed = K.function(List.of(i), List.of(K.gather(K.ones(3, 2), i.plus(1))),
                List.of(K.updateAdd(counter, K.constant(1))));
        Function unknown = K.function(List.of(rows, i), List.of(K.sum(K.gather(rows, i))));
        Function learned = K.function(List.of(rows, i), List.of(K.gradients(K.gather(rows, i), rows)));
        Function targets = K.function(List.of(i), List.of(K.sparseCategoricalCrossentropy(x0(), i)));
        given.call(NDArray.of(new int[] {2, 0}, 2));
        computed.call(NDArray.of(new int[] {-1, 1}, 2));
        unknown.call(three, NDArray.of(new int[] {0, 2}, 2));
        NDArray outside = NDArray.of(new int[] {0, 3}, 2);
        refuses("gather: index 3 is outside reference (3, 2), whose rows are 0 to 2", () -> given.call(outside));
        refuses("gather: index 4 is outside reference (3, 2), whose rows are 0 to 2", () -> computed.call(outside));
        refuses("gather: index -2147483647 is outside reference (3, 2), whose rows are 0 to 2",
                () -> computed.call(NDArray.of(new int[] {0, Integer.MAX_VALUE}, 2)));
        assertEquals(2, K.getValue(counter).item());
        refuses("gather: index 3 is outside reference (None, 2), whose rows are 0 to 2",
                () -> unknown.call(three, outside));
        refuses("gather: index -5 is outside reference (None, 2), whose rows are 0 to 2",
                () -> unknown.call(three, NDArray.of(new int[] {0, -5}, 2)));
        refuses("gather: index 3 is outside reference (None, 2), whose rows are 0 to 2",
                () -> learned.call(three, outside));
        refuses("sparseCategoricalCrossentropy: target 3 is outside output (2, 3), whose classes are 0 to 2",
                () -> targets.call(outside));
    }

    @Test
    void indicesOutsideInLoopsAndBranchesAreErrorsOfTheCall() {
        K.useDevice("reference:0");
        Tensor i = K.placeholder(new int[] {-1}, DType.INT32);
        Tensor table = K.constant(NDArray.of(new int[] {1, 2, 0}, 3));
        String rows = " is outside reference (3,), whose rows are 0 to 2";
        Tensor counter = K.zeros();
        Function fed = K.function(List.of(i),
                List.of(K.foldl((at, e) -> K.gather(table, at.plus(e)), i, K.constant(0, DType.INT32))),
                List.of(K.updateAdd(counter, K.constant(1))));
        assertEquals(2, fed.call(NDArray.of(new int[] {1, -1}, 2)).get(0).item());
        refuses("gather: index 3" + rows, () -> fed.call(NDArray.of(new int[] {1, 1, 0, 0}, 4)));
        assertEquals(1, fed.call(NDArray.of(new int[] {0}, 1)).get(0).item());
        assertEquals(0, fed.call(NDArray.of(new int[0], 0)).get(0).item());
        assertEquals(3, K.getValue(counter).item());
        Function lifted = K.function(List.of(i), List.of(K.mapFn(e -> K.gather(table, e.plus(1)), i)));
        refuses("gather: index 3" + rows, () -> lifted.call(NDArray.of(new int[] {0, 2}, 2)));
        Function inner = K.function(List.of(i),
                List.of(K.foldl((sum, e) -> sum.plus(K.foldl((at, one) -> K.gather(table, at.plus(one)), i, sum)), i)));
        refuses("gather: index -2" + rows, () -> inner.call(NDArray.of(new int[] {-1, 0}, 2)));
        Tensor first = K.slice(i, new int[] {0}, new int[] {1});
        Function chosen = K.function(List.of(i), List
                .of(K.switch_(K.greater(K.sum(i), 5), () -> K.gather(table, i), () -> K.gather(table, first.plus(1)))));
        assertEquals(2, chosen.call(NDArray.of(new int[] {0}, 1)).get(0).item());
        refuses("gather: index 6" + rows, () -> chosen.call(NDArray.of(new int[] {6}, 1)));
        refuses("gather: index 3" + rows, () -> chosen.call(NDArray.of(new int[] {2}, 1)));
    }

    @Test
    void sizesThatOnlyACallTellsAreCheckedByIt() {
        K.useDevice("reference:0");
        Tensor p = x(-1);
        Tensor q = x(-1);
        NDArray two = NDArray.of(new float[2], 2);
        NDArray three = NDArray.of(new float[3], 3);
        Function sum = K.function(List.of(p, q), List.of(p.plus(q)));
        refuses("call: values of shapes (2,), (3,) do not fit: shape (2,) does not broadcast to (3,)",
                () -> sum.call(two, three));
        Function dot = K.function(List.of(p, q), List.of(K.dot(p, q)));
        refuses("call: values of shapes (2,), (3,) do not fit: operand 0 has shape (2,), not (3,)",
                () -> dot.call(two, three));
        Function conv = K.function(List.of(p), List.of(K.conv1d(K.reshape(p, 1, -1, 1), K.ones(5, 1, 1))));
        refuses("call: values of shapes (2,) do not fit: an axis cannot have -2 elements", () -> conv.call(two));
        Function pairs = K.function(List.of(p), List.of(K.reshape(p, -1, 2)));
        refuses("call: values of shapes (3,) do not fit: shape (3,) has 3 elements, shape (1, 2) has 2",
                () -> pairs.call(three));
    }

    @Test
    void sizesThatNoTensorCanHave() {
        String tooMany = " has more than 2^31 - 1 elements";
        Tensor repeated = K.repeat(x(50_000, 3), 20_000);
        refuses("flatten: a tensor of shape (50000, 20000, 3)" + tooMany, () -> K.flatten(repeated));
        refuses("mean: a tensor of shape (50000, 20000, 3)" + tooMany, () -> K.mean(repeated));
        refuses("exp: a tensor of shape (50000, 20000, 3)" + tooMany, () -> K.exp(repeated));
        refuses("reshape: a tensor of shape (70000, 70000)" + tooMany, () -> K.reshape(x(4), 70_000, 70_000));
        refuses("tile: an axis of 70000 * 70000 = 4900000000 elements has more than the 2^31 - 1 that are possible",
                () -> K.tile(x(70_000), 70_000));
        refuses("temporalPadding: an axis of 5 + 2147483647 = 2147483652 elements has more than the 2^31 - 1 that are possible",
                () -> K.temporalPadding(x(1, 5, 1), Integer.MAX_VALUE));
        refuses("atrousConv2d: an axis of 2147483647 * 2 = 4294967294 elements has more than the 2^31 - 1 that are possible",
                () -> K.atrousConv2d(x(1, 9, 9, 1), x(3, 3, 1, 1), Integer.MAX_VALUE, BorderMode.VALID,
                        DimOrdering.TF));
        K.useDevice("reference:0");
        Tensor rows = K.placeholder(K.NONE, 1);
        Tensor columns = K.placeholder(1, K.NONE);
        Function mean = K.function(List.of(rows, columns), List.of(K.mean(rows.plus(columns))));
        refuses("call: values of shapes (70000, 1), (1, 70000) do not fit: "
                + "an axis of 70000 * 70000 = 4900000000 elements has more than the 2^31 - 1 that are possible",
                () -> mean.call(NDArray.zeros(DType.FLOAT32, Shape.of(70_000, 1)),
                        NDArray.zeros(DType.FLOAT32, Shape.of(1, 70_000))));
        assertEquals(0, Shape.of(70_000, 70_000, 0).elements());
    }

    private static Tensor x0() {
        return K.ones(2, 3);
    }

    @Test
    void elementwise() {
        refuses("maximum: shapes (2, 3) and (4,) do not broadcast: 3 meets 4 (equal sizes would do, or a 1)",
                () -> K.maximum(x(2, 3), x(4)));
        refuses("exp: exp does not take dtypes int32; floating-point tensors of one dtype would do: cast them",
                () -> K.exp(K.placeholder(new int[] {2}, DType.INT32)));
    }

    @Test
    void reductions() {
        refuses("sum: axis 2 does not exist in shape (2, 3); allowed are -2 to 1", () -> K.sum(x(2, 3), 2));
        refuses("std: axis 2 does not exist in shape (2, 3); allowed are -2 to 1", () -> K.std(x(2, 3), 2, true));
        refuses("max: axis 1 is named twice in [1, -1]", () -> K.max(x(2, 3), 1, -1));
        refuses("argmax: axis -1 does not exist in shape (), a scalar", () -> K.argmax(x()));
    }

    @Test
    void shapes() {
        refuses("reshape: shape (2, 6) has 12 elements, shape (3, 5) has 15", () -> K.reshape(x(2, 6), 3, 5));
        refuses("reshape: shape (2, 6) has 12 elements, which cannot become [-1, 5]", () -> K.reshape(x(2, 6), -1, 5));
        refuses("concatenate: shapes (2, 3) and (3, 3) may differ in axis 1 only",
                () -> K.concatenate(List.of(x(2, 3), x(3, 3))));
        refuses("permuteDimensions: pattern [0, 0] does not name each axis of shape (2, 3) once",
                () -> K.permuteDimensions(x(2, 3), 0, 0));
        refuses("repeat: x has shape (2,); a matrix (samples, dim) would do", () -> K.repeat(x(2), 3));
        refuses("tile: n [2] is not a number for each axis of shape (2, 3)", () -> K.tile(x(2, 3), 2));
        refuses("expandDims: a new axis of shape (2, 3) can be at -3 to 2, not at 3", () -> K.expandDims(x(2, 3), 3));
        refuses("squeeze: axis 1 of shape (2, 3) has 3 elements, not 1", () -> K.squeeze(x(2, 3), 1));
        refuses("stack: shapes (2, 3) and (2, 4) differ", () -> K.stack(List.of(x(2, 3), x(2, 4))));
        refuses("spatial2dPadding: x has shape (2, 3); a batch of images would do", () -> K.spatial2dPadding(x(2, 3)));
        refuses("temporalPadding: padding [-1] before and [-1] after; none can be negative",
                () -> K.temporalPadding(x(2, 3, 4), -1));
        refuses("arange: a step of 0 never ends", () -> K.arange(0, 3, 0));
        refuses("arange: 4294967295 numbers are more than the 2^31 - 1 that a tensor can have",
                () -> K.arange(Integer.MIN_VALUE, Integer.MAX_VALUE));
        refuses("reshape: shape [-1, -1] has more than one -1", () -> K.reshape(x(4), -1, -1));
        refuses("repeat: -1 repetitions are not possible", () -> K.repeat(x(2, 2), -1));
        refuses("oneHot: an axis cannot have -1 elements", () -> K.oneHot(K.arange(3), -1));
        refuses("slice: start [4] is outside shape (3,)", () -> K.slice(x(3), new int[] {4}, new int[] {-1}));
        refuses("slice: start [-1] is outside shape (3,)", () -> K.slice(x(3), new int[] {-1}, new int[] {-1}));
        refuses("slice: a slice of 4 elements from 1 in steps of 1 leaves axis 0 of shape (3,)",
                () -> K.slice(x(3), new int[] {1}, new int[] {4}));
    }

    @Test
    void neuralNetworks() {
        refuses("softmax: axis 2 does not exist in shape (2, 3); allowed are -2 to 1", () -> K.softmax(x(2, 3), 2));
        refuses("categoricalCrossentropy: output (2, 3) and target (2, 4) differ",
                () -> K.categoricalCrossentropy(x(2, 3), x(2, 4)));
        refuses("sparseCategoricalCrossentropy: target (3,) does not fit output (2, 3); (2,) would do",
                () -> K.sparseCategoricalCrossentropy(x(2, 3), x(3)));
        refuses("biasAdd: bias (2, 3) does not hold a number for each place and channel of x (8, 3, 3) (\"tf\")",
                () -> K.biasAdd(x(8, 3, 3), x(2, 3), DimOrdering.TF));
        refuses("l2Normalize: axis 2 does not exist in shape (2, 3); allowed are -2 to 1",
                () -> K.l2Normalize(x(2, 3), 2));
        refuses("sparseCategoricalCrossentropy: axis 3 does not exist in shape (2, 3); allowed are -2 to 1",
                () -> K.sparseCategoricalCrossentropy(x(2, 3), x(2), false, 3));
        refuses("dropout: level is 1.0; a number from 0 to below 1 would do", () -> K.dropout(x(2), 1));
        refuses("batchNormalization: shapes (8, 3) and (1, 4) do not broadcast: 3 meets 4 (equal sizes would do, or a 1)",
                () -> K.batchNormalization(x(8, 3), x(1, 4), x(1, 4), x(1, 4), x(1, 4)));
        refuses("normalizeBatchInTraining: shape (4,) has 4 elements, shape (1, 3) has 3",
                () -> K.normalizeBatchInTraining(x(8, 3), x(4), x(3), new int[] {0}));
        refuses("biasAdd: bias (4,) does not hold a number for each channel of x (2, 3) (\"tf\")",
                () -> K.biasAdd(x(2, 3), x(4), DimOrdering.TF));
    }

    @Test
    void convolutions() {
        int[] one = {1, 1};
        refuses("conv2d: x (2, 3, 7, 8) has 3 channels, the kernel (4, 2, 3, 3) takes 2 (\"th\")",
                () -> K.conv2d(x(2, 3, 7, 8), x(4, 2, 3, 3), one, BorderMode.VALID, DimOrdering.TH));
        refuses("conv2d: x has shape (7, 8, 3), the kernel (3, 3, 3, 4); both have to have 4 axes",
                () -> K.conv2d(x(7, 8, 3), x(3, 3, 3, 4)));
        refuses("conv2d: a window of 5 elements does not fit an axis of 4; border mode \"same\" or a smaller window would do",
                () -> K.conv2d(x(2, 4, 8, 3), x(5, 3, 3, 4), one, BorderMode.VALID, DimOrdering.TF));
        refuses("conv2d: strides [1] is not 2 numbers", () -> K.conv2d(x(2, 7, 8, 3), x(3, 3, 3, 4), new int[] {1}));
        refuses("atrousConv2d: a window of 3 with stride 1 and dilation 0 is none: each has to be at least 1",
                () -> K.atrousConv2d(x(2, 7, 8, 3), x(3, 3, 3, 4), 0, BorderMode.VALID, DimOrdering.TF));
        refuses("deconv2d: output shape (2, 7, 7, 4) belongs to x (2, 5, 5, 3) and as many filters as it has channels; x has shape (2, 4, 5, 3), "
                + "the kernel (3, 3, 3, 4)",
                () -> K.deconv2d(x(2, 4, 5, 3), x(3, 3, 3, 4), new int[] {2, 7, 7, 4}, one, BorderMode.VALID,
                        DimOrdering.TF));
        refuses("separableConv2d: x (2, 6, 6, 6) has 6 channels, the kernel (1, 1, 5, 4) takes 5 (\"tf\")",
                () -> K.separableConv2d(x(2, 6, 6, 3), x(1, 1, 3, 2), x(1, 1, 5, 4), one, BorderMode.VALID,
                        DimOrdering.TF));
        refuses("localConv2d: kernel (30, 12, 4) does not fit x (2, 6, 6, 3); (25, 12, 4) would do",
                () -> K.localConv2d(x(2, 6, 6, 3), x(30, 12, 4), new int[] {2, 2}, one, null, DimOrdering.TF));
        refuses("localConv2d: output_shape [5, 4] is not the shape (5, 5)",
                () -> K.localConv2d(x(2, 6, 6, 3), x(25, 12, 4), new int[] {2, 2}, one, new int[] {5, 4},
                        DimOrdering.TF));
        refuses("localConv1d: kernel size [2, 2], strides [1] and kernel (5, 6, 4) do not fit x (2, 6, 3); a number for each spatial axis and "
                + "(places, elements, filters) would do",
                () -> K.localConv1d(x(2, 6, 3), x(5, 6, 4), new int[] {2, 2}, new int[] {1}));
        refuses("conv2dTranspose: x (2, 5, 5, 3) has 3 channels, the kernel (3, 3, 2, 4) takes 2 (\"tf\")",
                () -> K.conv2dTranspose(x(2, 5, 5, 3), x(3, 3, 4, 2), new int[] {2, 7, 7, 4}, one, BorderMode.VALID,
                        DimOrdering.TF));
        refuses("deconv2d: image_shape [2, 5, 4, 3] is not the shape (2, 5, 5, 3)",
                () -> K.deconv2d(x(2, 5, 5, 3), x(3, 3, 3, 4),
                        new int[] {2, 7, 7, 4}, one, BorderMode.VALID, DimOrdering.TF, new int[] {2, 5, 4, 3}));
        refuses("pool1d: a window of 3 elements does not fit an axis of 2; border mode \"same\" or a smaller window would do",
                () -> K.pool1d(x(8, 2, 3), 3));
        refuses("pool2d: a window of 3 elements does not fit an axis of 2; border mode \"same\" or a smaller window would do",
                () -> K.pool2d(x(2, 2, 8, 3), new int[] {3, 3}, one, BorderMode.VALID, DimOrdering.TF));
    }

    @Test
    void values() {
        Tensor w = K.variable(NDArray.of(new float[] {1, 2}, 2), DType.FLOAT32, "w");
        refuses("setValue: variable w has shape (2,), the new value has (3,)",
                () -> K.setValue(w, NDArray.of(new float[3], 3)));
        refuses("batchSetValue: variable w has shape (2,), the new value has (1, 2)",
                () -> K.batchSetValue(List.of(Map.entry(w, NDArray.of(new float[2], 1, 2)))));
        refuses("update: variable w float32(2,) cannot become a float32(3,)", () -> K.update(w, x(3)));
        refuses("updateAdd: variable w float32(2,) cannot become a float32(3, 2)", () -> K.updateAdd(w, x(3, 2)));
        refuses("variable: 3 values do not fill shape (2, 2), which has 4 elements",
                () -> K.variable(new float[3], 2, 2));
        refuses("placeholder: neither a shape nor a number of axes is given",
                () -> K.placeholder(null, (Integer) null));
        refuses("countParams: the size of shape (None, 3) is not known before a call", () -> K.countParams(x(-1, 3)));
    }

    @Test
    void graphs() {
        refuses("gradients: the loss is int32; only floating-point tensors have gradients",
                () -> K.gradients(K.arange(3), x(2)));
        refuses("switch: the condition has shape (2,); a scalar would do", () -> K.switch_(x(2), x(2), x(2)));
        refuses("switch: the sides are float32(2,) and float32(3,); they have to be the same",
                () -> K.switch_(x(), x(2), x(3)));
    }

    @Test
    void configuration() {
        refuses("setEpsilon: epsilon cannot be 0.0; a number greater than 0 would do", () -> K.setEpsilon(0));
        refuses("setFloatx: floatx \"float8\" is not one of \"float16\", \"float32\", \"float64\"",
                () -> K.setFloatx("float8"));
        refuses("setFloatx: floatx cannot be int32; float16, float32 and float64 are possible",
                () -> K.setFloatx(DType.INT32));
        refuses("setImageDimOrdering: dim_ordering \"tx\" is not one of \"tf\", \"th\"",
                () -> K.setImageDimOrdering("tx"));
        refuses("setLearningPhase: 2 is neither 0 (testing) nor 1 (training)", () -> K.setLearningPhase(2));
        refuses("border_mode \"full\" is not one of \"valid\", \"same\"", () -> BorderMode.of("full"));
        refuses("pool_mode \"mean\" is not one of \"max\", \"avg\"", () -> PoolMode.of("mean"));
        String none = assertThrows(IllegalArgumentException.class, () -> K.useDevice("abacus")).getMessage();
        assertEquals("useDevice: device \"abacus\" is no device; there are reference:0",
                none.substring(0, none.indexOf(" (")));
    }
}
