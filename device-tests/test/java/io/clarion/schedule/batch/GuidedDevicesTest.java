package io.clarion.schedule.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.conformance.TestedEngine;
import io.clarion.device.Devices;
import io.clarion.device.TestedDevice;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.driver.Faults;
import io.clarion.runtime.Function;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The devices that are there take chunks of a batch, the reference engine's among them, and predict what one predicts.
 */
class GuidedDevicesTest {
    private static final double CLOSE = 1e-5;
    private static final int ROWS = 333;
    private final Random random = new Random(6);
    private final Device reference = TestedEngine.reference();
    private final Tensor x = K.placeholder(K.NONE, 8, 8, 3);
    private final Graph graph = net();
    private final NDArray batch = numbers(ROWS, 8, 8, 3);
    private final List<NDArray> want = alone();

    private NDArray numbers(int... shape) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, values.elements()).forEach(i -> values.set(i, random.nextFloat(-0.3f, 0.3f)));
        return values;
    }

    private Tensor weights(int... shape) {
        return Tensor.of(new Op.Read(new Variable(numbers(shape), "w")));
    }

    /** Classes of images, and what the last layer but one has, in columns. */
    private Graph net() {
        Tensor h = K.relu(K.conv2d(x, weights(3, 3, 3, 8), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF));
        h = K.pool2d(h, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF, PoolMode.MAX);
        h = K.tanh(K.dot(K.batchFlatten(h), weights(128, 16)));
        return new Graph(List.of(x), List.of(K.softmax(K.dot(h, weights(16, 5))), K.transpose(h)), List.of());
    }

    private List<NDArray> alone() {
        try (var function = new Function(graph, reference)) {
            return function.call(batch);
        }
    }

    private void assertPredicts(List<Device> devices, String when) throws Indivisible {
        Map<Dim.Symbol, Integer> sizes = Map.of((Dim.Symbol) x.shape().dim(0), ROWS);
        try (var group = new DeviceTeam(devices, Duration.ofMinutes(2), Duration.ofHours(1), System::nanoTime);
                var executable = new GuidedExecutable(BatchPartition.of(graph, sizes), sizes, group,
                        new RowRates(group.speeds()))) {
            for (int i = 0; i < 3; i++) {
                List<NDArray> got = executable.call(List.of(batch), i);
                for (int o = 0; o < want.size(); o++) {
                    assertArrayEquals(want.get(o).toDoubles(), got.get(o).toDoubles(), CLOSE,
                            group.members() + when + ", output " + o + " of call " + i);
                }
            }
        }
    }

    private List<Device> all() {
        var all = new ArrayList<Device>(Devices.all().stream().map(TestedDevice::device).toList());
        all.add(reference);
        return all;
    }

    @Test
    void allDevicesPredictAsOneDoesAndSoDoesEachWithTheReference() throws Indivisible {
        assertPredicts(all(), "");
        for (TestedDevice device : Devices.all()) {
            assertPredicts(List.of(device.device(), reference), "");
        }
    }

    @Test
    void whicheverDeviceFailsOthersDoItsChunks() throws Indivisible {
        for (TestedDevice device : Devices.all()) {
            for (String call : List.of("clEnqueueNDRangeKernel", "clFinish")) {
                var calls = new AtomicInteger();
                Faults.inject((id,
                        name) -> id.equals(device.facts().id()) && name.equals(call) && calls.getAndIncrement() == 0
                                ? -36 : 0);
                assertPredicts(all(), ", where " + call + " fails on " + device);
                assertTrue(calls.get() > 0, "it was not called");
            }
        }
    }

    @AfterEach
    void noFaultsForOthers() {
        Faults.inject(null);
    }
}
