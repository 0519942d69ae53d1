package io.clarion.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The losses and metrics of a model on some samples.
 *
 * @param samples how many
 * @param values  means over the samples by name: "loss" first, then losses of outputs and metrics
 */
public record Score(int samples, Map<String, Double> values) {
    /** Of no samples yet. */
    public static final Score NONE = new Score(0, Map.of());

    public Score {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Returns the loss, with penalties. */
    public double loss() {
        return get("loss");
    }

    /** Returns what {@link Accuracy#FITTING} gave, 0 to 1. */
    public double accuracy() {
        return get(Accuracy.FITTING.word());
    }

    /** Returns the value of that name. */
    public double get(String name) {
        if (!values.containsKey(name)) {
            throw new IllegalArgumentException("a score has no \"" + name + "\"; it has " + values.keySet());
        }
        return values.get(name);
    }

    /** Returns the score over these samples and others. */
    public Score and(Score other) {
        int all = samples + other.samples;
        if (samples == 0 || other.samples == 0) {
            return samples == 0 ? other : this;
        }
        var means = new LinkedHashMap<String, Double>();
        values.forEach((name, value) -> means.put(name, (value * samples + other.get(name) * other.samples) / all));
        return new Score(all, means);
    }
}
