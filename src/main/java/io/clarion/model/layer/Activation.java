package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Keras's activations: what other layers do last, and layers themselves. */
public enum Activation implements PlainLayer, UnaryOperator<Tensor> {
    LINEAR(x -> x),
    RELU(K::relu),
    TANH(K::tanh),
    SIGMOID(K::sigmoid),
    /** {@code 0.2·x + 0.5}, clipped to [0, 1]. */
    HARD_SIGMOID(K::hardSigmoid),
    SOFTPLUS(K::softplus),
    SOFTSIGN(K::softsign),
    /** Along the last axis. */
    SOFTMAX(K::softmax);

    private final UnaryOperator<Tensor> function;

    Activation(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    /** Returns the activation of Keras's name, such as "hard_sigmoid". */
    public static Activation of(String name) {
        return Arrays.stream(values()).filter(a -> a.keras().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("activation \"" + name + "\" is not one of "
                        + Arrays.stream(values()).map(Activation::keras).collect(Collectors.joining(", "))));
    }

    private String keras() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Tensor apply(Tensor x) {
        return function.apply(x);
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        return this;
    }

    @Override
    public boolean keepsSteps() {
        return true;
    }

    @Override
    public String word() {
        return "activation";
    }
}
