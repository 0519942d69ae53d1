package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.engine.TransferStream;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.driver.Faults;
import io.clarion.opencl.driver.device.OpenClException;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls whose transfers go beside the kernels of others. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OverlapTest {
    private static final int THREADS = 4;
    private static final int CALLS = Integer.getInteger("clarion.schedules", 40);

    private final Tensor x = K.placeholder(K.NONE, 3);

    @AfterEach
    void noFaultsForOthers() {
        Faults.inject(null);
    }

    private static NDArray filled(int rows, float number) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(rows, 3));
        IntStream.range(0, values.elements()).forEach(i -> values.set(i, number));
        return values;
    }

    /** As {@link #filled}, where no device uses it in place. */
    private static NDArray elsewhere(int rows, float number) {
        return filled(rows + 1, number).rows(1, rows + 1);
    }

    private Function counting(Variable counter, Device device) {
        Tensor sum = Tensor.of(new Op.Read(counter)).plus(K.sum(x, 0));
        return new Function(new Graph(List.of(x), List.of(x.times(2)), List.of(new Graph.Update(counter, sum))),
                device);
    }

    private static void assertAll(double want, NDArray got) {
        for (int i = 0; i < got.elements(); i++) {
            assertEquals(want, got.get(i));
        }
    }

    /**
     * Small arrays and large ones, which are used in place where a device can, several functions that update one
     * variable, and outputs that stay.
     */
    @EveryDevice
    void callsOfManyThreadsAreAsIfOneAfterAnother(TestedDevice tested) throws Exception {
        try (Device device = Devices.overlapping(tested);
                var counter = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "counter");
                var threads = Executors.newFixedThreadPool(THREADS)) {
            List<Function> functions = IntStream.range(0, 3).mapToObj(i -> counting(counter, device)).toList();
            var wanted = new AtomicInteger();
            var ends = new ArrayList<Future<Void>>();
            for (int t = 0; t < THREADS; t++) {
                var random = new Random(t);
                Callable<Void> schedule = () -> {
                    for (int i = 0; i < CALLS; i++) {
                        Function f = functions.get(random.nextInt(functions.size()));
                        int rows = random.nextBoolean() ? 2 : 8192;
                        // Whatever the rows, multiples of 8192 are counted: float32 has enough of these for many calls.
                        int number = random.nextInt(1, 5) * (8192 / rows);
                        wanted.addAndGet(rows * number);
                        if (random.nextInt(3) == 0) {
                            try (DeviceArray h = f.callOnDevice(filled(rows, number)).get(0)) {
                                wanted.addAndGet(2 * rows * number);
                                assertAll(4 * number, f.call(h).get(0));
                            }
                        } else {
                            assertAll(2 * number, f.call(filled(rows, number)).get(0));
                        }
                        double[] seen = counter.value().toDoubles();
                        assertEquals(seen[0], seen[2]);
                    }
                    return null;
                };
                ends.add(threads.submit(schedule));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
            assertEquals(wanted.get(), counter.value().get(0));
            functions.forEach(Function::close);
        }
    }

    /** The second call has written its input while the first has its turn, which it would else wait for. */
    @EveryDevice
    void aCallIsGivenItsInputsWhileAnotherHasItsTurn(TestedDevice tested) throws Exception {
        String id = tested.facts().id();
        try (Device device = Devices.overlapping(tested);
                Function f = new Function(new Graph(List.of(x), List.of(x.plus(1)), List.of()), device);
                Function g = new Function(new Graph(List.of(x), List.of(x.plus(2)), List.of()), device)) {
            f.call(filled(2, 1));
            g.call(filled(2, 1));
            var isIn = new CountDownLatch(1);
            var writes = new CountDownLatch(2);
            Faults.inject((name, call) -> {
                if (name.equals(id) && call.equals("clEnqueueNDRangeKernel") && isIn.getCount() > 0) {
                    isIn.countDown();
                    awaited(writes);
                } else if (name.equals(id) && call.equals("clEnqueueWriteBuffer")) {
                    writes.countDown();
                }
                return 0;
            });
            CompletableFuture<List<NDArray>> first = f.callAsync(filled(2, 1));
            isIn.await();
            CompletableFuture<List<NDArray>> second = g.callAsync(filled(2, 1));
            assertAll(2, first.get().get(0));
            assertAll(3, second.get().get(0));
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS), "waited in vain");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where an array goes from one device to another, of which the first bytes count up. */
    private static final class Watched implements TransferStream {
        private final NDArray array;
        private final List<Long> asked = new ArrayList<>();
        private final List<Long> filled = new ArrayList<>();

        Watched(NDArray array) {
            this.array = array;
        }

        @Override
        public synchronized void await(NDArray given, long bytes) {
            if (given == array) {
                asked.add(bytes);
                notifyAll();
                until(() -> !filled.isEmpty() && filled.get(filled.size() - 1) >= bytes);
            }
        }

        /** Gives no second piece before the device that is given the first has it and asks for more. */
        @Override
        public synchronized void filled(NDArray given, long bytes) {
            if (given == array) {
                filled.add(bytes);
                notifyAll();
                until(() -> filled.size() > 1 || asked.size() > 1);
            }
        }

        private void until(BooleanSupplier isSo) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!isSo.getAsBoolean()) {
                assertTrue(System.nanoTime() < end, "waited in vain");
                try {
                    wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static Executable compiled(Device device, int rows, UnaryOperator<Tensor> f) {
        Tensor in = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(rows, 3), "in"));
        return device.compile(new Graph(List.of(in), List.of(f.apply(in)), List.of()));
    }

    /** Of 48 KB that are moved whatever the device is, in pieces of 16 KB. */
    @EveryDevice
    void anArrayIsGivenToADeviceWhileItIsReadFromAnother(TestedDevice tested) throws Exception {
        int rows = 4096;
        try (Device giving = Devices.overlapping(tested); Device taking = Devices.overlapping(tested);
                Executable twice = compiled(giving, rows, in -> in.times(2));
                Executable more = compiled(taking, rows, in -> in.plus(1))) {
            NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(rows, 3));
            IntStream.range(0, values.elements()).forEach(i -> values.set(i, i));
            NDArray between = elsewhere(rows, 0);
            NDArray results = filled(rows, 0);
            var stream = new Watched(between);
            CompletableFuture<Void> taken = CompletableFuture
                    .runAsync(() -> more.call(List.of(between), List.of(results), 0, stream));
            twice.call(List.of(values), List.of(between), 0, stream);
            taken.get();
            IntStream.range(0, results.elements()).forEach(i -> assertEquals(2 * i + 1, results.get(i)));
            assertEquals(List.of(16384L, 32768L, 49152L), stream.filled);
            assertEquals(stream.filled, stream.asked);
        }
    }

    @EveryDevice
    void aCallWhoseInputNeverComesHasNoEffect(TestedDevice tested) {
        Tensor in = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(4096, 3), "in"));
        try (OpenClDevice device = Devices.overlapping(tested);
                var counter = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "counter");
                Executable f = device.compile(new Graph(List.of(in), List.of(in.times(2)),
                        List.of(new Graph.Update(counter, Tensor.of(new Op.Read(counter)).plus(K.sum(in, 0))))))) {
            f.call(List.of(elsewhere(4096, 1)), 0);
            int handles = device.liveHandles();
            NDArray late = elsewhere(4096, 1);
            var stream = new TransferStream() {
                @Override
                public void await(NDArray array, long bytes) {
                    if (bytes > 16384) {
                        throw new Abandoned(array);
                    }
                }

                @Override
                public void filled(NDArray array, long bytes) {
                    throw new AssertionError("an output of a call that cannot be");
                }
            };
            assertThrows(TransferStream.Abandoned.class,
                    () -> f.call(List.of(late), List.of(filled(4096, 0)), 1, stream));
            assertEquals(handles, device.liveHandles());
            assertAll(4096, counter.value());
            assertAll(2, f.call(List.of(filled(4096, 1)), 2).get(0));
            assertAll(2 * 4096, counter.value());
        }
    }

    /** What is read after a turn, and what is written before one, leads from one device to another in a trace too. */
    @EveryDevice
    void aTraceHasTransfersOutOfTurn(TestedDevice tested, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("trace.json");
        System.setProperty("clarion.trace", file.toString());
        try (Device giving = Devices.overlapping(tested); Device taking = Devices.overlapping(tested)) {
            try (Function twice = new Function(new Graph(List.of(x), List.of(x.times(2)), List.of()), giving);
                    Function again = new Function(new Graph(List.of(x), List.of(x.times(2)), List.of()), taking)) {
                assertAll(12, again.call(twice.call(filled(2, 3)).get(0)).get(0));
            }
        } finally {
            System.clearProperty("clarion.trace");
        }
        // A trace has all devices of the process, these two last.
        var names = new TreeMap<String, Integer>();
        JsonNode events = new JsonMapper().readTree(file.toFile()).get("traceEvents");
        int last = events.findValues("pid").stream().mapToInt(JsonNode::intValue).max().orElseThrow();
        events.forEach(e -> {
            if ("Xs".contains(e.get("ph").textValue()) && e.get("pid").intValue() >= last - 1) {
                names.merge(e.get("name").textValue(), 1, Integer::sum);
            }
        });
        assertEquals(2, names.get("call"), names::toString);
        assertEquals(2, names.get("write"), names::toString);
        assertEquals(2, names.get("read"), names::toString);
        assertEquals(1, names.get("use"), names::toString);
    }

    @EveryDevice
    void whateverCallFailsTheNextIsRightAndNoHandleIsLeft(TestedDevice tested) {
        String id = tested.facts().id();
        try (OpenClDevice device = Devices.overlapping(tested);
                var counter = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(3)), "counter");
                Function f = counting(counter, device)) {
            f.call(filled(2, 3));
            int handles = device.liveHandles();
            int faults = 0;
            for (int at = 0, struck = 1; struck > 0; at++) {
                int failing = at;
                var calls = new AtomicInteger();
                Faults.inject((name,
                        call) -> name.equals(id) && !call.startsWith("clRelease") && calls.getAndIncrement() == failing
                                ? -5 : 0);
                try {
                    f.call(filled(2, 1));
                    struck = calls.get() > failing ? 1 : 0;
                } catch (OpenClException e) {
                    faults++;
                }
                Faults.inject(null);
                assertEquals(handles, device.liveHandles(), "handles after call " + at + " has failed");
                assertAll(6, f.call(filled(2, 3)).get(0));
            }
            assertTrue(faults >= 7, faults + " calls failed");
        }
    }

    @EveryDevice
    void aDeviceThatClosesOrBeginsAnewMeanwhileEndsEachCall(TestedDevice tested) throws Exception {
        for (int i = 0; i < 6; i++) {
            boolean closes = i % 2 == 0;
            try (Device device = Devices.overlapping(tested); var threads = Executors.newFixedThreadPool(2)) {
                var begun = new CountDownLatch(2);
                Callable<Void> calls = () -> {
                    try (Function f = new Function(new Graph(List.of(x), List.of(x.plus(1)), List.of()), device)) {
                        f.call(filled(8192, 1));
                        begun.countDown();
                        begun.await();
                        while (true) {
                            f.call(filled(8192, 1));
                        }
                    }
                };
                List<Future<Void>> ends = List.of(threads.submit(calls), threads.submit(calls));
                begun.await();
                if (closes) {
                    device.close();
                } else {
                    device.restart();
                }
                for (Future<Void> end : ends) {
                    Throwable why = assertThrows(Exception.class, end::get).getCause();
                    assertInstanceOf(DeviceFailure.class, why);
                }
            }
        }
    }
}
