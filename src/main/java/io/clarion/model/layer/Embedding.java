package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.List;

/**
 * A trained vector for each of {@code words}: whole numbers (samples, time) to (samples, time, units).
 *
 * @param words    numbers from 0 to before this one
 * @param maskZero whether 0 is no word, but masks its step
 * @param dropout  the share of words dropped in training, 0 to below 1
 */
public record Embedding(int words, int units, Weight vectors, boolean maskZero, double dropout) implements Layer {
    public Embedding {
        InputChecks.positive("words", words);
        InputChecks.positive("units", units);
        InputChecks.level(dropout);
    }

    public Embedding(int words, int units) {
        this(words, units, Weight.of(Initialiser.UNIFORM), false, 0);
    }

    /** Returns this layer with steps of 0 masked. */
    public Embedding maskingZero() {
        return new Embedding(words, units, vectors, true, dropout);
    }

    public Embedding dropout(double share) {
        return new Embedding(words, units, vectors, maskZero, share);
    }

    @Override
    public Mapping build(List<Shape> inputs, Parameters parameters) {
        InputChecks.one(inputs);
        Tensor all = parameters.add("vectors", vectors, words, units);
        return (in, effects) -> {
            Tensor x = in.get(0).value();
            InputChecks.check(!x.dtype().isFloating(),
                    "the input is " + x.dtype().word() + ", and words are whole numbers; Node.input(DType.INT32, …)"
                            + " would do, or a Lambda that casts before, as Keras does");
            Tensor kept = dropout == 0 ? all
                    : K.inTrainPhase(() -> K.dropout(all, dropout, new int[] {words, 1}), () -> all);
            return new Signal(K.gather(kept, x), maskZero ? K.notEqual(x, 0) : null);
        };
    }
}
