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
import io.clarion.opencl.driver.Faults;
import io.clarion.opencl.driver.device.OpenClException;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** Outputs that stay on the device for the next call. */
class DeviceArrayTest {
    private final Tensor x = K.placeholder(K.NONE, 3);
    private final NDArray ones = NDArray.of(new float[] {1, 1, 1, 1, 1, 1}, 2, 3);

    private static Function function(Device device, Tensor in, Tensor... out) {
        return new Function(new Graph(List.of(in), List.of(out), List.of()), device);
    }

    private Function doubling(Device device) {
        return function(device, x, x.times(2));
    }

    private static void assertAll(float want, NDArray got) {
        for (float number : got.toFloats()) {
            assertEquals(want, number);
        }
    }

    @AfterEach
    void noFaultsForOthers() {
        Faults.inject(null);
    }

    @EveryDevice(inEveryLayout = true)
    void whatACallLeavesOnTheDeviceAnotherTakes(Device device) {
        try (Function f = doubling(device); Function sums = function(device, x, K.sum(x, 1), x.plus(1));
                DeviceArray h = f.callOnDevice(ones).get(0); DeviceArray again = f.callOnDevice(h).get(0)) {
            assertEquals(Shape.of(2, 3), h.shape());
            assertEquals(DType.FLOAT32, h.dtype());
            List<NDArray> got = sums.call(again);
            assertArrayEquals(new float[] {12, 12}, got.get(0).toFloats());
            assertAll(5, got.get(1));
            assertAll(2, h.value());
        }
    }

    @EveryDevice(inEveryLayout = true)
    void laterCallsChangeNothingOfIt(Device device) {
        NDArray large = NDArray.zeros(DType.FLOAT32, Shape.of(10_000, 3));
        var kept = new ArrayList<DeviceArray>();
        try (Function f = doubling(device)) {
            for (int i = 0; i < 5; i++) {
                large.set(29_999, i);
                kept.addAll(f.callOnDevice(large));
                assertEquals(2 * i, f.call(large).get(0).get(29_999));
            }
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(2 * i, kept.get(i).value().get(29_999));
            kept.get(i).close();
        }
    }

    @EveryDevice(inEveryLayout = true)
    void aLoopThatClosesWhatItIsGivenAllocatesNothing(TestedDevice tested) {
        try (OpenClDevice device = Devices.fresh(tested);
                Function f = function(device, x, x.plus(1), K.dot(x, K.transpose(x)))) {
            List<DeviceArray> h = f.callOnDevice(ones);
            int handles = 0;
            long bytes = 0;
            for (int i = 0; i < 20; i++) {
                List<DeviceArray> next = f.callOnDevice(h.get(0));
                h.forEach(DeviceArray::close);
                h = next;
                if (i == 1) {
                    handles = device.liveHandles();
                    bytes = device.memoryHeld();
                }
            }
            assertEquals(handles, device.liveHandles());
            assertEquals(bytes, device.memoryHeld());
            assertAll(22, h.get(0).value());
            assertAll(3 * 21 * 21, h.get(1).value());
            h.forEach(DeviceArray::close);
        }
    }

    @EveryDevice(inEveryLayout = true)
    void noHandleIsLeftWhenFunctionAndOutputsAreClosed(TestedDevice tested) {
        try (OpenClDevice device = Devices.fresh(tested)) {
            NDArray first;
            try (Function f = doubling(device)) {
                first = f.call(ones).get(0);
            }
            int handles = device.liveHandles();
            var kept = new ArrayList<DeviceArray>();
            try (Function f = doubling(device)) {
                for (int i = 0; i < 7; i++) {
                    kept.addAll(f.callOnDevice(first));
                }
                kept.subList(0, 3).forEach(DeviceArray::close);
            }
            assertAll(4, kept.get(6).value());
            kept.forEach(DeviceArray::close);
            kept.forEach(DeviceArray::close);
            assertEquals(handles, device.liveHandles());
        }
    }

