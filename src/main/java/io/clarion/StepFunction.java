package io.clarion;

import io.clarion.graph.Tensor;
import java.util.List;

/**
 * A step of {@link K#rnn}: from a step's input and the states, followed by the constants, to an output and new states.
 */
@FunctionalInterface
public interface StepFunction {
    /**
     * Called once, to be traced, or once for each step where the loop is unrolled.
     *
     * @param input              (samples, …)
     * @param statesAndConstants the states as the step before left them, then the constants
     */
    Step apply(Tensor input, List<Tensor> statesAndConstants);

    /**
     * The output and the new states of a step.
     *
     * @param output    (samples, …)
     * @param newStates as many as there are states, of their shapes
     */
    record Step(Tensor output, List<Tensor> newStates) {
        public Step {
            newStates = List.copyOf(newStates);
        }
    }

    /**
     * A step that is given constants of whatever kind.
     *
     * @param <C> their type, such as a list of lists of tensors
     */
    @FunctionalInterface
    interface WithConstants<C> {
        /** Returns the same as {@link StepFunction#apply}, with the states and the constants apart. */
        Step apply(Tensor input, List<Tensor> states, C constants);
    }
}
