package io.clarion.model.layer.weight;

import io.clarion.graph.Tensor;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/** Checks of the inputs of layers, with the errors for those that do not fit. */
public final class InputChecks {
    private InputChecks() {}

    /** Returns the only one of the inputs' shapes. */
    public static Shape one(List<Shape> inputs) {
        check(inputs.size() == 1, "inputs given: " + inputs.size() + "; this layer takes one");
        return inputs.get(0);
    }

    /** Refuses an input of another number of axes; {@code wanted} is what would do. */
    public static void rank(Shape input, int rank, String wanted) {
        check(input.rank() == rank, "the input has shape " + input + "; " + wanted + " would do");
    }

    public static void rankAtLeast(Shape input, int rank, String wanted) {
        check(input.rank() >= rank, "the input has shape " + input + "; " + wanted + " would do");
    }

    /** Returns the size of an axis by which weights are made. */
    public static int size(Shape input, int axis) {
        check(input.dim(axis).isKnown(), "the weights depend on axis " + input.axis(axis) + " of the input " + input
                + ", whose size is not known; declare it");
        return input.size(axis);
    }

    /** Refuses a number that is not positive. */
    public static void positive(String what, int number) {
        check(number >= 1, number + " " + what + " are not possible; 1 or more would do");
    }

    /** Refuses a share of elements to drop that is not in [0, 1). */
    public static void level(double level) {
        check(level >= 0 && level < 1,
                "a share of " + level + " cannot be dropped; a number from 0 to below 1 would do");
    }

    /** Refuses null; {@code instead} is what would do. */
    public static void present(String what, Object given, String instead) {
        check(given != null, what + " is null; " + instead + " would do");
    }

    /** Refuses an activation that is null. */
    public static void activation(UnaryOperator<Tensor> activation) {
        present("the activation", activation, "Activation.LINEAR, which leaves outputs as they are,");
    }

    public static void check(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }
}
