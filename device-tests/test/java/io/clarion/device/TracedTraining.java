package io.clarion.device;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;

/** Trains a layer on the devices that are named, to be traced. */
final class TracedTraining {
    private static final int SAMPLES = 64;
    private static final int FEATURES = 256;
    private static final int CALLS = 4;

    private TracedTraining() {}

    public static void main(String[] devices) {
        K.useDevices(devices);
        Tensor x = K.placeholder(K.NONE, FEATURES);
        Tensor w = K.variable(NDArray.zeros(DType.FLOAT32, Shape.of(FEATURES, FEATURES)));
        Tensor loss = K.mean(K.square(K.tanh(K.dot(x, w)).minus(x)));
        Tensor update = K.gradients(loss, w).times(0.1);
        try (Function step = K.function(List.of(x), List.of(loss), List.of(K.updateSub(w, update)))) {
            for (int i = 0; i < CALLS; i++) {
                step.call(NDArray.zeros(DType.FLOAT32, Shape.of(SAMPLES, FEATURES)));
            }
        }
    }
}
