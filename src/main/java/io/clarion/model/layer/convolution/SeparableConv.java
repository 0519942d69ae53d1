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
 * Each channel of images convolved by itself, then all mixed pixel by pixel: Keras's SeparableConvolution2D.
 *
 * @param multiplier filters for each channel
 * @param bias       null for none
 */
public record SeparableConv(int filters, Window window, int multiplier, UnaryOperator<Tensor> activation,
        Weight depthwise,
        Weight pointwise, Weight bias) implements PlainLayer {
    public SeparableConv {
        InputChecks.positive("filters", filters);
        InputChecks.activation(activation);
        InputChecks.positive("filters for each channel", multiplier);
        if (window.axes() != 2 || window.isDilated()) {
            throw new IllegalArgumentException("window " + window.size() + " with dilation " + window.dilation()
                    + ": two axes and no dilation would do");
        }
    }

    public SeparableConv(int filters, int rows, int columns) {
        this(filters, Window.of(rows, columns), 1, Activation.LINEAR);
    }

    public SeparableConv(int filters, Window window, int multiplier, UnaryOperator<Tensor> activation) {
        this(filters, window, multiplier, activation, Weight.of(Initialiser.GLOROT_UNIFORM),
                Weight.of(Initialiser.GLOROT_UNIFORM),
                Weight.of(Initialiser.ZERO));
    }

    public SeparableConv depthwise(Weight other) {
        return new SeparableConv(filters, window, multiplier, activation, other, pointwise, bias);
    }

    public SeparableConv pointwise(Weight other) {
        return new SeparableConv(filters, window, multiplier, activation, depthwise, other, bias);
    }

    public SeparableConv bias(Weight other) {
        return new SeparableConv(filters, window, multiplier, activation, depthwise, pointwise, other);
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        int channels = window.channels(input);
        int[] each = window.kernel(window.sizes(), channels, multiplier);
        int[] mixing = window.kernel(window.ones(), channels * multiplier, filters);
        Tensor own = parameters.add("depthwise_kernel", depthwise, window.ordering(), each);
        Tensor mixed = parameters.add("pointwise_kernel", pointwise, window.ordering(), mixing);
        Tensor b = bias == null ? null : parameters.add("bias", bias, filters);
        int[] strides = window.stridesOr(window.ones());
        return x -> activation.apply(Conv.biased(
                K.separableConv2d(x, own, mixed, strides, window.border(), window.ordering()), b, window));
    }
}
