package io.clarion.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engines;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.reference.Evaluation;
import io.clarion.runtime.debug.FiniteCheck;
import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FunctionTest {
    private final Dim.Symbol batch = new Dim.Symbol("batch");
    private final Tensor x = placeholder("x", DType.FLOAT32, batch, Dim.of(3));
    private final Tensor y = placeholder("y", DType.FLOAT32, batch);
    private final Function sum = Evaluation.function(List.of(x, y),
            List.of(x.plus(y.expand(List.of(1))).sum(List.of(1))));

    private static Tensor placeholder(String name, DType type, Dim... dims) {
        return Tensor.of(new Op.Placeholder(type, new Shape(List.of(dims)), name));
    }

    private static String refused(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    @Test
    void eachBatchSizeIsCompiledForItself() {
        for (int n : new int[] {1, 5, 0, 5}) {
            double[] out = sum.call(NDArray.zeros(DType.FLOAT32, Shape.of(n, 3)), NDArray.of(new float[n], n)).get(0)
                    .toDoubles();
            assertArrayEquals(new double[n], out);
        }
    }

    @Test
    void arraysThatThereAreTakeTheOutputs() {
        NDArray into = NDArray.of(new float[2], 2);
        sum.callInto(List.of(into),
                List.of(NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), NDArray.of(new float[] {1, 0}, 2)));
        assertArrayEquals(new double[] {9, 15}, into.toDoubles());
    }

    @Test
    void arraysThatDoNotFitTheOutputsAreRefused() {
        List<NDArray> values = List.of(NDArray.zeros(DType.FLOAT32, Shape.of(2, 3)), NDArray.of(new float[2], 2));
        assertEquals("callInto: output 0 is float32(2,) in this call, and the array given for it is float32(3,)",
                refused(() -> sum.callInto(List.of(NDArray.of(new float[3], 3)), values)));
        assertEquals("callInto: output 0 is float32(2,) in this call, and the array given for it is int32(2,)",
                refused(() -> sum.callInto(List.of(NDArray.of(new int[2], 2)), values)));
        assertEquals("callInto: the function has 1 outputs, and 0 arrays were given for them",
                refused(() -> sum.callInto(List.of(), values)));
    }

    @Test
    void callsThatNobodyWaitsForRunInOrder() {
        Variable last = new Variable(NDArray.scalar(DType.FLOAT32, 0), "last");
        Tensor given = placeholder("given", DType.FLOAT32);
        Tensor before = Tensor.of(new Op.Read(last));
        var graph = new Graph(List.of(given), List.of(before), List.of(new Graph.Update(last, given)));
        try (var function = new Function(graph, Engines.named("reference").orElseThrow().open("reference:0"))) {
            var futures = new ArrayList<CompletableFuture<List<NDArray>>>();
            for (int i = 1; i <= 50; i++) {
                futures.add(function.callAsync(NDArray.scalar(DType.FLOAT32, i)));
            }
            for (int i = 0; i < 50; i++) {
                assertEquals(i, futures.get(i).join().get(0).item());
            }
            var wrong = assertThrows(CompletionException.class, function.callAsync()::join);
            assertEquals("call: the function has 1 inputs, 0 values were given", wrong.getCause().getMessage());
            assertEquals(50, function.callAsync(NDArray.scalar(DType.FLOAT32, 0)).join().get(0).item());
        }
    }

    /** A device on which calls wait until they are told to go on, of which it counts none itself. */
    private record Waiting(DeviceMetrics metrics, CountDownLatch begun, CountDownLatch goOn) implements Device {
        @Override
        public DeviceReport report() {
            return new DeviceReport("wait:0", "Waiting", "", "CPU", "", "", 1, 1, false, false, Optional.empty());
        }

        @Override
        public io.clarion.engine.Executable compile(Graph graph) {
            return new io.clarion.engine.Executable() {
                @Override
                public List<NDArray> call(List<NDArray> inputs, long draw) {
                    begun.countDown();
                    assertDoesNotThrow(() -> goOn.await());
                    return List.of();
                }

                @Override
                public String explain() {
                    return "";
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public Speed probe() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void callsThatWaitForAFunctionAreInTheQueueOfItsDeviceUntilTheirTurnOrTheirEnd() throws InterruptedException {
        ByteBuffer counts = ByteBuffer.allocateDirect(DeviceMetrics.BYTES);
        var device = new Waiting(new DeviceMetrics(CompletableFuture.completedFuture(counts), () -> 0, () -> {}),
                new CountDownLatch(1), new CountDownLatch(1));
        try (var function = new Function(new Graph(List.of(), List.of(), List.of()), device)) {
            var calls = new ArrayList<CompletableFuture<List<NDArray>>>();
            for (int i = 0; i < 4; i++) {
                calls.add(function.callAsync());
            }
            device.begun().await();
            assertEquals(3, DeviceMetrics.Reading.of(counts, 0).queued());
            calls.get(3).cancel(true);
            assertEquals(2, DeviceMetrics.Reading.of(counts, 0).queued());
            device.goOn().countDown();
            calls.get(2).join();
            assertEquals(0, DeviceMetrics.Reading.of(counts, 0).queued());
        }
    }

    @Test
    void theNumberOfValuesMustFit() {
        assertEquals("call: the function has 2 inputs, 1 values were given",
                refused(() -> sum.call(NDArray.of(new float[3], 1, 3))));
    }

    @Test
    void theShapeOfAValueMustFit() {
        String message = refused(() -> sum.call(NDArray.of(new float[4], 1, 4), NDArray.of(new float[1], 1)));
        assertTrue(message.contains("input 0 (x)") && message.contains("(None, 3)") && message.contains("(1, 4)"),
                message);
    }

    @Test
    void inputsThatShareASizeMustAgree() {
        String message = refused(() -> sum.call(NDArray.of(new float[6], 2, 3), NDArray.of(new float[3], 3)));
        assertTrue(message.contains("3") && message.contains("2"), message);
    }

    @Test
    void aTypeThatWouldLoseSomethingIsRefusedAndAnotherConverted() {
        Tensor whole = placeholder("i", DType.INT32, Dim.of(1));
        Function identity = Evaluation.function(List.of(whole), List.of(whole));
        String message = refused(() -> identity.call(NDArray.of(new float[] {1.5f}, 1)));
        assertTrue(message.contains("int32") && message.contains("float32"), message);
        assertEquals(1, identity.call(NDArray.of(new boolean[] {true}, 1)).get(0).item());
        double[] out = sum.call(NDArray.of(new double[] {1, 2, 3}, 1, 3), NDArray.of(new int[] {4}, 1)).get(0)
                .toDoubles();
        assertArrayEquals(new double[] {18}, out);
    }

    @Test
    void valuesAreConvertedUpTheOrderOfTypesAndBetweenFloats() {
        for (DType to : DType.values()) {
            Tensor in = placeholder("in", to, Dim.of(1));
            Function identity = Evaluation.function(List.of(in), List.of(in));
            for (DType from : DType.values()) {
                NDArray one = NDArray.of(from, new double[] {1}, 1);
                if (from.compareTo(to) <= 0 || from.isFloating() && to.isFloating()) {
                    assertEquals(1, identity.call(one).get(0).item());
                } else {
                    String message = refused(() -> identity.call(one));
                    assertTrue(message.contains("has dtype " + to.word() + ", the value given has " + from.word()),
                            message);
                }
            }
        }
    }

    @Test
    void aNumberThatItsTypeHasIsConverted() {
        Tensor phase = placeholder("phase", DType.INT32);
        Function identity = Evaluation.function(List.of(phase), List.of(phase));
        assertEquals(1, identity.call(NDArray.scalar(DType.FLOAT32, 1)).get(0).item());
        assertEquals(-7, identity.call(NDArray.scalar(DType.INT64, -7)).get(0).item());
        for (double lost : new double[] {0.5, 0x1p31, Double.NaN}) {
            assertTrue(refused(() -> identity.call(NDArray.scalar(DType.FLOAT64, lost)))
                    .contains("has dtype int32, the value given has float64"));
        }
    }

    @Test
    void anOutputThatIsTrimmedEndsWithItsLastPlace() {
        Tensor rows = placeholder("rows", DType.INT32, new Dim.Symbol("n"), new Dim.Symbol("m"));
        Tensor trimmed = Tensor.of(new Op.Trim(-1), rows);
        try (Function f = Evaluation.function(List.of(rows), List.of(trimmed, trimmed.plus(1)))) {
            List<NDArray> got = f.call(NDArray.of(new int[] {3, -1, -1, -1, 4, -1}, 2, 3));
            assertEquals(Shape.of(2, 2), got.get(0).shape());
            assertArrayEquals(new int[] {3, -1, -1, 4}, got.get(0).toInts());
            assertEquals(Shape.of(2, 3), got.get(1).shape());
            assertEquals(Shape.of(0, 0), f.call(NDArray.of(new int[0], 0, 3)).get(0).shape());
            try (DeviceArray whole = f.callOnDevice(NDArray.of(new int[] {3, -1, -1}, 1, 3)).get(0)) {
                assertEquals(Shape.of(1, 3), whole.shape(), "what stays on a device has room for all");
            }
        }
    }

    @Test
    void aPlaceholderThatIsMissingIsNamed() {
        String message = refused(() -> Evaluation.function(List.of(x), List.of(x.plus(y.expand(List.of(1))))));
        assertTrue(message.contains("placeholder y"), message);
    }

    @Test
    void onlyPlaceholdersCanBeInputs() {
        assertTrue(
                refused(() -> Evaluation.function(List.of(x.neg()), List.of(x.neg()))).contains("not a placeholder"));
    }

    @Test
    void twoDrawsDifferAndTheSameCallNumberRepeats() {
        Tensor random = Tensor.of(new Op.Random(5, Shape.of(8)));
        Function first = Evaluation.function(List.of(), List.of(random));
        Function second = Evaluation.function(List.of(), List.of(random.plus(0)));
        float[] draw = first.call().get(0).toFloats();
        float[] next = first.call().get(0).toFloats();
        assertFalse(Arrays.equals(draw, next));
        assertArrayEquals(draw, second.call().get(0).toFloats());
        assertArrayEquals(next, second.call().get(0).toFloats());
    }

    @Test
    void explainNamesWhatIsComputed() {
        assertTrue(sum.explain(NDArray.of(new float[3], 1, 3), NDArray.of(new float[1], 1))
                .contains("contract over [1] float32(1,)"));
        sum.close();
        assertEquals(new Graph(sum.graph().inputs(), sum.graph().outputs(), List.of()), sum.graph());
    }

    @Test
    void enginesAreFoundByName() {
        assertEquals("Reference", Engines.named("reference").orElseThrow().title());
        assertTrue(Engines.named("none").isEmpty());
        assertTrue(Engines.names().contains("reference"));
    }

    @Test
    void whatWouldBeSaidTwiceIsRefused() {
        Variable w = new Variable(NDArray.scalar(DType.FLOAT32, 0), "w");
        Tensor now = Tensor.of(new Op.Read(w));
        var updates = List.of(new Graph.Update(w, now.plus(1)), new Graph.Update(w, now.plus(2)));
        assertEquals(
                "function: variable w float32() is updated twice, and a call could leave it with either value; one update that does both would do",
                refused(() -> new Function(new Graph(List.of(), List.of(), updates), Evaluation.device())));
        assertEquals(
                "function: placeholder x is among the inputs twice, and a call could give it two values; once would do",
                refused(() -> Evaluation.function(List.of(x, y, x), List.of(x))));
    }

    @Test
    void nullIsNoValue() {
        NDArray ones = NDArray.of(new float[] {1, 1, 1}, 1, 3);
        assertEquals("call: input 1 (y) was given null; a value of shape (None,) and dtype float32 would do",
                refused(() -> sum.call(ones, null)));
        assertEquals("call: input 1 (y) was given null; a value of shape (None,) and dtype float32 would do",
                assertThrows(CompletionException.class, sum.callAsync(ones, null)::join).getCause().getMessage());
        assertEquals("call: null was given in place of a list of values, one for each of the 2 inputs",
                refused(() -> sum.call((List<NDArray>) null)));
        assertEquals("callInto: null was given for output 0; an array of float32(1,) would do",
                refused(() -> sum.callInto(Collections.singletonList(null),
                        List.of(ones, NDArray.of(new float[1], 1)))));
    }

    @Test
    void aClosedFunctionIsNotCalled() {
        Function closed = Evaluation.function(List.of(x), List.of(x));
        closed.close();
        closed.close();
        assertEquals("call: the function is closed; it has to be open as long as it is used",
                assertThrows(IllegalStateException.class, () -> closed.call(NDArray.of(new float[3], 1, 3)))
                        .getMessage());
        assertEquals("explain: the function is closed; it has to be open as long as it is used",
                assertThrows(IllegalStateException.class, () -> closed.explain(NDArray.of(new float[3], 1, 3)))
                        .getMessage());
    }

    /** A device that counts what is closed of it. */
    private record Holding(boolean isGarbageCollected, AtomicInteger closed) implements Device {
        @Override
        public DeviceReport report() {
            return new DeviceReport("hold:0", "Holding", "", "CPU", "", "", 1, 1, false, false, Optional.empty());
        }

        @Override
        public io.clarion.engine.Executable compile(Graph graph) {
            return new io.clarion.engine.Executable() {
                @Override
                public List<NDArray> call(List<NDArray> inputs, long draw) {
                    return List.of();
                }

                @Override
                public String explain() {
                    return "";
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }

        @Override
        public Speed probe() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void whatAForgottenFunctionHeldIsFreed() {
        var device = new Holding(false, new AtomicInteger());
        forget(device);
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            while (device.closed.get() == 0) {
                System.gc();
                Thread.onSpinWait();
            }
        });
    }

    private static void forget(Device device) {
        new Function(new Graph(List.of(), List.of(), List.of()), device).call();
    }

    @Test
    void aForgottenFunctionIsToldOnceAndOnlyWhereItsDeviceHoldsSomething() {
        for (boolean garbage : new boolean[] {false, true}) {
            var device = new Holding(garbage, new AtomicInteger());
            var graph = new Graph(List.of(), List.of(), List.of());
            var held = new Held("a function", device, new FiniteCheck(graph, device));
            held.executables().put(Map.of(), new Held.Compiled(device.compile(graph), false));
            held.executables().put(Map.of(new Dim.Symbol("n"), 1), new Held.Compiled(device.compile(graph), false));
            assertEquals(!garbage, held.leaked());
            assertFalse(held.leaked());
            assertEquals(2, device.closed.get());
        }
    }
}
