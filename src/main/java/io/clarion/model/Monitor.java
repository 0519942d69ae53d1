package io.clarion.model;

import io.clarion.model.optimizer.Settings;

/**
 * A value of epochs that is to get better.
 *
 * @param value   its name: "loss", "acc", …, or "val_loss" for that of the validation
 * @param upwards whether more is better
 * @param delta   how much better counts as better
 */
public record Monitor(String value, boolean upwards, double delta) {
    public Monitor {
        Settings.notNegative("by how much a value has to get better", delta);
    }

    /** Returns a value of which more is better where its name has "acc" in it, else less. */
    public static Monitor of(String value) {
        return new Monitor(value, value.contains("acc"), 0);
    }

    /** Returns the worst value there is. */
    double worst() {
        return upwards ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    boolean isBetter(double now, double best) {
        return upwards ? now - delta > best : now + delta < best;
    }
}
