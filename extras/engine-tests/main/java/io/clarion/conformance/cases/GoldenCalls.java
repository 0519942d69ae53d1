package io.clarion.conformance.cases;

import io.clarion.K;
import io.clarion.Normalized;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.graph.Tensor;
import java.util.List;

/** Keras's names for K's functions. */
final class GoldenCalls {
    private GoldenCalls() {}

    /** Returns the outputs of the function that Keras calls {@code fn}. */
    static List<Tensor> call(String fn, GoldenArguments a) {
        if (fn.equals("normalize_batch_in_training")) {
            Normalized n = K.normalizeBatchInTraining(a.tensor(0), a.tensor(1), a.tensor(2), a.ints(3),
                    a.number("epsilon", 1e-4));
            return List.of(n.normalized(), n.mean(), n.variance());
        }
        if (fn.equals("rnn")) {
            return rnn(a);
        }
        return List.of(one(fn, a));
    }

    /** Returns a simple RNN of inputs, initial state, W, U and perhaps a mask. */
    private static List<Tensor> rnn(GoldenArguments a) {
        StepFunction step = (x, given) -> {
            Tensor h = K.tanh(K.dot(x, given.get(1)).plus(K.dot(given.get(0), given.get(2))));
            return new StepFunction.Step(h, List.of(h));
        };
        Tensor mask = a.inputs().size() > 4 ? a.tensor(4) : null;
        RnnOutputs r = K.rnn(step, a.tensor(0), List.of(a.tensor(1)), a.flag("go_backwards"), mask,
                List.of(a.tensor(2), a.tensor(3)),
                a.flag("unroll"), null);
        return List.of(r.lastOutput(), r.outputs(), r.newStates().get(0));
    }

