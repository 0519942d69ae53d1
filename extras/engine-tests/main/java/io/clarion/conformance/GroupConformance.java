package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.clarion.schedule.DeviceGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A training whose batch is split over this device and the reference gives one device's weights, but for rounding. */
public interface GroupConformance extends TestedEngine {
    @Test
    default void aSplitTrainingGivesOneDevicesWeights() {
        double[] alone = SplitTraining.weights(TestedEngine.reference(), step -> {});
        try (var group = new DeviceGroup(List.of(device(), TestedEngine.reference()))) {
            assertArrayEquals(alone, SplitTraining.weights(group, step -> {}), SplitTraining.CLOSE);
        }
    }
}
