package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.device.KernelBuildException;
import io.clarion.opencl.driver.device.OutOfDeviceMemory;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** How functions and devices behave. */
class EngineTest {
    private static NDArray counting(int... sizes) {
        Shape shape = Shape.of(sizes);
        NDArray a = NDArray.zeros(DType.FLOAT32, shape);
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, Math.sin(i));
        }
        return a;
    }

    private static Tensor placeholder(Dim... dims) {
        return Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(dims)), "x"));
    }

    /** A net of a product, a softmax and a sum over the batch, for any batch size. */
    private static Function net(Device device) {
        Tensor x = placeholder(new Dim.Symbol("n"), Dim.of(31));
        Tensor w = Tensor.constant(counting(31, 65));
        Tensor y = K.softmax(K.dot(x, w));
        return new Function(new Graph(List.of(x), List.of(y, y.sum(List.of(0)), K.mean(y)), List.of()), device);
    }

    @EveryDevice(inEveryLayout = true)
    void theSameCallGivesTheSameBits(Device device) {
        try (Function f = net(device)) {
            List<NDArray> first = f.call(counting(130, 31));
            for (int i = 0; i < 5; i++) {
                List<NDArray> again = f.call(counting(130, 31));
                for (int o = 0; o < first.size(); o++) {
                    assertEquals(first.get(o).bytes(), again.get(o).bytes());
                }
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void oneFunctionTakesBatchesOfAnySize(Device device) {
        try (Function f = net(device); Function reference = net(TestedEngine.reference())) {
            for (int n : new int[] {32, 7, 1, 32, 65}) {
                List<NDArray> want = reference.call(counting(n, 31));
                List<NDArray> got = f.call(counting(n, 31));
                var wrong = new ArrayList<String>();
                for (int i = 0; i < want.size(); i++) {
                    Comparison.compare("output " + i, Tolerance.composed(2, 31), want.get(i), want.get(i), got.get(i),
                            wrong);
                }
                assertEquals(List.of(), wrong);
            }
        }
    }

    @EveryDevice
    void twoThreadsMayCallOneFunction(Device device) throws Exception {
        try (Function f = net(device); var threads = Executors.newFixedThreadPool(2)) {
            NDArray small = f.call(counting(7, 31)).get(0);
            NDArray large = f.call(counting(65, 31)).get(0);
            Callable<Void> calls = () -> {
                for (int i = 0; i < 20; i++) {
                    assertEquals(small.bytes(), f.call(counting(7, 31)).get(0).bytes());
                    assertEquals(large.bytes(), f.call(counting(65, 31)).get(0).bytes());
                }
                return null;
            };
            for (Future<Void> done : threads.invokeAll(List.of(calls, calls))) {
                done.get();
            }
        }
    }

    @EveryDevice
    void aRequestBeyondTheMemoryNamesWhatWasAskedAndWhatThereIs(TestedDevice tested) {
        Tensor x = Tensor.of(new Op.Random(1, Shape.of(1 << 29)));
        var outputs = new ArrayList<Tensor>();
        for (int i = 0; i < 1000; i++) {
            outputs.add(x.plus(i));
        }
        // A device of its own: what other tests left on a shared one goes when the garbage collector finds it.
        try (OpenClDevice device = Devices.fresh(tested)) {
            var e = assertThrows(OutOfDeviceMemory.class,
                    () -> device.compile(new Graph(List.of(), outputs, List.of())).close());
            String asked = "%,d".formatted(4L << 29);
            String there = "%,d".formatted(device.report().memory());
            assertTrue(e.getMessage().contains(device.report().id()) && e.getMessage().contains(asked)
                    && e.getMessage().contains(there), e.getMessage());
            assertEquals(0, device.memoryHeld());
        }
    }

    @EveryDevice
    void aKernelThatDoesNotBuildKeepsItsSourceAndTellsTheLog(TestedDevice tested) throws Exception {
        try (Context context = Context.open(tested.facts())) {
            var e = assertThrows(KernelBuildException.class,
                    () -> context.build("kernel void wrong(global float* x) { x[0] = nowhere; }", "-cl-std=CL1.2"));
            assertTrue(e.getMessage().contains(tested.facts().id()) && e.log().contains("nowhere"), e.getMessage());
            assertTrue(Files.readString(e.kept().orElseThrow()).contains("nowhere"));
        }
    }

    @EveryDevice
    void closingADeviceBringsVariablesHomeAndFreesEveryHandle(TestedDevice tested) {
        var v = new Variable(NDArray.of(new float[] {1, 2, 3}, 3), "v");
        OpenClDevice device = Devices.fresh(tested);
        Tensor read = Tensor.of(new Op.Read(v));
        var f = new Function(new Graph(List.of(), List.of(K.sum(read)), List.of(new Graph.Update(v, read.times(2)))),
                device);
        assertEquals(6, f.call().get(0).item());
        assertTrue(device.liveHandles() > 0 && device.memoryHeld() > 0);
        device.close();
        assertArrayEquals(new float[] {2, 4, 6}, v.value().toFloats());
        assertEquals(0, device.liveHandles());
        assertEquals(0, device.memoryHeld());
    }
}
