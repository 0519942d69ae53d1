package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.model.Digits;
import io.clarion.model.Model;
import io.clarion.model.Net;
import io.clarion.model.Samples;
import io.clarion.model.Trainer;
import io.clarion.model.optimizer.Optimizer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A long training gives the reference engine's weights, but for rounding. */
public interface TrainingConformance extends TestedEngine {
    int STEPS = 300;
    int BATCH = 32;

    /** Holds the reference engine's weights, for all devices. */
    final class Wanted {
        private static final double[] WEIGHTS = trained(TestedEngine.reference());

        private Wanted() {}
    }

    @Test
    default void theDigitsPerceptronLearnsAsOnTheReferenceEngine() {
        assertArrayEquals(Wanted.WEIGHTS, trained(device()), 1e-3);
    }

    private static double[] trained(Device device) {
        K.useDevice(device);
        try (Model net = Net.MLP.build(1); Trainer trainer = Net.trainer(net, Optimizer.named("sgd"))) {
            Samples digits = Digits.bundled().train().fitting(net);
            int batches = digits.size() / BATCH;
            for (int step = 0; step < STEPS; step++) {
                int from = step % batches * BATCH;
                trainer.trainOnBatch(digits.part(from, from + BATCH));
            }
            return net.weights().stream().flatMapToDouble(w -> Arrays.stream(K.getValue(w).toDoubles())).toArray();
        }
    }
}
