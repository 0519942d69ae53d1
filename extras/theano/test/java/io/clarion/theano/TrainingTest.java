package io.clarion.theano;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A long training gives the reference engine's weights, but for rounding. */
class TrainingTest {
    private static final int STEPS = 300;
    private static final int BATCH = 32;

    @Test
    void threeHundredStepsOfAPerceptronAgreeWithTheReference() {
        Device reference = Engines.named("reference").orElseThrow().open("reference:0");
        assertArrayEquals(trained(reference), trained(Engines.named("theano").orElseThrow().open("theano:0")), 1e-3);
    }

    private static double[] trained(Device device) {
        K.useDevice(Engines.named("reference").orElseThrow().open("reference:0"));
        Tensor x = K.placeholder(BATCH, 20);
        Tensor y = K.placeholder(BATCH, 5);
        Tensor w = K.randomUniformVariable(new int[] {20, 32}, -0.3, 0.3, DType.FLOAT32, null, 1);
        Tensor b = K.zeros(new int[] {32}, DType.FLOAT32, "b");
        Tensor v = K.randomUniformVariable(new int[] {32, 5}, -0.3, 0.3, DType.FLOAT32, null, 2);
        Tensor loss = K.mean(K.categoricalCrossentropy(K.softmax(K.dot(K.relu(K.dot(x, w).plus(b)), v)), y));
        List<Tensor> weights = List.of(w, b, v);
        List<Tensor> slopes = K.gradients(loss, weights);
        var updates = List.of(0, 1, 2).stream().map(i -> K.updateSub(weights.get(i), slopes.get(i).times(0.1))).toList();
        var random = new Random(3);
        try (var step = new Function(new Graph(List.of(x, y), List.of(loss), updates), device)) {
            for (int i = 0; i < STEPS; i++) {
                NDArray given = NDArray.of(DType.FLOAT32, random.doubles(BATCH * 20, -1, 1).toArray(), BATCH, 20);
                NDArray wanted = NDArray.zeros(DType.FLOAT32, y.shape());
                for (int row = 0; row < BATCH; row++) {
                    wanted.set(5 * row + (given.get(20 * row) > 0 ? 1 : given.get(20 * row + 1) > 0 ? 2 : 4), 1);
                }
                step.call(given, wanted);
            }
        }
        return weights.stream().flatMapToDouble(t -> java.util.Arrays.stream(K.getValue(t).toDoubles())).toArray();
    }
}
