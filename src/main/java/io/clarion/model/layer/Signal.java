package io.clarion.model.layer;

import io.clarion.graph.Tensor;

/**
 * The value and the mask that go from layer to layer.
 *
 * @param value (samples, …)
 * @param mask  bool (samples, time): the steps that count; null if all do
 */
public record Signal(Tensor value, Tensor mask) {
    /** Returns a tensor of which every step counts. */
    public Signal(Tensor value) {
        this(value, null);
    }
}
