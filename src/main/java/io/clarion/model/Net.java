package io.clarion.model;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * A net: its parameters, variables whose names tell them apart, and how it gets from inputs to class scores.
 *
 * @param name    for people
 * @param input   the shape of one sample
 * @param forward from (samples, input…) to logits (samples, classes)
 */
public record Net(String name, List<Tensor> parameters, Shape input, UnaryOperator<Tensor> forward) {
    public Net {
        parameters = List.copyOf(parameters);
    }

    /** The nets for 28 × 28 digits that the command line knows. */
    public enum Kind {
        /** Two dense layers: 784, 128 with relu, 10. */
        MLP,
        /** Keras's small convolutional example, without its dropout. */
        CNN;

        /** The word for this kind: "mlp" or "cnn". */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The kind of that word. */
        public static Kind of(String word) {
            return Arrays.stream(values()).filter(k -> k.word().equals(word)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("model \"" + word + "\" is not one of "
                            + String.join(", ", Arrays.stream(values()).map(Kind::word).toList())));
        }

        /** A new net of this kind; the same seed gives the same weights. */
        public Net build(long seed) {
            return this == MLP ? mlp(seed) : cnn(seed);
        }
    }

    /** Two dense layers for 28 × 28 digits: 784, 128 with relu, 10. */
    public static Net mlp(long seed) {
        var random = new SplittableRandom(seed);
        Dense hidden = dense("hidden", 784, 128, random);
        Dense output = dense("output", 128, 10, random);
        return new Net("784-128-10 perceptron", List.of(hidden.kernel, hidden.bias, output.kernel, output.bias), Shape.of(784),
                x -> output.apply(K.relu(hidden.apply(x))));
    }

    /** For 28 × 28 digits: two 3 × 3 convolutions of 32 with relu, 2 × 2 max-pool, dense 128 with relu, dense 10. */
    public static Net cnn(long seed) {
        var random = new SplittableRandom(seed);
        Convolution first = convolution("conv1", 1, 32, random);
        Convolution second = convolution("conv2", 32, 32, random);
        Dense hidden = dense("hidden", 12 * 12 * 32, 128, random);
        Dense output = dense("output", 128, 10, random);
        return new Net("convolutional net", List.of(first.kernel, first.bias, second.kernel, second.bias,
                hidden.kernel, hidden.bias, output.kernel, output.bias), Shape.of(28, 28, 1), x -> {
                    Tensor seen = K.relu(second.apply(K.relu(first.apply(x))));
                    Tensor pooled = K.pool2d(seen, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF);
                    return output.apply(K.relu(hidden.apply(K.batchFlatten(pooled))));
                });
    }

    private record Dense(Tensor kernel, Tensor bias) {
        Tensor apply(Tensor x) {
            return K.biasAdd(K.dot(x, kernel), bias);
        }
    }

    private record Convolution(Tensor kernel, Tensor bias) {
        Tensor apply(Tensor x) {
            return K.biasAdd(K.conv2d(x, kernel, new int[] {1, 1}, BorderMode.VALID, DimOrdering.TF), bias, DimOrdering.TF);
        }
    }

    private static Dense dense(String name, int inputs, int units, SplittableRandom random) {
        return new Dense(weights(name, random, inputs, units), bias(name, units));
    }

    private static Convolution convolution(String name, int channels, int filters, SplittableRandom random) {
        return new Convolution(weights(name, random, 3, 3, channels, filters), bias(name, filters));
    }

    private static Tensor weights(String layer, SplittableRandom random, int... shape) {
        NDArray first = Initialiser.GLOROT_UNIFORM.draw(shape, DimOrdering.TF, random);
        return K.variable(first, DType.FLOAT32, layer + "/kernel");
    }

    private static Tensor bias(String layer, int units) {
        return K.zeros(new int[] {units}, DType.FLOAT32, layer + "/bias");
    }

    /** Inputs for any number of samples. */
    public Tensor placeholder() {
        return K.placeholder(batchOf(K.NONE), DType.FLOAT32, "images");
    }

    /** Images (samples, …) in the shape that this net takes. */
    public NDArray fitted(NDArray images) {
        return images.reshape(batchOf(images.shape().size(0)));
    }

    private int[] batchOf(int samples) {
        int[] shape = new int[input.rank() + 1];
        shape[0] = samples;
        System.arraycopy(input.sizes(), 0, shape, 1, input.rank());
        return shape;
    }

    /** The number of trained numbers. */
    public int size() {
        return parameters.stream().mapToInt(K::countParams).sum();
    }
}