    private static Tensor one(String fn, GoldenArguments a) {
        return switch (fn) {
            case "add" -> a.tensor(0).plus(a.tensor(1));
            case "subtract" -> a.tensor(0).minus(a.tensor(1));
            case "multiply" -> a.tensor(0).times(a.tensor(1));
            case "divide" -> a.tensor(0).div(a.tensor(1));
            case "square" -> K.square(a.tensor(0));
            case "abs" -> K.abs(a.tensor(0));
            case "sqrt" -> K.sqrt(a.tensor(0));
            case "exp" -> K.exp(a.tensor(0));
            case "log" -> K.log(a.tensor(0));
            case "sign" -> K.sign(a.tensor(0));
            case "sin" -> K.sin(a.tensor(0));
            case "cos" -> K.cos(a.tensor(0));
            case "sigmoid" -> K.sigmoid(a.tensor(0));
            case "tanh" -> K.tanh(a.tensor(0));
            case "softplus" -> K.softplus(a.tensor(0));
            case "softsign" -> K.softsign(a.tensor(0));
            case "hard_sigmoid" -> K.hardSigmoid(a.tensor(0));
            case "round" -> K.round(a.tensor(0));
            case "pow" -> K.pow(a.tensor(0), a.number(1));
            case "clip" -> K.clip(a.tensor(0), a.number(1), a.number(2));
            case "equal" -> K.equal(a.tensor(0), a.tensor(1));
            case "not_equal" -> K.notEqual(a.tensor(0), a.tensor(1));
            case "greater" -> K.greater(a.tensor(0), a.tensor(1));
            case "greater_equal" -> K.greaterEqual(a.tensor(0), a.tensor(1));
            case "lesser" -> K.lesser(a.tensor(0), a.tensor(1));
            case "lesser_equal" -> K.lesserEqual(a.tensor(0), a.tensor(1));
            case "maximum" -> K.maximum(a.tensor(0), a.tensor(1));
            case "minimum" -> K.minimum(a.tensor(0), a.tensor(1));
            case "relu" -> a.has("max_value") ? K.relu(a.tensor(0), a.number("alpha", 0), a.number("max_value", 0))
                    : K.relu(a.tensor(0));
            case "elu" -> K.elu(a.tensor(0), a.number("alpha", 1));
            case "switch" -> K.switch_(a.tensor(0), a.tensor(1), a.tensor(2));

            case "sum" -> K.sum(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "prod" -> K.prod(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "max" -> K.max(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "min" -> K.min(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "mean" -> K.mean(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "var" -> K.var(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "std" -> K.std(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "cumsum" -> K.cumsum(a.tensor(0), a.whole("axis"));
            case "cumprod" -> K.cumprod(a.tensor(0), a.whole("axis"));
            case "logsumexp" -> K.logsumexp(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "any" -> K.any(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "all" -> K.all(a.tensor(0), a.ints("axis"), a.flag("keepdims"));
            case "argmax" -> K.argmax(a.tensor(0), a.whole("axis"));
            case "argmin" -> K.argmin(a.tensor(0), a.whole("axis"));

            case "dot" -> K.dot(a.tensor(0), a.tensor(1));
            case "batch_dot" ->
                    a.has("axes") && a.ints("axes").length == 1 ? K.batchDot(a.tensor(0), a.tensor(1), a.whole("axes"))
                            : K.batchDot(a.tensor(0), a.tensor(1), a.ints("axes"));
            case "transpose" -> K.transpose(a.tensor(0));
            case "gather" -> K.gather(a.tensor(0), a.tensor(1));

            case "concatenate" -> K.concatenate(a.tensors(0), a.whole("axis"));
            case "reshape" -> K.reshape(a.tensor(0), a.ints(1));
            case "permute_dimensions" -> K.permuteDimensions(a.tensor(0), a.ints(1));
            case "repeat_elements" -> K.repeatElements(a.tensor(0), a.whole(1), a.whole(2));
            case "repeat" -> K.repeat(a.tensor(0), a.whole(1));
            case "tile" -> K.tile(a.tensor(0), a.ints(1));
            case "flatten" -> K.flatten(a.tensor(0));
            case "batch_flatten" -> K.batchFlatten(a.tensor(0));
            case "expand_dims" -> K.expandDims(a.tensor(0), a.whole("dim"));
            case "squeeze" -> K.squeeze(a.tensor(0), a.whole(1));
            case "stack" -> K.stack(a.tensors(0));
            case "one_hot" -> K.oneHot(a.tensor(0), a.whole(1));
            case "reverse" -> K.reverse(a.tensor(0), a.ints(1));
            case "arange" -> K.arange(a.whole(0), a.whole(1), a.whole(2));
            case "eye" -> K.eye(a.whole(0));
            case "temporal_padding" -> K.temporalPadding(a.tensor(0), a.whole("padding"));
            case "asymmetric_temporal_padding" ->
                    K.asymmetricTemporalPadding(a.tensor(0), a.whole("left_pad"), a.whole("right_pad"));
            case "spatial_2d_padding" -> K.spatial2dPadding(a.tensor(0), a.ints("padding"), a.ordering());
            case "spatial_3d_padding" -> K.spatial3dPadding(a.tensor(0), a.ints("padding"), a.ordering());
            case "resize_images" -> K.resizeImages(a.tensor(0), a.whole(1), a.whole(2), a.ordering(3));
            case "resize_volumes" -> K.resizeVolumes(a.tensor(0), a.whole(1), a.whole(2), a.whole(3), a.ordering(4));

            case "slice" -> K.slice(a.tensor(0), a.ints(1), a.ints(2));
            case "bias_add" -> a.has("dim_ordering") ? K.biasAdd(a.tensor(0), a.tensor(1), a.ordering())
                    : K.biasAdd(a.tensor(0), a.tensor(1));
            case "softmax" -> K.softmax(a.tensor(0));
            case "l2_normalize" -> K.l2Normalize(a.tensor(0), a.whole("axis"));
            case "categorical_crossentropy" ->
                    K.categoricalCrossentropy(a.tensor(0), a.tensor(1), a.flag("from_logits"));
            case "sparse_categorical_crossentropy" ->
                    K.sparseCategoricalCrossentropy(a.tensor(0), a.tensor(1), a.flag("from_logits"));
            case "binary_crossentropy" -> K.binaryCrossentropy(a.tensor(0), a.tensor(1), a.flag("from_logits"));
            case "in_top_k" -> K.inTopK(a.tensor(0), a.tensor(1), a.whole(2));
            case "batch_normalization" ->
                    K.batchNormalization(a.tensor(0), a.tensor(1), a.tensor(2), a.tensor(3), a.tensor(4),
                            a.number("epsilon", 1e-4));

            case "ctc_batch_cost" -> K.ctcBatchCost(a.tensor(0), a.tensor(1), a.tensor(2), a.tensor(3));

            case "conv1d" -> K.conv1d(a.tensor(0), a.tensor(1), a.whole("stride"), a.border());
            case "conv2d" -> K.conv2d(a.tensor(0), a.tensor(1), a.ints("strides"), a.border(), a.ordering(), null, null,
                    a.ints("filter_dilation"));
            case "atrous_conv2d" -> K.atrousConv2d(a.tensor(0), a.tensor(1), a.whole("rate"), a.border(), a.ordering());
            case "deconv2d" ->
                    K.deconv2d(a.tensor(0), a.tensor(1), a.ints(2), a.ints("strides"), a.border(), a.ordering());
            case "separable_conv2d" -> K.separableConv2d(a.tensor(0), a.tensor(1), a.tensor(2), a.ints("strides"),
                    a.border(), a.ordering());
            case "separable_conv1d" ->
                    K.separableConv1d(a.tensor(0), a.tensor(1), a.tensor(2), a.whole("strides"), a.border());
            case "depthwise_conv2d" ->
                    K.depthwiseConv2d(a.tensor(0), a.tensor(1), a.ints("strides"), a.border(), a.ordering());
            case "conv2d_transpose" ->
                    K.conv2dTranspose(a.tensor(0), a.tensor(1), a.ints(2), a.ints("strides"), a.border(), a.ordering());
            case "local_conv1d" -> K.localConv1d(a.tensor(0), a.tensor(1), a.ints(2), a.ints(3));
            case "local_conv2d" ->
                    K.localConv2d(a.tensor(0), a.tensor(1), a.ints(2), a.ints(3), a.ints(4), a.ordering());
            case "conv3d" -> K.conv3d(a.tensor(0), a.tensor(1), a.ints("strides"), a.border(), a.ordering());
            case "pool2d" -> K.pool2d(a.tensor(0), a.ints(1), a.ints("strides"), a.border(), a.ordering(), a.pool());
            case "pool3d" -> K.pool3d(a.tensor(0), a.ints(1), a.ints("strides"), a.border(), a.ordering(), a.pool());
            default -> throw new AssertionError("no function of K is known for " + fn);
        };
    }
}
