package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.driver.Faults;
import io.clarion.opencl.driver.OutOfDeviceMemory;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Functions on devices that have memory for some of what they hold. */
class MemoryTest {
    private static final int MANY = 1 << 16;
    /** The bytes of so many numbers. */
    private static final long LARGE = 4L * MANY;

    @AfterEach
    void noFaultsForOthers() {
        Faults.inject(null);
    }

    private static NDArray numbers(int shift) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(MANY));
        IntStream.range(0, MANY).forEach(i -> values.set(i, i % 1000 + shift));
        return values;
    }

    private static NDArray filled(float value) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(MANY));
        IntStream.range(0, MANY).forEach(i -> values.set(i, value));
        return values;
    }

    /** Its output and its input are large. */
    private static Function plus(int n, Device device) {
        Tensor x = K.placeholder(MANY);
        return new Function(new Graph(List.of(x), List.of(x.plus(n)), List.of()), device);
    }

    /** Counts a large variable up, and tells its first value. */
    private static Function counting(Variable v, Device device) {
        Tensor read = Tensor.of(new Op.Read(v));
        return new Function(new Graph(List.of(), List.of(K.sum(read.slice(0, 0, Dim.of(1)))), List.of(new Graph.Update(v, read.plus(1)))), device);
    }

    @EveryDevice
    void functionsTakeTurnsInMemoryThatHoldsOne(TestedDevice tested) {
        try (OpenClDevice device = Devices.fresh(tested, 5 * LARGE / 2); Function f = plus(1, device); Function g = plus(2, device)) {
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(numbers(1 + i).toFloats(), f.call(numbers(i)).get(0).toFloats());
                assertArrayEquals(numbers(2 + i).toFloats(), g.call(numbers(i)).get(0).toFloats());
                assertTrue(device.liveBytes() <= 5 * LARGE / 2);
            }
            int handles = device.liveHandles();
            assertArrayEquals(numbers(1).toFloats(), f.call(numbers(0)).get(0).toFloats());
            assertArrayEquals(numbers(2).toFloats(), g.call(numbers(0)).get(0).toFloats());
            assertEquals(handles, device.liveHandles());
            f.close();
            g.close();
            assertEquals(0, device.liveBytes());
        }
    }

    @EveryDevice
    void constantsAreThereAgainAfterOthersHadTheirMemory(TestedDevice tested) {
        Tensor constant = Tensor.of(new Op.Constant(numbers(3)));
        Tensor x = K.placeholder(1);
        try (OpenClDevice device = Devices.fresh(tested, 3 * LARGE);
                Function f = new Function(new Graph(List.of(x), List.of(K.sum(constant.times(x))), List.of()), device); Function g = plus(2, device)) {
            NDArray two = NDArray.of(new float[] {2}, 1);
            double first = f.call(two).get(0).item();
            g.call(numbers(0));
            assertEquals(first, f.call(two).get(0).item());
        }
    }

    @EveryDevice
    void variablesThatLeftComeBackWithWhatTheyWere(TestedDevice tested) {
        List<Variable> variables = IntStream.range(0, 3).mapToObj(i -> new Variable(filled(100 * i), "v" + i)).toList();
        try (OpenClDevice device = Devices.fresh(tested, 5 * LARGE / 2)) {
            List<Function> functions = variables.stream().map(v -> counting(v, device)).toList();
            for (int i = 0; i < 4; i++) {
                for (int v = 0; v < 3; v++) {
                    assertEquals(100 * v + i, functions.get(v).call().get(0).get(0));
                }
            }
            assertTrue(variables.stream().anyMatch(v -> !v.isOn(device)) && variables.get(2).isOn(device));
            functions.forEach(Function::close);
        }
        for (int v = 0; v < 3; v++) {
            assertArrayEquals(filled(100 * v + 4).toFloats(), variables.get(v).value().toFloats());
        }
    }

    @EveryDevice
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void threadsThatTakeEachOthersMemoryLoseNoUpdate(TestedDevice tested) throws Exception {
        List<Variable> variables = IntStream.range(0, 4).mapToObj(i -> new Variable(filled(0), "v" + i)).toList();
        try (OpenClDevice device = Devices.fresh(tested, 5 * LARGE / 2); OpenClDevice other = Devices.fresh(tested, 5 * LARGE / 2);
                var threads = Executors.newFixedThreadPool(4)) {
            List<Function> functions = variables.stream().map(v -> counting(v, device)).toList();
            List<Function> elsewhere = variables.stream().map(v -> counting(v, other)).toList();
            List<Callable<Void>> calls = IntStream.range(0, 4).<Callable<Void>>mapToObj(t -> () -> {
                for (int i = 0; i < 40; i++) {
                    (i % 8 == t ? elsewhere : functions).get((t + i) % 4).call();
                }
                return null;
            }).toList();
            for (Future<Void> done : threads.invokeAll(calls)) {
                done.get();
            }
            functions.forEach(Function::close);
            elsewhere.forEach(Function::close);
        }
        for (Variable v : variables) {
            assertArrayEquals(filled(40).toFloats(), v.value().toFloats());
        }
    }

    @EveryDevice
    void aCallThatUpdatesNothingIsDoneAgainWhenTheDriverLacksMemory(TestedDevice tested) {
        var v = new Variable(filled(1), "v");
        try (OpenClDevice device = Devices.fresh(tested); Function f = plus(1, device); Function count = counting(v, device)) {
            f.call(numbers(0));
            count.call();
            var failures = new AtomicInteger();
            Faults.inject((id, call) -> call.equals("clEnqueueNDRangeKernel") && failures.getAndIncrement() == 0 ? -4 : 0);
            assertArrayEquals(numbers(1).toFloats(), f.call(numbers(0)).get(0).toFloats());
            assertTrue(failures.get() > 1 && !v.isOn(device));
            failures.set(0);
            assertThrows(OutOfDeviceMemory.class, count::call);
        }
    }

    @EveryDevice
    void theErrorSaysWhoHasTheMemory(TestedDevice tested) {
        var v = new Variable(filled(1), "weights");
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(MANY), "pictures"));
        Tensor read = Tensor.of(new Op.Read(v));
        List<Tensor> sums = IntStream.range(0, 4).mapToObj(i -> x.plus(read).plus(i)).toList();
        // Each twice, so that none is written into the host's memory.
        var graph = new Graph(List.of(x), Stream.concat(sums.stream(), sums.stream()).toList(), List.of());
        try (OpenClDevice device = Devices.fresh(tested, 7 * LARGE / 2); Function f = new Function(graph, device); Function g = counting(v, device)) {
            g.call();
            String message = assertThrows(OutOfDeviceMemory.class, () -> f.call(numbers(0))).getMessage();
            for (String part : List.of(device.report().id(), "a buffer of %,d bytes".formatted(LARGE), "of the device's %,d".formatted(7 * LARGE / 2),
                    "the function of (pictures (65536,))", "%,d bytes for intermediate values".formatted(4 * LARGE),
                    "%,d for inputs and %,d for variables".formatted(LARGE, LARGE), "%,d bytes by variable weights".formatted(LARGE),
                    "%,d bytes by intermediate values and outputs of the function of (pictures".formatted(2 * LARGE))) {
                assertTrue(message.contains(part), message);
            }
            assertEquals(2, g.call().get(0).item());
        }
    }
}
