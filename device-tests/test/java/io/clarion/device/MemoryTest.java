package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.driver.Faults;
import io.clarion.opencl.driver.Handles;
import io.clarion.opencl.driver.device.OutOfDeviceMemory;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Functions on devices that have memory for some of what they hold. */
class MemoryTest {
    private static final int MANY = 1 << 16;
    /** The bytes of so many numbers. */
    private static final long LARGE = 4L * MANY;
    /** Of a batch that is trained with. */
    private static final int ROWS = 600;

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
        return new Function(new Graph(List.of(), List.of(K.sum(read.slice(0, 0, Dim.of(1)))),
                List.of(new Graph.Update(v, read.plus(1)))), device);
    }

    @EveryDevice
    void functionsTakeTurnsInMemoryThatHoldsOne(TestedDevice tested) {
        try (OpenClDevice device = Devices.fresh(tested, 5 * LARGE / 2); Function f = plus(1, device);
                Function g = plus(2, device)) {
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(numbers(1 + i).toFloats(), f.call(numbers(i)).get(0).toFloats());
                assertArrayEquals(numbers(2 + i).toFloats(), g.call(numbers(i)).get(0).toFloats());
                assertTrue(device.memoryHeld() <= 5 * LARGE / 2);
            }
            int handles = device.liveHandles();
            assertArrayEquals(numbers(1).toFloats(), f.call(numbers(0)).get(0).toFloats());
            assertArrayEquals(numbers(2).toFloats(), g.call(numbers(0)).get(0).toFloats());
            assertEquals(handles, device.liveHandles());
            f.close();
            g.close();
            assertEquals(0, device.memoryHeld());
        }
    }

    @EveryDevice
    void whatAForgottenFunctionHeldIsFreedAsAWhole(TestedDevice tested) {
        try (OpenClDevice device = Devices.fresh(tested, 5 * LARGE / 2)) {
            try (Function closed = plus(1, device)) {
                closed.call(numbers(0));
            }
            long leaked = Handles.leaked();
            int handles = device.liveHandles();
            forget(device);
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                while (device.liveHandles() > handles) {
                    System.gc();
                    Thread.onSpinWait();
                }
            });
            assertEquals(leaked, Handles.leaked(), "handles that tell of themselves, one by one");
        }
    }

    private static void forget(Device device) {
        plus(1, device).call(numbers(0));
    }

    @EveryDevice
    void constantsAreThereAgainAfterOthersHadTheirMemory(TestedDevice tested) {
        Tensor constant = Tensor.of(new Op.Constant(numbers(3)));
        Tensor x = K.placeholder(1);
        try (Device device = Devices.fresh(tested, 3 * LARGE);
                Function f = new Function(new Graph(List.of(x), List.of(K.sum(constant.times(x))), List.of()), device);
                Function g = plus(2, device)) {
            NDArray two = NDArray.of(new float[] {2}, 1);
            double first = f.call(two).get(0).item();
            g.call(numbers(0));
            assertEquals(first, f.call(two).get(0).item());
        }
    }

    @EveryDevice
    void variablesThatLeftComeBackWithWhatTheyWere(TestedDevice tested) {
        List<Variable> variables = IntStream.range(0, 3).mapToObj(i -> new Variable(filled(100 * i), "v" + i)).toList();
        try (Device device = Devices.fresh(tested, 5 * LARGE / 2)) {
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
        try (Device device = Devices.fresh(tested, 5 * LARGE / 2); Device other = Devices.fresh(tested, 5 * LARGE / 2);
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
        try (Device device = Devices.fresh(tested); Function f = plus(1, device);
                Function count = counting(v, device)) {
            f.call(numbers(0));
            count.call();
            var failures = new AtomicInteger();
            Faults.inject(
                    (id, call) -> call.equals("clEnqueueNDRangeKernel") && failures.getAndIncrement() == 0 ? -4 : 0);
            assertArrayEquals(numbers(1).toFloats(), f.call(numbers(0)).get(0).toFloats());
            assertTrue(failures.get() > 1 && !v.isOn(device));
            failures.set(0);
            assertThrows(OutOfDeviceMemory.class, count::call);
        }
    }

    /** A step of a net with batch normalisation, whose hidden layers are large beside its weights. */
    private record Training(Graph graph, List<Variable> weights, List<NDArray> values) {
        static Training drawn() {
            var random = new Random(4);
            Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, K.placeholder(K.NONE, 16).shape(), "pictures"));
            List<Variable> weights = Stream.of(Shape.of(16, 64), Shape.of(64, 64), Shape.of(64, 4))
                    .map(s -> new Variable(numbers(random, s), "w" + s)).toList();
            List<Tensor> w = weights.stream().map(v -> Tensor.of(new Op.Read(v))).toList();
            Tensor h = K.tanh(K.normalizeBatchInTraining(K.dot(x, w.get(0)), null, null, new int[] {0}).normalized());
            Tensor y = K.dot(K.tanh(K.dot(h, w.get(1))), w.get(2));
            Tensor loss = K.mean(K.square(y.minus(K.sum(x, 1, true))));
            List<Tensor> gradients = K.gradients(loss, w);
            return new Training(new Graph(List.of(x), List.of(loss, y), IntStream.range(0, w.size())
                    .mapToObj(i -> new Graph.Update(weights.get(i), w.get(i).minus(gradients.get(i).times(0.1))))
                    .toList()), weights,
                    List.of(numbers(random, Shape.of(ROWS, 16))));
        }

        private static NDArray numbers(Random random, Shape shape) {
            NDArray values = NDArray.zeros(DType.FLOAT32, shape);
            IntStream.range(0, values.elements()).forEach(i -> values.set(i, random.nextFloat(-0.3f, 0.3f)));
            return values;
        }

        /** Some calls' outputs, then the weights, which are as before then. */
        List<double[]> on(Function f) {
            List<NDArray> first = weights.stream().map(Variable::value).toList();
            List<double[]> results = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                f.call(values).forEach(r -> results.add(r.toDoubles()));
            }
            weights.forEach(v -> results.add(v.value().toDoubles()));
            IntStream.range(0, first.size()).forEach(i -> weights.get(i).set(first.get(i)));
            return results;
        }
    }

    private static void assertSame(List<double[]> want, List<double[]> got) {
        IntStream.range(0, want.size()).forEach(i -> assertArrayEquals(want.get(i), got.get(i),
                2e-4 * DoubleStream.of(want.get(i)).map(Math::abs).max().orElseThrow(), "result " + i));
    }

    @EveryDevice
    void aBatchThatDoesNotFitIsTrainedWithInTurns(TestedDevice tested) {
        Training training = Training.drawn();
        List<double[]> want;
        try (Function f = new Function(training.graph(), tested.device())) {
            want = training.on(f);
        }
        for (long memory : new long[] {500_000, 300_000}) {
            try (OpenClDevice device = Devices.fresh(tested, memory); var alone = new DeviceGroup(List.of(device));
                    Function f = new Function(training.graph(), device, () -> alone)) {
                assertSame(want, training.on(f));
                assertTrue(f.explain(training.values().get(0)).contains(" turns:"));
                assertTrue(device.memoryHeld() <= memory);
                int handles = device.liveHandles();
                assertSame(want, training.on(f));
                assertEquals(handles, device.liveHandles());
                f.close();
                assertEquals(0, device.memoryHeld()
                        - training.weights().stream().mapToLong(v -> 4L * v.shape().elements()).sum());
            }
        }
    }

    @EveryDevice
    void kDoesABatchThatDoesNotFitInTurns(TestedDevice tested) {
        Tensor x = K.placeholder(K.NONE, 64);
        Tensor w = K.variable(numbers(0).rows(0, 64 * 64).reshape(64, 64));
        List<NDArray> rows = List.of(numbers(1).reshape(1024, 64));
        List<NDArray> want;
        K.useDevice(tested.device());
        try (Function f = K.function(List.of(x), List.of(K.tanh(K.dot(x, w)), K.mean(K.dot(x, w))))) {
            want = f.call(rows);
        }
        try (Device device = Devices.fresh(tested, LARGE)) {
            K.useDevice(device);
            try (Function f = K.function(List.of(x), List.of(K.tanh(K.dot(x, w)), K.mean(K.dot(x, w))))) {
                assertSame(want.stream().map(NDArray::toDoubles).toList(),
                        f.call(rows).stream().map(NDArray::toDoubles).toList());
                assertTrue(f.explain(rows.get(0)).contains(" turns:"));
            }
        } finally {
            K.useDevice(tested.device());
        }
    }

    @EveryDevice
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void threadsMayTrainInTurnsBesideOthersThatUseTheWeights(TestedDevice tested) throws Exception {
        Training training = Training.drawn();
        Variable w = training.weights().get(2);
        Tensor read = Tensor.of(new Op.Read(w));
        List<double[]> want;
        try (Function f = new Function(training.graph(), tested.device())) {
            want = training.on(f);
        }
        try (Device device = Devices.fresh(tested, 500_000); var alone = new DeviceGroup(List.of(device));
                Function f = new Function(training.graph(), device, () -> alone);
                var threads = Executors.newFixedThreadPool(3);
                Function sum = new Function(new Graph(List.of(), List.of(K.sum(read)), List.of()), device)) {
            Callable<Void> reading = () -> {
                for (int i = 0; i < 30; i++) {
                    assertTrue(Float.isFinite(sum.call().get(0).toFloats()[0]));
                }
                return null;
            };
            List<Future<Void>> readers = IntStream.range(0, 2).mapToObj(i -> threads.submit(reading)).toList();
            assertSame(want, training.on(f));
            for (Future<Void> reader : readers) {
                reader.get();
            }
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
        try (Device device = Devices.fresh(tested, 7 * LARGE / 2); Function f = new Function(graph, device);
                Function g = counting(v, device)) {
            g.call();
            String message = assertThrows(OutOfDeviceMemory.class, () -> f.call(numbers(0))).getMessage();
            for (String part : List.of(device.report().id(), "buffers of %,d bytes together".formatted(5 * LARGE),
                    "the device has %,d".formatted(7 * LARGE / 2),
                    "the function of (pictures (65536,))", "%,d bytes for intermediate values".formatted(4 * LARGE),
                    "%,d for inputs and %,d for variables".formatted(LARGE, LARGE),
                    "%,d bytes by variable weights".formatted(LARGE))) {
                assertTrue(message.contains(part), message);
            }
            assertEquals(2, g.call().get(0).item());
        }
    }
}