    /** The same tensor twice, one that is computed once, a new and an old value of a variable, and an input. */
    @EveryDevice(inEveryLayout = true)
    void outputsThatOthersNeedAreCopies(Device device) {
        try (var v = new Variable(NDArray.of(new float[] {1, 2, 3}, 3), "v");
                var w = new Variable(NDArray.of(new float[] {4, 5, 6}, 3), "w")) {
            Tensor read = Tensor.of(new Op.Read(v));
            Tensor next = read.plus(1);
            Tensor y = x.times(read);
            Tensor once = K.exp(K.softmax(Tensor.of(new Op.Read(w))));
            var graph = new Graph(List.of(x), List.of(y, y, next, read, x, once), List.of(new Graph.Update(v, next)));
            try (var f = new Function(graph, device)) {
                List<DeviceArray> first = f.callOnDevice(ones);
                List<DeviceArray> second = f.callOnDevice(first.get(1));
                float[] expected = once(f, second);
                assertArrayEquals(new float[] {1, 2, 3, 1, 2, 3}, first.get(0).value().toFloats());
                assertArrayEquals(new float[] {1, 2, 3, 1, 2, 3}, first.get(1).value().toFloats());
                assertArrayEquals(new float[] {2, 3, 4}, first.get(2).value().toFloats());
                assertArrayEquals(new float[] {1, 2, 3}, first.get(3).value().toFloats());
                assertAll(1, first.get(4).value());
                assertArrayEquals(new float[] {2, 6, 12, 2, 6, 12}, second.get(0).value().toFloats());
                assertArrayEquals(new float[] {3, 4, 5}, second.get(2).value().toFloats());
                assertArrayEquals(new float[] {1, 2, 3, 1, 2, 3}, second.get(4).value().toFloats());
                assertArrayEquals(expected, first.get(5).value().toFloats());
                assertArrayEquals(expected, second.get(5).value().toFloats());
                first.forEach(DeviceArray::close);
                second.forEach(DeviceArray::close);
            }
        }
    }

    private float[] once(Function f, List<DeviceArray> given) {
        return f.call(given.get(1)).get(5).toFloats();
    }

    @EveryDevice
    void otherDevicesAreGivenACopy(Device device) {
        List<Device> all = Devices.all().stream().<Device>map(TestedDevice::device).toList();
        for (Device other : List.of(TestedEngine.reference(), all.get(0), all.get(all.size() - 1))) {
            try (var group = new DeviceGroup(List.of(other)); Function here = doubling(device);
                    Function there = doubling(other);
                    Function together = doubling(group); DeviceArray h = here.callOnDevice(ones).get(0);
                    DeviceArray far = there.callOnDevice(h).get(0);
                    DeviceArray shared = together.callOnDevice(far).get(0)) {
                assertAll(4, far.value());
                assertAll(8, shared.value());
                assertAll(16, here.call(shared).get(0));
            }
        }
    }

    @EveryDevice
    void aLosslessConversionIsMadeOnTheHost(Device device) {
        Tensor i = K.placeholder(new int[] {3}, DType.INT32);
        Tensor d = K.placeholder(new int[] {3}, DType.INT64);
        try (Function f = function(device, i, i.plus(1)); Function g = function(device, d, d.times(2));
                DeviceArray h = f.callOnDevice(NDArray.of(new int[] {1, 2, 3}, 3)).get(0)) {
            assertArrayEquals(new int[] {4, 6, 8}, g.call(h).get(0).toInts());
        }
    }

    @EveryDevice
    void theSideOfABranchIsChosenByWhatIsOnTheDevice(Device device) {
        Tensor flag = Tensor.of(new Op.Placeholder(DType.BOOL, Shape.SCALAR, "flag"));
        Tensor sum = K.switch_(flag, () -> K.sum(K.exp(x), 0), () -> K.sum(x, 0));
        try (var not = function(device, flag, K.equal(flag, Tensor.literal(DType.BOOL, 0)));
                var chosen = new Function(new Graph(List.of(flag, x), List.of(sum), List.of()), device)) {
            for (int i = 0; i < 2; i++) {
                try (DeviceArray h = not.callOnDevice(NDArray.scalar(DType.BOOL, i)).get(0)) {
                    assertEquals(i == 0 ? 2 * Math.E : 2, chosen.call(h, ones).get(0).get(0), 1e-5);
                }
            }
        }
    }

