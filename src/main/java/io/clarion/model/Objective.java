package io.clarion.model;

import io.clarion.graph.Tensor;

/** An objective, which training makes small, as Keras 1's. {@link Loss} has those of Keras; a function is one too. */
@FunctionalInterface
public interface Objective {
    /**
     * Returns a score for each sample, or for each step of each: target and output without the last axis. Smaller is
     * better.
     */
    Tensor scores(Tensor target, Tensor output);

    /**
     * Returns whether a target is int32 of the output's shape without its last axis, the place along that axis; else it
     * has that shape.
     */
    default boolean takesClasses() {
        return false;
    }
}
