package io.clarion.model.layer;

import io.clarion.tensor.Shape;
import java.util.List;

/** What layers take as inputs, and the errors of those that get something else. */
final class Takes {
    private Takes() {}

    /** The only one of the inputs' shapes. */
    static Shape one(List<Shape> inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("inputs given: " + inputs.size() + "; this layer takes one");
        }
        return inputs.get(0);
    }

    /** Refuses an input of another number of axes; {@code wanted} is what would do. */
    static void rank(Shape input, int rank, String wanted) {
        if (input.rank() != rank) {
            throw new IllegalArgumentException("the input has shape " + input + "; " + wanted + " would do");
        }
    }

    static void rankAtLeast(Shape input, int rank, String wanted) {
        if (input.rank() < rank) {
            throw new IllegalArgumentException("the input has shape " + input + "; " + wanted + " would do");
        }
    }

    /** The size of an axis by which weights are made. */
    static int size(Shape input, int axis) {
        if (!input.dim(axis).isKnown()) {
            throw new IllegalArgumentException("the weights depend on axis " + input.axis(axis) + " of the input " + input
                    + ", whose size is not known; declare it");
        }
        return input.size(axis);
    }

    /** Refuses a number that is not positive. */
    static void positive(String what, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(number + " " + what + " are not possible; 1 or more would do");
        }
    }

    /** Refuses a share of elements to drop that is not in [0, 1). */
    static void level(double level) {
        if (!(level >= 0 && level < 1)) {
            throw new IllegalArgumentException("a share of " + level + " cannot be dropped; a number from 0 to below 1 would do");
        }
    }
}
