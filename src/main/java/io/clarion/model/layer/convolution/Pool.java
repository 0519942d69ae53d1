package io.clarion.model.layer.convolution;

import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.PlainLayer;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;

/** The maximum or mean of each window: Keras's MaxPooling and AveragePooling of one to three axes. */
public record Pool(PoolMode mode, Window window) implements PlainLayer {
    public Pool {
        if (window.isDilated()) {
            throw new IllegalArgumentException("a pool's window cannot be dilated, here by " + window.dilation());
        }
    }

    /** Returns the maximum of windows of this size that lie side by side. */
    public static Pool max(int... size) {
        return new Pool(PoolMode.MAX, Window.of(size));
    }

    /** Returns the mean of windows of this size that lie side by side. */
    public static Pool average(int... size) {
        return new Pool(PoolMode.AVG, Window.of(size));
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        window.channelAxis(input);
        int[] size = window.sizes();
        int[] strides = window.stridesOr(size);
        return switch (window.axes()) {
            case 1 -> x -> K.squeeze(
                    K.pool2d(K.expandDims(x, 2), new int[] {size[0], 1}, new int[] {strides[0], 1}, window.border(),
                            window.ordering(), mode),
                    2);
            case 2 -> x -> K.pool2d(x, size, strides, window.border(), window.ordering(), mode);
            default -> x -> K.pool3d(x, size, strides, window.border(), window.ordering(), mode);
        };
    }
}
