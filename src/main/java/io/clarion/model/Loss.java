package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/**
 * Keras's losses, t being the target, y the output, and means being taken over the last axis; metrics too, as their
 * mean.
 */
public enum Loss implements Objective, Metric {
    /** {@code mean (y − t)²}. */
    MEAN_SQUARED_ERROR("mse", (t, y) -> mean(K.square(y.minus(t)))),
    /** {@code mean |y − t|}. */
    MEAN_ABSOLUTE_ERROR("mae", (t, y) -> mean(K.abs(y.minus(t)))),
    /** {@code 100·mean |t − y| / |t|}; |t| below ε counts as ε. */
    MEAN_ABSOLUTE_PERCENTAGE_ERROR("mape",
            (t, y) -> mean(K.abs(t.minus(y).div(K.maximum(K.abs(t), K.epsilon())))).times(100)),
    /** {@code mean (log(1 + y) − log(1 + t))²}; what is below ε counts as ε. */
    MEAN_SQUARED_LOGARITHMIC_ERROR("msle", (t, y) -> mean(K.square(logOnePlus(y).minus(logOnePlus(t))))),
    /** {@code mean max(1 − t·y, 0)²}; targets are −1 and 1. */
    SQUARED_HINGE(null, (t, y) -> mean(K.square(below(t, y)))),
    /** {@code mean max(1 − t·y, 0)}; targets are −1 and 1. */
    HINGE(null, (t, y) -> mean(below(t, y))),
    /** {@link K#binaryCrossentropy}. */
    BINARY_CROSSENTROPY(null, (t, y) -> mean(K.binaryCrossentropy(y, t))),
    /** {@link K#categoricalCrossentropy}. */
    CATEGORICAL_CROSSENTROPY(null, (t, y) -> K.categoricalCrossentropy(y, t)),
    /** {@link K#sparseCategoricalCrossentropy} with classes as targets. */
    SPARSE_CATEGORICAL_CROSSENTROPY(null, (t, y) -> K.sparseCategoricalCrossentropy(y, t)),
    /** The same of what softmax would get; not in Keras 1, exact for large logits. */
    SPARSE_CATEGORICAL_CROSSENTROPY_OF_LOGITS(null, (t, y) -> K.sparseCategoricalCrossentropy(y, t, true)),
    /** {@code Σ t·log(t/y)}; both are clipped to [ε, 1]. */
    KULLBACK_LEIBLER_DIVERGENCE("kld", (t, y) -> {
        Tensor target = K.clip(t, K.epsilon(), 1);
        return K.sum(target.times(K.log(target.div(K.clip(y, K.epsilon(), 1)))), -1);
    }),
    /** {@code mean y − t·log(y + ε)}. */
    POISSON(null, (t, y) -> mean(y.minus(t.times(K.log(y.plus(K.epsilon())))))),
    /** Minus the mean of the products of both at length 1. */
    COSINE_PROXIMITY("cosine", (t, y) -> mean(K.l2Normalize(t, -1).times(K.l2Normalize(y, -1))).neg());

    private final String shortName;
    private final BinaryOperator<Tensor> scores;

    Loss(String shortName, BinaryOperator<Tensor> scores) {
        this.shortName = shortName;
        this.scores = scores;
    }

    /** Returns the loss of Keras's name, long or short: "mean_squared_error", "mse". */
    public static Loss of(String name) {
        return Arrays.stream(values()).filter(l -> List.of(l.word(), l.shortName == null ? l.word() : l.shortName)
                .contains(name.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("loss \"" + name + "\" is not one of "
                        + Arrays.stream(values()).map(Loss::word).collect(Collectors.joining(", "))));
    }

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Tensor scores(Tensor target, Tensor output) {
        return scores.apply(target, output);
    }

    @Override
    public Tensor value(Tensor target, Tensor output) {
        return K.mean(scores(target, output));
    }

    @Override
    public boolean takesClasses() {
        return this == SPARSE_CATEGORICAL_CROSSENTROPY || this == SPARSE_CATEGORICAL_CROSSENTROPY_OF_LOGITS;
    }

    private static Tensor mean(Tensor x) {
        return K.mean(x, -1);
    }

    private static Tensor below(Tensor target, Tensor output) {
        return K.maximum(target.times(output).neg().plus(1), 0);
    }

    private static Tensor logOnePlus(Tensor x) {
        return K.log(K.maximum(x, K.epsilon()).plus(1));
    }
}
