package io.clarion.schedule.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.schedule.Sharing;
import io.clarion.schedule.SimulatedDevice;
import io.clarion.schedule.SimulatedDevice.Fault;
import io.clarion.schedule.SimulatedDevice.Rates;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.NoDeviceLeft;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Devices that take chunks of a batch as they become free give what one gives, though some fail. */
class GuidedExecutableTest {
    private static final Duration SOON = Duration.ofMillis(400);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final int ROWS = 203;
    private final Device reference = Engines.named("reference").orElseThrow().open("reference:0");
    private final Random random = new Random(4);
    private final Tensor x = K.placeholder(K.NONE, 6);
    private final Variable w = new Variable(numbers(6, 5), "w");
    /** Rows along the first axis and along another, and what counts the rows of the batch. */
    private final Graph graph = graph();
    private final NDArray batch = numbers(ROWS, 6);

    private Graph graph() {
        Tensor h = K.tanh(K.dot(x, Tensor.of(new Op.Read(w))));
        return new Graph(List.of(x), List.of(K.softmax(h), K.transpose(h),
                h.times(Tensor.of(new Op.Size(x.shape().dim(0))).cast(DType.FLOAT32))), List.of());
    }

    private NDArray numbers(int... shape) {
        float[] values = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        IntStream.range(0, values.length).forEach(i -> values[i] = random.nextFloat(-0.5f, 0.5f));
        return NDArray.of(values, shape);
    }

    private SimulatedDevice device(String id, IntFunction<Fault> faults) {
        return new SimulatedDevice(id, new Rates(1e9, 1e9, 1e-6), reference, faults);
    }

    private GuidedExecutable compiled(DeviceTeam devices) throws Indivisible {
        Map<Dim.Symbol, Integer> sizes = Map.of((Dim.Symbol) x.shape().dim(0), ROWS);
        return new GuidedExecutable(BatchPartition.of(graph, sizes), sizes, devices, new RowRates(devices.speeds()));
    }

    private void assertRight(List<SimulatedDevice> devices, Duration patience, String what) throws Indivisible {
        List<NDArray> want;
        try (var function = new Function(graph, reference)) {
            want = function.call(batch);
        }
        try (var group = new DeviceTeam(List.copyOf(devices), patience, NEVER, System::nanoTime);
                var executable = compiled(group)) {
            for (int i = 0; i < 4; i++) {
                List<NDArray> got = i % 2 == 0 ? executable.call(List.of(batch), i)
                        : want.stream().map(array -> NDArray.zeros(array.dtype(), array.shape())).toList();
                if (i % 2 == 1) {
                    executable.call(List.of(batch), got, i);
                }
                for (int o = 0; o < want.size(); o++) {
                    assertArrayEquals(want.get(o).toDoubles(), got.get(o).toDoubles(), 1e-6,
                            what + ", output " + o + " of call " + i);
                }
            }
        } finally {
            devices.forEach(SimulatedDevice::release);
        }
    }

    @Test
    void rowsAreThoseOfOneDevice() throws Indivisible {
        for (int count : new int[] {2, 3, 7}) {
            List<SimulatedDevice> devices = IntStream.range(0, count).mapToObj(i -> device("d:" + i, n -> Fault.NONE))
                    .toList();
            assertRight(devices, NEVER, count + " devices");
            devices.forEach(d -> assertEquals(0, d.open(), "graphs that are left open"));
        }
    }

    @Test
    void whereADeviceFailsOthersDoItsChunks() throws Indivisible {
        for (int fault = 0; fault < 30; fault++) {
            int at = fault;
            List<SimulatedDevice> devices = List.of(device("a:0", n -> n == at ? Fault.ERROR : Fault.NONE),
                    device("b:0", n -> Fault.NONE), device("c:0", n -> Fault.NONE));
            assertRight(devices, NEVER, "an error at call " + at);
            devices.forEach(d -> assertEquals(0, d.open(), "graphs that are left open"));
        }
    }

