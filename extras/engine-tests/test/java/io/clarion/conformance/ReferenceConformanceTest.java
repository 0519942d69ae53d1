package io.clarion.conformance;

import io.clarion.K;
import io.clarion.conformance.cases.OpenSizes;
import io.clarion.engine.Device;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The reference engine is asked what would not compare it with itself, and holds nothing that it could lose;
 * {@code CheckTest} in {@code src} has it compute every kind of node.
 */
class ReferenceConformanceTest
        implements GoldenConformance, EdgeConformance, UpdateConformance, RandomTensorConformance, ThreadConformance {
    @Override
    public Device device() {
        return TestedEngine.reference();
    }

    @Test
    void stridedWindowsOfEveryHeight() {
        K.useDevice(device());
        IntStream.range(1, 8).forEach(height -> OpenSizes.stridedWindows(device(), height, 1, 2, 3, 4));
    }
}
