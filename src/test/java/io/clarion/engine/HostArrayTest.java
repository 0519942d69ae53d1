package io.clarion.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostArrayTest {
    private final Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
    private final Function twice = new Function(new Graph(List.of(x), List.of(x.times(2)), List.of()),
            Engines.named("reference").orElseThrow().open("reference:0"));
    private final NDArray given = NDArray.of(new float[] {1, 2, 3}, 3);

    @AfterEach
    void close() {
        twice.close();
    }

    @Test
    void anOutputOfTheReferenceEngineCanBeGivenToTheNextCall() {
        try (DeviceArray h = twice.callOnDevice(given).get(0);
                DeviceArray next = twice.callOnDevice(List.of(h)).get(0)) {
            assertEquals("float32(3,) on the host", h.toString());
            assertArrayEquals(new float[] {4, 8, 12}, next.value().toFloats());
            assertArrayEquals(new float[] {8, 16, 24}, twice.call(next).get(0).toFloats());
        }
    }

    @Test
    void whatIsDoneToAValueChangesNothingOfTheOutput() {
        try (DeviceArray h = twice.callOnDevice(given).get(0)) {
            h.value().set(0, 100);
            assertArrayEquals(new float[] {2, 4, 6}, h.value().toFloats());
        }
    }

    @Test
    void oneThatIsClosedSaysSo() {
        DeviceArray h = twice.callOnDevice(given).get(0);
        h.close();
        h.close();
        assertEquals("float32(3,) on the host is closed",
                assertThrows(IllegalStateException.class, h::value).getMessage());
        assertEquals("float32(3,) on the host is closed",
                assertThrows(IllegalStateException.class, () -> twice.call(h)).getMessage());
    }

    @Test
    void whatDoesNotFitIsRefusedAsAnArrayIs() {
        Tensor long3 = Tensor.of(new Op.Placeholder(DType.INT64, Shape.of(3), "n"));
        try (DeviceArray h = twice.callOnDevice(given).get(0);
                var counts = new Function(new Graph(List.of(long3), List.of(long3.plus(1)), List.of()),
                        twice.device())) {
            assertEquals(
                    "call: input 0 (n) has dtype int64, the value given has float32; cast it first: this conversion could lose something",
                    assertThrows(IllegalArgumentException.class, () -> counts.callOnDevice(h)).getMessage());
        }
        assertEquals("call: input 0 (x) is not sparse, the value given is; value.toDense() would do",
                assertThrows(IllegalArgumentException.class,
                        () -> twice.callOnDevice(SparseArray.of(given.reshape(1, 3)))).getMessage());
    }
}
