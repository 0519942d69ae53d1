package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Tensor;
import java.util.Locale;

/** The share of outputs that are right. */
public enum Accuracy implements Metric {
    /** The one of the others that fits the loss and the output's last axis; "acc" in scores. */
    FITTING,
    /** Outputs from 0 to 1, each rounded. */
    BINARY,
    /** The largest output is where the target has its largest. */
    CATEGORICAL,
    /** The largest output is at the place that the target, an integer, names. */
    SPARSE_CATEGORICAL;

    @Override
    public String word() {
        return this == FITTING ? "acc" : name().toLowerCase(Locale.ROOT) + "_accuracy";
    }

    @Override
    public Tensor value(Tensor target, Tensor output) {
        return switch (this) {
            case FITTING -> throw new IllegalArgumentException(
                    "accuracy: which one fits depends on the loss; compile knows it");
            case BINARY -> K.mean(K.equal(target, K.round(output)));
            case CATEGORICAL, SPARSE_CATEGORICAL -> K.mean(K.equal(K.argmax(output), classes(target, output)));
        };
    }

    /** Returns the accuracy that Keras takes for "accuracy" where an output has this loss. */
    Accuracy fitting(Objective loss, Tensor output) {
        return this != FITTING ? this : output.shape().dim(-1).is(1) || loss == Loss.BINARY_CROSSENTROPY ? BINARY
                : loss.takesClasses() ? SPARSE_CATEGORICAL : CATEGORICAL;
    }

    /** Targets as classes: they are, or the place of the largest is. */
    static Tensor classes(Tensor target, Tensor output) {
        return target.rank() < output.rank() ? target : K.argmax(target);
    }
}
