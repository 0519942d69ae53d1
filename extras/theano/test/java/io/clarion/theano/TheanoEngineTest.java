package io.clarion.theano;

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
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The engine as {@link java.util.ServiceLoader} finds it. */
class TheanoEngineTest {
    private final Engine engine = Engines.named("theano").orElseThrow();

    @Test
    void theDeviceIsListedAndFoundByItsName() {
        DeviceReport device = engine.survey().get(0).devices().get(0);
        assertEquals("theano:0", device.id());
        assertEquals("CPU", device.type());
        assertTrue(device.isUsable(), device.toString());
        assertEquals("theano:0", DeviceChoice.named("theano").report().id());
        assertEquals(Finding.Severity.GOOD, engine.diagnose().get(0).severity());
    }

    @Test
    void anOpenDeviceIsGivenAgain() {
        assertSame(engine.open("theano:0"), engine.open("theano:0"));
    }

    @Test
    void anUnknownDeviceIsRefusedWithTheOneThereIs() {
        assertEquals("open: the Theano engine has no device \"theano:7\"; it has theano:0",
                assertThrows(IllegalArgumentException.class, () -> engine.open("theano:7")).getMessage());
    }

    @Test
    void aDeviceThatClosesGivesVariablesBackAndOpensAnew() {
        Device device = engine.open("theano:0");
        var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v");
        var graph = new Graph(List.of(), List.of(), List.of(new Graph.Update(v, Tensor.of(new Op.Read(v)).plus(1))));
        Executable executable = device.compile(graph);
        executable.call(List.of(), 0);
        device.close();
        assertEquals(2, v.value().item());
        assertEquals("theano:0 has been closed", assertThrows(DeviceFailure.class, () -> executable.call(List.of(), 0)).getMessage());
        executable.close();
        try (Executable again = engine.open("theano:0").compile(graph)) {
            again.call(List.of(), 0);
        }
        assertEquals(3, v.value().item());
        v.close();
    }

    @Test
    void aFunctionSaysWhatItIsMadeOf() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
        try (Executable executable = engine.open("theano:0").compile(new Graph(List.of(x), List.of(x.neg()), List.of()))) {
            assertTrue(executable.explain().endsWith(": 1 operations: Elemwise 1"), executable.explain());
        }
    }
}
