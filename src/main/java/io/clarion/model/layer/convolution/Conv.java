package io.clarion.model.layer.convolution;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.PlainLayer;
import io.clarion.model.layer.Weight;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;

/**
 * {@code activation(x convolved with the kernel + bias)} over one to three axes: Keras's Convolution1D, 2D and 3D, and
 * with a dilated window AtrousConvolution1D and 2D.
 *
 * @param bias null for none
 */
public record Conv(int filters, Window window, UnaryOperator<Tensor> activation, Weight kernel, Weight bias)
        implements PlainLayer {
    public Conv {
        InputChecks.positive("filters", filters);
        InputChecks.activation(activation);
        InputChecks.present("the kernel", kernel, "Weight.of(Initialiser.GLOROT_UNIFORM)");
        if (window.axes() == 3 && window.isDilated()) {
            throw new IllegalArgumentException("a window over volumes cannot be dilated, here by " + window.dilation());
        }
    }

    /** Returns a linear convolution whose window has this size and stays inside. */
    public Conv(int filters, int... size) {
        this(filters, Window.of(size), Activation.LINEAR);
    }

    public Conv(int filters, Window window, UnaryOperator<Tensor> activation) {
        this(filters, window, activation, Weight.of(Initialiser.GLOROT_UNIFORM), Weight.of(Initialiser.ZERO));
    }

    public Conv kernel(Weight other) {
        return new Conv(filters, window, activation, other, bias);
    }

    public Conv bias(Weight other) {
        return new Conv(filters, window, activation, kernel, other);
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        int[] shape = window.kernel(window.sizes(), window.channels(input), filters);
        Tensor w = parameters.add("kernel", kernel, window.ordering(), shape);
        Tensor b = bias == null ? null : parameters.add("bias", bias, filters);
        return x -> activation.apply(biased(convolved(x, w), b, window));
    }

    private Tensor convolved(Tensor x, Tensor w) {
        int[] strides = window.stridesOr(window.ones());
        return switch (window.axes()) {
            case 1 -> window.isDilated() ? dilated(x, w) : K.conv1d(x, w, strides[0], window.border());
            case 2 -> K.conv2d(x, w, strides, window.border(), window.ordering(), null, null, window.dilations());
            default -> K.conv3d(x, w, strides, window.border(), window.ordering());
        };
    }

    /** K's conv1d has no dilation: the steps as the rows of images one pixel wide. */
    private Tensor dilated(Tensor x, Tensor w) {
        int[] strides = {window.stridesOr(window.ones())[0], 1};
        int[] dilation = {window.dilations()[0], 1};
        return K.squeeze(K.conv2d(K.expandDims(x, 2), K.expandDims(w, 1), strides, window.border(), window.ordering(),
                null, null,
                dilation), 2);
    }

    /** Returns x with a number for each channel added, unless there is none. */
    static Tensor biased(Tensor x, Tensor bias, Window window) {
        return bias == null ? x : K.biasAdd(x, bias, window.ordering());
    }
}
