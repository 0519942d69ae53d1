package io.clarion.model.layer.convolution;

import io.clarion.BorderMode;
import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Activation;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.PlainLayer;
import io.clarion.model.layer.Weight;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The transpose of a convolution of images: Keras's Deconvolution2D.
 *
 * @param output rows and columns of the result, where strides leave a choice; empty for in·stride ("same") or (in −
 *               1)·stride + taps
 * @param bias   null for none
 */
public record Deconv(int filters, Window window, List<Integer> output, UnaryOperator<Tensor> activation, Weight kernel,
        Weight bias)
        implements PlainLayer {
    public Deconv {
        InputChecks.positive("filters", filters);
        InputChecks.activation(activation);
        InputChecks.present("the kernel", kernel, "Weight.of(Initialiser.GLOROT_UNIFORM)");
        output = List.copyOf(output);
        if (window.axes() != 2 || window.isDilated() || output.size() != 0 && output.size() != 2) {
            throw new IllegalArgumentException(
                    "window " + window.size() + " with dilation " + window.dilation() + " and output " + output
                            + ": two axes, no dilation and rows with columns would do");
        }
    }

    public Deconv(int filters, int rows, int columns) {
        this(filters, Window.of(rows, columns), Activation.LINEAR);
    }

    public Deconv(int filters, Window window, UnaryOperator<Tensor> activation) {
        this(filters, window, List.of(), activation, Weight.of(Initialiser.GLOROT_UNIFORM),
                Weight.of(Initialiser.ZERO));
    }

    /** Returns this layer with this many rows and columns in the result. */
    public Deconv output(int rows, int columns) {
        return new Deconv(filters, window, List.of(rows, columns), activation, kernel, bias);
    }

    public Deconv kernel(Weight other) {
        return new Deconv(filters, window, output, activation, other, bias);
    }

    public Deconv bias(Weight other) {
        return new Deconv(filters, window, output, activation, kernel, other);
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        int[] shape = window.kernel(window.sizes(), window.channels(input), filters);
        Tensor w = parameters.add("kernel", kernel, window.ordering(), shape);
        Tensor b = bias == null ? null : parameters.add("bias", bias, filters);
        int[] strides = window.stridesOr(window.ones());
        return x -> activation.apply(Conv.biased(
                K.deconv2d(x, w, result(x.shape()), strides, window.border(), window.ordering()), b, window));
    }

    private int[] result(Shape input) {
        int channels = window.channelAxis(input);
        int first = channels == 1 ? 2 : 1;
        int[] strides = window.stridesOr(window.ones());
        int[] result = new int[4];
        Arrays.setAll(result, a -> a == 0 ? K.NONE : a == channels ? filters
                : !output.isEmpty() ? output.get(a - first)
                        : usual(InputChecks.size(input, a), window.size().get(a - first), strides[a - first]));
        return result;
    }

    private int usual(int from, int taps, int stride) {
        return window.border() == BorderMode.VALID ? (from - 1) * stride + taps : from * stride;
    }
}