    @EveryDevice
    void whatIsClosedSaysSo(TestedDevice tested) {
        OpenClDevice device = Devices.fresh(tested);
        Function f = doubling(device);
        DeviceArray closed = f.callOnDevice(ones).get(0);
        DeviceArray lost = f.callOnDevice(ones).get(0);
        DeviceArray left = f.callOnDevice(ones).get(0);
        closed.close();
        String id = tested.facts().id();
        assertEquals("float32(2, 3) on " + id + " is closed",
                assertThrows(IllegalStateException.class, closed::value).getMessage());
        assertEquals("float32(2, 3) on " + id + " is closed",
                assertThrows(IllegalStateException.class, () -> f.call(closed)).getMessage());
        assertAll(4, f.call(left).get(0));
        device.restart();
        String message = "float32(2, 3) on " + id
                + " went when the device was closed or began anew; value() reads one before";
        assertEquals(message, assertThrows(IllegalStateException.class, lost::value).getMessage());
        try (Function anew = doubling(device); DeviceArray last = anew.callOnDevice(ones).get(0)) {
            assertEquals(message, assertThrows(IllegalStateException.class, () -> anew.call(lost)).getMessage());
            assertAll(4, anew.call(last).get(0));
            device.close();
            assertEquals(message, assertThrows(IllegalStateException.class, last::value).getMessage());
        }
        List.of(lost, left).forEach(DeviceArray::close);
        f.close();
        assertEquals(0, device.liveHandles());
    }

    @EveryDevice
    void aCallThatIsRefusedLeavesNothingOnTheDevice(TestedDevice tested) {
        Tensor i = K.placeholder(new int[] {2}, DType.INT32);
        Tensor rows = K.gather(K.constant(1, DType.FLOAT32, 3, 2), i.plus(1));
        try (OpenClDevice device = Devices.fresh(tested); Function f = function(device, i, rows, i.times(2))) {
            List<DeviceArray> kept = f.callOnDevice(NDArray.of(new int[] {0, 1}, 2));
            kept.forEach(DeviceArray::close);
            int handles = device.liveHandles();
            assertThrows(IllegalArgumentException.class, () -> f.callOnDevice(NDArray.of(new int[] {0, 2}, 2)));
            assertEquals(handles, device.liveHandles());
        }
    }

    @EveryDevice
    void threadsMayKeepWhatOneFunctionGives(Device device) throws Exception {
        try (Function f = function(device, x, x.plus(1)); var threads = Executors.newFixedThreadPool(4)) {
            Callable<Void> chain = () -> {
                DeviceArray h = f.callOnDevice(ones).get(0);
                for (int i = 0; i < 30; i++) {
                    try (DeviceArray before = h) {
                        h = f.callOnDevice(before).get(0);
                    }
                }
                assertAll(32, h.value());
                h.close();
                return null;
            };
            for (Future<Void> done : threads.invokeAll(List.of(chain, chain, chain, chain))) {
                done.get();
            }
        }
    }

    /** Whatever call of OpenCL fails: the next calls are right, and what is open then is what would be. */
    @EveryDevice
    void aFaultLosesNoBuffer(TestedDevice tested) {
        String id = tested.facts().id();
        try (OpenClDevice device = Devices.fresh(tested);
                Function f = function(device, x, x.plus(1), x.plus(1), K.sum(x, 1))) {
            keepTwice(f);
            int handles = device.liveHandles();
            int faults = 0;
            for (int at = 0, struck = 1; struck > 0; at++) {
                int failing = at;
                var calls = new AtomicInteger();
                Faults.inject((name,
                        call) -> name.equals(id) && !call.startsWith("clRelease") && calls.getAndIncrement() == failing
                                ? -5 : 0);
                try {
                    keepTwice(f);
                    struck = calls.get() > failing ? 1 : 0;
                } catch (OpenClException e) {
                    faults++;
                }
                Faults.inject(null);
                keepTwice(f);
                assertTrue(device.liveHandles() <= handles + 6,
                        device.liveHandles() + " handles after call " + at + " has failed, before: " + handles);
            }
            assertTrue(faults >= 8, faults + " calls failed");
        }
    }

    private void keepTwice(Function f) {
        List<DeviceArray> h = f.callOnDevice(ones);
        try {
            assertAll(3, f.call(h.get(1)).get(0));
            assertAll(3, h.get(2).value());
        } finally {
            h.forEach(DeviceArray::close);
        }
    }
}
