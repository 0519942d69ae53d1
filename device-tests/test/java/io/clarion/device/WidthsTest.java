package io.clarion.device;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Programs have their functions for all vectors that kernels may have, half vectors for the ends of rows among them.
 */
class WidthsTest {
    /** Rows and columns that leave half vectors of 4, 8 and 16 lanes over. */
    private static final int[][] SIZES = {{5, 36}, {33, 20}, {1, 18}};

    @EveryDevice
    void functionsOfHalfVectors(TestedDevice device) {
        if (device.facts().lanesAreWorkItems()) {
            check(device, device.device().strategy());
            return;
        }
        for (int width : new int[] {4, 8, 16}) {
            check(device, Strategy.cpu(width, device.facts().computeUnits()));
        }
    }

    private static void check(TestedDevice device, Strategy strategy) {
        try (var open = new OpenClDevice(device.facts(), strategy, () -> {})) {
            var c = new Comparison();
            for (int[] size : SIZES) {
                Tensor x = c.input(new Draw(1).array(DType.FLOAT32, -2, 2, Shape.of(size)));
                c.expect("softmax of " + Arrays.toString(size), K.softmax(x), Tolerance.composed(2, size[1]));
                c.expect("exp of " + Arrays.toString(size), K.exp(x), Tolerance.function());
            }
            Tensor half = c.input(new Draw(1).array(DType.FLOAT16, -2, 2, Shape.of(1, 18)));
            c.expect("tanh of halves", K.tanh(half), Tolerance.function());
            c.check(List
                    .of(new TestedDevice(device + " with vectors of " + strategy.width(), device.facts(), open, true)));
        }
    }
}
