package io.clarion.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import io.clarion.engine.Executable;
import io.clarion.engine.Finding;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine as {@link java.util.ServiceLoader} finds it. */
class TensorFlowEngineTest {
    private final Engine engine = Engines.named("tensorflow").orElseThrow();

    @Test
    void theCpuIsListedAndFoundByItsName() {
        DeviceReport cpu = engine.survey().get(0).devices().get(0);
        assertEquals("tensorflow:0", cpu.id());
        assertEquals("CPU", cpu.type());
        assertTrue(cpu.isUsable());
        assertEquals("tensorflow:0", DeviceChoice.named("tensorflow").report().id());
        assertEquals(Finding.Severity.GOOD, engine.diagnose().get(0).severity());
    }

    @Test
    void anOpenDeviceIsGivenAgain() {
        assertSame(engine.open("tensorflow:0"), engine.open("tensorflow:0"));
    }

    @Test
    void anUnknownDeviceIsRefusedWithThoseThereAre() {
        assertEquals("open: the TensorFlow engine has no device \"tensorflow:7\"; it has tensorflow:0",
                assertThrows(IllegalArgumentException.class, () -> engine.open("tensorflow:7")).getMessage());
    }

    @Test
    void aDeviceThatClosesGivesVariablesBackAndOpensAnew() {
        Device device = engine.open("tensorflow:0");
        var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v");
        var graph = new Graph(List.of(), List.of(), List.of(new Graph.Update(v, Tensor.of(new Op.Read(v)).plus(1))));
        Executable executable = device.compile(graph);
        executable.call(List.of(), 0);
        device.close();
        assertEquals(2, v.value().item());
        assertEquals("tensorflow:0 has been closed", assertThrows(DeviceFailure.class, () -> executable.call(List.of(), 0)).getMessage());
        executable.close();
        try (Executable again = engine.open("tensorflow:0").compile(graph)) {
            again.call(List.of(), 0);
        }
        assertEquals(3, v.value().item());
        v.close();
    }

    @Test
    void whatTensorFlowCannotDoIsRefusedBeforeTheFirstCall() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(2, 1, 2, 1, 2, 1, 2, 1, 2), "x"));
        Tensor y = x.view(new Movement.Reverse(List.of(0)));
        assertEquals("TensorFlow slices, pads and reverses tensors of 8 axes at most, and one of shape (2, 1, 2, 1, 2, 1, 2, 1, 2) has 9; "
                + "reshape it to fewer, or use a device of another engine", assertThrows(UnsupportedOperationException.class,
                        () -> engine.open("tensorflow:0").compile(new Graph(List.of(x), List.of(y), List.of()))).getMessage());
    }

    /** As a call with an array of another dtype is, which no function of Clarion's makes. */
    @Test
    void whatTensorFlowRefusesIsAFailureWithItsOwnSentence() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
        try (Executable executable = engine.open("tensorflow:0").compile(new Graph(List.of(x), List.of(x.neg()), List.of()))) {
            var failure = assertThrows(DeviceFailure.class, () -> executable.call(List.of(NDArray.zeros(DType.INT32, Shape.of(3))), 0));
            assertTrue(failure.getMessage().contains("TensorFlow says: "), failure.getMessage());
            assertTrue(failure.isWithoutEffect());
        }
    }
}
