package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A training whose batch is split over this device and the reference gives one device's weights, but for rounding. */
public interface GroupConformance extends TestedEngine {
    int STEPS_OF_TRAINING = 6;

    @Test
    default void aSplitTrainingGivesOneDevicesWeights() {
        double[] alone = trained(TestedEngine.reference());
        try (var group = new DeviceGroup(List.of(device(), TestedEngine.reference()))) {
            assertArrayEquals(alone, trained(group), 1e-4);
        }
    }

    private static double[] trained(Device device) {
        K.useDevice(TestedEngine.reference());
        Tensor x = K.placeholder(K.NONE, 6);
        Tensor y = K.placeholder(K.NONE, 3);
        Tensor w = K.randomUniformVariable(new int[] {6, 3}, -1, 1, DType.FLOAT32, null, 1);
        Tensor b = K.zeros(new int[] {3}, DType.FLOAT32, "b");
        Tensor loss = K.mean(K.square(K.tanh(K.dot(x, w).plus(b)).minus(y)));
        List<Tensor> slopes = K.gradients(loss, List.of(w, b));
        var updates = List.of(K.updateSub(w, slopes.get(0).times(0.1)), K.updateSub(b, slopes.get(1).times(0.1)));
        var random = new Random(3);
        try (var f = new Function(new Graph(List.of(x, y), List.of(loss), updates), device)) {
            for (int i = 0; i < STEPS_OF_TRAINING; i++) {
                f.call(numbers(random, 20, 6), numbers(random, 20, 3));
            }
        }
        var weights = new ArrayList<Double>();
        for (Tensor v : List.of(w, b)) {
            for (double value : K.getValue(v).toDoubles()) {
                weights.add(value);
            }
        }
        return weights.stream().mapToDouble(d -> d).toArray();
    }

    private static NDArray numbers(Random random, int rows, int columns) {
        return NDArray.of(DType.FLOAT32, IntStream.range(0, rows * columns).mapToDouble(i -> random.nextDouble(-1, 1)).toArray(), rows, columns);
    }
}
