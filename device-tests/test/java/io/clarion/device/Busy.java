package io.clarion.device;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Multiplies matrices until it is told to end, or for two minutes. */
final class Busy {
    private static final Duration MOST = Duration.ofMinutes(2);

    private Busy() {}

    /** With the id of a device, and a file that is there once this is to end. */
    public static void main(String[] arguments) {
        K.useDevice(arguments[0]);
        Tensor x = K.variable(NDArray.zeros(DType.FLOAT32, Shape.of(256, 256)));
        long start = System.nanoTime();
        try (Function f = K.function(List.of(), List.of(), List.of(K.update(x, K.dot(x, x))))) {
            while (!Files.exists(Path.of(arguments[1])) && System.nanoTime() - start < MOST.toNanos()) {
                f.call();
            }
        }
    }
}
