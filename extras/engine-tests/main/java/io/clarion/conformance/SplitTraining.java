package io.clarion.conformance;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A training of a layer whose batch can be divided, from the same beginning each time. */
final class SplitTraining {
    static final int STEPS = 6;
    /** Tolerance of its weights, which are about 1, for rounding. */
    static final double CLOSE = 1e-4;

    private SplitTraining() {}

    /** Returns the weights after the last step; {@code beforeStep} is told each step's number. */
    static double[] weights(Device device, IntConsumer beforeStep) {
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
            for (int i = 0; i < STEPS; i++) {
                beforeStep.accept(i);
                f.call(numbers(random, 20, 6), numbers(random, 20, 3));
            }
        }
        return Stream.of(w, b).flatMapToDouble(v -> DoubleStream.of(K.getValue(v).toDoubles())).toArray();
    }

    private static NDArray numbers(Random random, int rows, int columns) {
        return NDArray.of(DType.FLOAT32,
                IntStream.range(0, rows * columns).mapToDouble(i -> random.nextDouble(-1, 1)).toArray(), rows, columns);
    }
}
