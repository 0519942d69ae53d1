package io.clarion.model;

import io.clarion.K;
import io.clarion.model.layer.Layer;
import io.clarion.model.layer.Node;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.Random;

/** Models of a layer, and numbers for them. */
final class Nets {
    private Nets() {}

    /** A model of layers for inputs like {@code x}. */
    static Model on(NDArray x, Layer... layers) {
        int[] sizes = x.shape().sizes();
        DType dtype = x.dtype().isFloating() ? K.floatx() : x.dtype();
        return Model.sequential(1, Node.input(dtype, Arrays.copyOfRange(sizes, 1, sizes.length)), layers);
    }

    /** Returns what layers that need no weights, or any, make of x. */
    static NDArray out(NDArray x, Layer... layers) {
        try (Model model = on(x, layers)) {
            return model.predict(x);
        }
    }

    /** Normally distributed numbers, the same for the same shape. */
    static NDArray numbers(int... shape) {
        var random = new Random(Arrays.hashCode(shape));
        NDArray x = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        for (int i = 0; i < x.elements(); i++) {
            x.set(i, random.nextGaussian());
        }
        return x;
    }

    static NDArray floats(double[] values, int... shape) {
        return NDArray.of(DType.FLOAT32, values, shape);
    }

    /** The value of weight {@code i}. */
    static NDArray weight(Model model, int i) {
        return K.getValue(model.weights().get(i));
    }
}
