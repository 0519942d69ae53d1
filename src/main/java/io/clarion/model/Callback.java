package io.clarion.model;

import java.util.function.BooleanSupplier;

/** Told of what happens in {@link Training}, and may end it. */
public interface Callback {
    /** Before the first epoch. */
    default void begin(Trainer trainer, Training training) {}

    /** After each batch: the epoch, from 1, and the score of its samples so far. */
    default void batch(int epoch, Score soFar) {}

    /** After each epoch. */
    default void epoch(Training.Epoch epoch) {}

    /** Returns whether training is to end; asked before each batch, those of an evaluation included. */
    default boolean stops() {
        return false;
    }

    /** After the last epoch, or when training ends early. */
    default void end(Training.History history) {}

    /** Ends training when {@code wanted} says so. */
    static Callback stopping(BooleanSupplier wanted) {
        return new Callback() {
            @Override
            public boolean stops() {
                return wanted.getAsBoolean();
            }
        };
    }
}
