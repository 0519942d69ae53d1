package io.clarion.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.conformance.OpeningConformance;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine as {@link java.util.ServiceLoader} finds it. */
class TensorFlowEngineTest implements OpeningConformance {
    private final Engine engine = Engines.named("tensorflow").orElseThrow();

    @Override
    public Engine engine() {
        return engine;
    }

    @Test
    void whatTensorFlowCannotDoIsRefusedBeforeTheFirstCall() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(2, 1, 2, 1, 2, 1, 2, 1, 2), "x"));
        Tensor y = x.view(new Movement.Reverse(List.of(0)));
        assertEquals(
                "TensorFlow slices, pads and reverses tensors of 8 axes at most, and one of shape (2, 1, 2, 1, 2, 1, 2, 1, 2) has 9; "
                        + "reshape it to fewer, or use a device of another engine",
                assertThrows(UnsupportedOperationException.class,
                        () -> engine.open("tensorflow:0").compile(new Graph(List.of(x), List.of(y), List.of())))
                        .getMessage());
    }

    /** As a call with an array of another dtype is, which no function of Clarion's makes. */
    @Test
    void whatTensorFlowRefusesIsAFailureWithItsOwnSentence() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
        try (Executable executable = engine.open("tensorflow:0")
                .compile(new Graph(List.of(x), List.of(x.neg()), List.of()))) {
            var failure = assertThrows(DeviceFailure.class,
                    () -> executable.call(List.of(NDArray.zeros(DType.INT32, Shape.of(3))), 0));
            assertTrue(failure.getMessage().contains("TensorFlow says: "), failure.getMessage());
            assertTrue(failure.isWithoutEffect());
        }
    }
}
