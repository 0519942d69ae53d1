package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.Executable;
import io.clarion.engine.Finding;
import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks how an engine lists, opens and opens anew its first device, which is the CPU. */
public interface OpeningConformance {
    /** Returns the engine. */
    Engine engine();

    private String id() {
        return engine().name() + ":0";
    }

    @Test
    default void theCpuIsListedAndFoundByItsName() {
        DeviceReport cpu = engine().survey().get(0).devices().get(0);
        assertEquals(id(), cpu.id());
        assertEquals("CPU", cpu.type());
        assertTrue(cpu.isUsable(), cpu.toString());
        assertEquals(id(), DeviceChoice.named(engine().name()).report().id());
        assertEquals(Finding.Severity.GOOD, engine().diagnose().get(0).severity());
    }

    @Test
    default void anOpenDeviceIsGivenAgain() {
        assertSame(engine().open(id()), engine().open(id()));
    }

    @Test
    default void anUnknownDeviceIsRefusedWithThoseThereAre() {
        assertEquals(
                "open: the " + engine().title() + " engine has no device \"" + engine().name() + ":7\"; it has " + id(),
                assertThrows(IllegalArgumentException.class, () -> engine().open(engine().name() + ":7")).getMessage());
    }

    @Test
    default void aDeviceThatClosesGivesVariablesBackAndOpensAnew() {
        Device device = engine().open(id());
        var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v");
        var graph = new Graph(List.of(), List.of(), List.of(new Graph.Update(v, TestedEngine.read(v).plus(1))));
        Executable executable = device.compile(graph);
        executable.call(List.of(), 0);
        device.close();
        assertEquals(2, v.value().item());
        assertEquals(id() + " has been closed",
                assertThrows(DeviceFailure.class, () -> executable.call(List.of(), 0)).getMessage());
        executable.close();
        try (Executable again = engine().open(id()).compile(graph)) {
            again.call(List.of(), 0);
        }
        assertEquals(3, v.value().item());
        v.close();
    }
}