    @Test
    void aDeviceThatHangsIsLeftAlone() throws Indivisible {
        for (int at : new int[] {2, 6, 9}) {
            assertRight(List.of(device("a:0", n -> n == at ? Fault.HANG : Fault.NONE), device("b:0", n -> Fault.NONE)),
                    SOON, "hung at call " + at);
        }
    }

    @Test
    void aDeviceThatLacksMemoryHasSmallerChunks() throws Indivisible {
        var small = new SimulatedDevice("a:0", new Rates(1e9, 1e9, 1e-6, 5000), reference, n -> Fault.NONE);
        var devices = List.of(small, device("b:0", n -> Fault.NONE));
        assertRight(devices, NEVER, "with little memory");
        // Beside another device it may come to few chunks before all are taken.
        assertRight(List.of(small), NEVER, "alone, with little memory");
        assertTrue(small.asked() > 10, () -> small.asked() + " calls of the small one");
        try (var group = new DeviceTeam(List.copyOf(devices), NEVER, NEVER, System::nanoTime);
                var executable = compiled(group)) {
            assertTrue(executable.explain().contains("a:0, chunks of 3, 12 of 203 rows"), executable::explain);
            assertTrue(executable.explain().contains("b:0, chunks of 3, 12, 48 of 203 rows"), executable::explain);
        }
    }

    @Test
    void withNoDeviceLeftTheExceptionHasTheFateOfEach() {
        List<SimulatedDevice> devices = List.of(device("a:0", n -> n > 8 ? Fault.ERROR : Fault.NONE),
                device("b:0", n -> n > 9 ? Fault.OUT_OF_MEMORY : Fault.NONE));
        String message = assertThrows(NoDeviceLeft.class, () -> assertRight(devices, NEVER, "all fail")).getMessage();
        assertTrue(message.contains("a:0: an error") && message.contains("b:0: no memory"), message);
    }

    /**
     * Work that takes long in virtual time is tried in chunks after a call that was counted, and short work is in
     * shares.
     */
    @Test
    void longCallsAreInChunks() {
        for (double flops : new double[] {1e4, 1e9}) {
            var devices = new ArrayList<Device>();
            IntStream.range(0, 2).forEach(i -> devices.add(new SimulatedDevice("d:" + i,
                    new Rates(flops, Double.POSITIVE_INFINITY, 0), reference, n -> Fault.NONE)));
            try (var group = new DeviceGroup(devices, Sharing.SPLIT, NEVER, NEVER, SimulatedDevice::now);
                    var function = new Function(graph, group); var alone = new Function(graph, reference)) {
                for (int i = 0; i < 2; i++) {
                    assertArrayEquals(alone.call(batch).get(0).toDoubles(), function.call(batch).get(0).toDoubles(),
                            1e-6);
                }
                assertEquals(flops == 1e4, function.explain(batch).contains("chunks of"), function.explain(batch));
            }
        }
    }

    @Test
    void onlyRowsThatNeedNoOthersAreInChunks() throws Indivisible {
        Map<Dim.Symbol, Integer> sizes = Map.of((Dim.Symbol) x.shape().dim(0), ROWS);
        assertTrue(BatchPartition.of(graph, sizes).isRowByRow());
        assertFalse(BatchPartition.of(new Graph(List.of(x), List.of(K.sum(x)), List.of()), sizes).isRowByRow(),
                "a sum");
        assertFalse(
                BatchPartition.of(new Graph(List.of(x), List.of(x.minus(K.mean(x, 0))), List.of()), sizes).isRowByRow(),
                "normalised");
        assertFalse(BatchPartition.of(new Graph(List.of(x), List.of(K.dropout(x, 0.5)), List.of()), sizes).isRowByRow(),
                "random numbers of its own");
        assertFalse(
                BatchPartition.of(new Graph(List.of(x), List.of(x),
                        List.of(new Graph.Update(w, Tensor.of(new Op.Read(w)).times(2)))), sizes).isRowByRow(),
                "an update");
        assertFalse(BatchPartition.none(graph).isRowByRow(), "not divided");
    }
}
