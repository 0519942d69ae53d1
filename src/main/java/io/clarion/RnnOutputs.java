package io.clarion;

import io.clarion.graph.Tensor;
import java.util.List;

/**
 * The results of {@link K#rnn}.
 *
 * @param lastOutput of the last step, (samples, …)
 * @param outputs    of all steps, (samples, time, …)
 * @param newStates  after the last step
 */
public record RnnOutputs(Tensor lastOutput, Tensor outputs, List<Tensor> newStates) {}
