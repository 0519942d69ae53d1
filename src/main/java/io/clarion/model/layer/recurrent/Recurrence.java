package io.clarion.model.layer.recurrent;

import io.clarion.model.layer.Weight;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;

/**
 * The settings that recurrent layers have in common.
 *
 * @param kernel    for the inputs, drawn for each gate
 * @param recurrent for the state, drawn for each gate
 * @param bias      zeros, or what the layer says of a gate
 * @param sequences whether the output of every step is given, (samples, time, units), rather than that of the last
 * @param backwards whether time goes backwards; sequences are in the order computed
 * @param unrolled  whether each step is traced, rather than a loop: the number of steps has to be known
 * @param dropInput the share of inputs dropped in training, the same at each step and for all gates; {@code dropState}
 *                  likewise of the state before. <a href="https://arxiv.org/abs/1512.05287">Gal and Ghahramani</a>
 */
public record Recurrence(Weight kernel, Weight recurrent, Weight bias, boolean sequences, boolean backwards,
        boolean unrolled,
        double dropInput, double dropState) {
    /** Keras's settings. */
    public static final Recurrence PLAIN = new Recurrence(Weight.of(Initialiser.GLOROT_UNIFORM),
            Weight.of(Initialiser.ORTHOGONAL),
            Weight.of(Initialiser.ZERO), false, false, false, 0, 0);

    public Recurrence {
        InputChecks.level(dropInput);
        InputChecks.level(dropState);
    }

    public Recurrence weights(Weight ofInput, Weight ofState, Weight ofBias) {
        return new Recurrence(ofInput, ofState, ofBias, sequences, backwards, unrolled, dropInput, dropState);
    }

    public Recurrence sequences(boolean all) {
        return new Recurrence(kernel, recurrent, bias, all, backwards, unrolled, dropInput, dropState);
    }

    public Recurrence backwards(boolean back) {
        return new Recurrence(kernel, recurrent, bias, sequences, back, unrolled, dropInput, dropState);
    }

    public Recurrence unrolled(boolean each) {
        return new Recurrence(kernel, recurrent, bias, sequences, backwards, each, dropInput, dropState);
    }

    public Recurrence dropout(double ofInput, double ofState) {
        return new Recurrence(kernel, recurrent, bias, sequences, backwards, unrolled, ofInput, ofState);
    }
}
