package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.driver.Faults;
import io.clarion.opencl.driver.Handles;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.schedule.Sharing;
import io.clarion.schedule.group.NoDeviceLeft;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A training on several devices ends with the weights of an undisturbed one, whatever call of OpenCL fails on one of
 * them, with whatever code; {@code -Dclarion.sweep=full} for all codes of all calls, a sample of them else.
 */
class FaultsTest {
    private static final boolean ALL = "full".equals(System.getProperty("clarion.sweep"));
    private static final int STEPS = 200;
    /**
     * Of the many trainings in which one call each fails: those without faults, of dead devices and of hanging ones
     * have all.
     */
    private static final int SAMPLED_STEPS = ALL ? STEPS : 80;
    private static final double CLOSE = 1e-4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    // OpenCL's codes, by the calls that the specification lets give them.
    private static final int[] ANY = {-5, -6};
    private static final Map<String,
            int[]> OWN = Map.ofEntries(Map.entry("clCreateBuffer", new int[] {-34, -30, -61, -37, -4}),
                    Map.entry("clCreateCommandQueue", new int[] {-34, -33, -30, -35}),
                    Map.entry("clCreateContext", new int[] {-32, -30, -33, -2}),
                    Map.entry("clCreateProgramWithSource", new int[] {-34, -30}),
                    Map.entry("clBuildProgram", new int[] {-44, -30, -33, -42, -43, -3, -11, -59}),
                    Map.entry("clCreateKernel", new int[] {-44, -45, -46, -47, -30}),
                    Map.entry("clGetKernelInfo", new int[] {-30, -48}),
                    Map.entry("clGetKernelWorkGroupInfo", new int[] {-33, -30, -48}),
                    Map.entry("clGetProgramInfo", new int[] {-30, -44, -45}),
                    Map.entry("clSetKernelArg", new int[] {-48, -49, -50, -38, -51}),
                    Map.entry("clEnqueueNDRangeKernel",
                            new int[] {-45, -36, -48, -34, -52, -53, -63, -54, -55, -56, -4, -57}),
                    Map.entry("clEnqueueReadBuffer", new int[] {-36, -34, -38, -30, -57, -4}),
                    Map.entry("clEnqueueWriteBuffer", new int[] {-36, -34, -38, -30, -57, -4}),
                    Map.entry("clEnqueueMapBuffer", new int[] {-36, -34, -38, -30, -57, -12, -4}),
                    Map.entry("clEnqueueUnmapMemObject", new int[] {-36, -38, -30, -34}),
                    Map.entry("clEnqueueCopyBuffer", new int[] {-36, -34, -38, -30, -48, -4}),
                    Map.entry("clFinish", new int[] {-36, -14, -2}),
                    Map.entry("clReleaseMemObject", new int[] {-38}), Map.entry("clReleaseKernel", new int[] {-48}),
                    Map.entry("clReleaseProgram", new int[] {-44}),
                    Map.entry("clReleaseCommandQueue", new int[] {-36}),
                    Map.entry("clReleaseContext", new int[] {-34}));

    private final Random random = new Random(7);
    private final Device reference = TestedEngine.reference();
    private final Variable w = new Variable(numbers(6, 5), "w");
    private final Variable moment = new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(6, 5)), "moment");
    private final NDArray first = w.value();
    private int steps = STEPS;
    private Graph graph = training(null, null);
    private final List<NDArray> batches = IntStream.range(0, 8).mapToObj(i -> numbers(24, 6)).toList();

    private NDArray numbers(int... shape) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, values.elements()).forEach(i -> values.set(i, random.nextFloat(-0.5f, 0.5f)));
        return values;
    }

    /**
     * A layer with batch normalisation and momentum; the product on one device, what follows on another, if they are
     * named.
     */
    private Graph training(String first, String second) {
        Tensor x = K.placeholder(K.NONE, 6);
        Tensor read = Tensor.of(new Op.Read(w));
        Tensor product;
        try (var scope = DeviceScope.of(first)) {
            product = K.dot(x, read);
        }
        Tensor loss;
        try (var scope = DeviceScope.of(second)) {
            Tensor h = K.normalizeBatchInTraining(product, null, null, new int[] {0}).normalized();
            loss = K.mean(K.square(K.tanh(h).minus(K.sum(x, 1, true))));
        }
        Tensor moved = Tensor.of(new Op.Read(moment)).times(0.9).plus(K.gradients(loss, List.of(read)).get(0));
        return new Graph(List.of(x), List.of(loss),
                List.of(new Graph.Update(moment, moved), new Graph.Update(w, read.minus(moved.times(0.02)))));
    }

    private double[] trained(Device device) {
        w.set(first);
        moment.set(NDArray.zeros(DType.FLOAT32, moment.shape()));
        try (var function = new Function(graph, device)) {
            for (int i = 0; i < steps; i++) {
                function.call(batches.get(i % batches.size()));
            }
        }
        return w.value().toDoubles();
    }

    @AfterEach
    void noFaultsForOthers() {
        Faults.inject(null);
    }

    /** A device of a driver, if there is a second one, that of another, and the reference engine's. */
    private List<Device> three(Device first) {
        var three = new ArrayList<Device>(List.of(first));
        Devices.all().stream().map(TestedDevice::device).filter(d -> !d.report().id().equals(first.report().id()))
                .limit(1).forEach(three::add);
        three.add(reference);
        return three;
    }

    private double[] together(List<Device> devices, Duration patience, Duration rest) {
        try (var split = new DeviceGroup(devices, Sharing.SPLIT, patience, rest)) {
            return trained(split);
        }
    }

    /** Returns how often each call is made on a device. */
    private Map<String, Integer> counted(String device, Runnable action) {
        Map<String, Integer> calls = new LinkedHashMap<>();
        Faults.inject((id, call) -> {
            if (id.equals(device)) {
                synchronized (calls) {
                    calls.merge(call, 1, Integer::sum);
                }
            }
            return 0;
        });
        action.run();
        Faults.inject(null);
        return calls;
    }

    private static void strike(String device, String call, int code, int at) {
        var count = new AtomicInteger();
        Faults.inject((id, name) -> id.equals(device) && name.equals(call) && count.getAndIncrement() == at ? code : 0);
    }

    /** Returns what is open, but for programs, which devices keep, and contexts, which have their queue. */
    private static Map<String, Long> handles() {
        Map<String, Long> handles = new TreeMap<>(Handles.liveByKind());
        List.of("Program", "Context", "Queue").forEach(handles::remove);
        return handles;
    }

    /**
     * What a device had that failed is freed when it answers, and its variables when they are collected; nobody forgets
     * one.
     */
    private static void assertNothingLeft(Map<String, Long> before, String when) {
        for (int i = 0; i < 500 && isMore(before); i++) {
            System.gc();
            LockSupport.parkNanos(10_000_000);
        }
        assertFalse(isMore(before), () -> "handles after " + when + ": " + handles() + ", before: " + before);
        assertEquals(0, Handles.leaked(), "handles that nobody closed after " + when);
    }

    private static boolean isMore(Map<String, Long> before) {
        return handles().entrySet().stream().anyMatch(e -> e.getValue() > before.getOrDefault(e.getKey(), 0L));
    }

    private List<Integer> codes(String call) {
        List<Integer> codes = IntStream.concat(IntStream.of(ANY), IntStream.of(OWN.getOrDefault(call, new int[0])))
                .boxed().toList();
        return ALL ? codes : List.of(codes.get(random.nextInt(codes.size())));
    }

    @EveryDevice
    void whateverCallFailsTheTrainingEndsWell(Device device) {
        assertEndsWell(device, times -> new int[] {0, random.nextInt(times)});
    }

    @EveryDevice
    void whateverCallFailsAPlacedTrainingEndsWell(Device device) {
        graph = training(device.report().id(), "reference:0");
        assertEndsWell(device, times -> ALL ? new int[] {0, random.nextInt(times)} : new int[] {random.nextInt(times)});
    }

    /** Has each call fail, of so many times at those that {@code when} gives. */
    private void assertEndsWell(Device device, IntFunction<int[]> when) {
        steps = SAMPLED_STEPS;
        double[] want = trained(reference);
        String id = device.report().id();
        List<Device> devices = three(device);
        Map<String, Integer> calls = counted(id,
                () -> assertArrayEquals(want, together(devices, PATIENCE, Duration.ZERO), CLOSE));
        assertTrue(calls.get("clEnqueueNDRangeKernel") >= 40, calls::toString);
        Map<String, Long> handles = handles();
        calls.forEach((call, times) -> {
            for (int code : codes(call)) {
                for (int at : when.apply(times)) {
                    strike(id, call, code, at);
                    assertArrayEquals(want, together(devices, PATIENCE, Duration.ofMillis(20)), CLOSE,
                            call + " gives " + code + " at its call " + at);
                    Faults.inject(null);
                    assertNothingLeft(handles, call + " gave " + code + " at its call " + at);
                }
            }
        });
    }

    /** Programs are built by devices that have not had them. */
    @EveryDevice
    void whateverFailsAtTheFirstCallTheTrainingEndsWell(TestedDevice tested) {
        double[] want = trained(reference);
        String id = tested.facts().id();
        for (String call : List.of("clCreateProgramWithSource", "clBuildProgram", "clCreateKernel",
                "clCreateCommandQueue")) {
            for (int code : codes(call)) {
                try (Device fresh = Devices.fresh(tested)) {
                    strike(id, call, code, 0);
                    assertArrayEquals(want, together(three(fresh), PATIENCE, Duration.ofMillis(20)), CLOSE,
                            call + " gives " + code);
                } finally {
                    Faults.inject(null);
                }
            }
        }
    }

    @EveryDevice
    void aDeviceMayBeGoneForGood(Device device) {
        double[] want = trained(reference);
        String id = device.report().id();
        var calls = new AtomicInteger();
        Faults.inject((name, call) -> name.equals(id) && calls.incrementAndGet() > 700 ? -5 : 0);
        assertArrayEquals(want, together(three(device), PATIENCE, Duration.ofMillis(5)), CLOSE);
        assertTrue(calls.get() > 700, "it was not gone");
    }

    /** As after a display's watchdog has reset a GPU: nothing works but to begin anew. */
    @EveryDevice
    void aDeviceBeginsAnewIfItsContextIsBroken(TestedDevice tested) {
        double[] want = trained(reference);
        String id = tested.facts().id();
        var calls = new AtomicInteger();
        var contexts = new AtomicInteger();
        try (Device fresh = Devices.fresh(tested)) {
            Faults.inject((name, call) -> {
                if (!name.equals(id)) {
                    return 0;
                }
                contexts.addAndGet(call.equals("clCreateContext") ? 1 : 0);
                return calls.incrementAndGet() > 700 && contexts.get() == 0 ? -5 : 0;
            });
            assertArrayEquals(want, together(three(fresh), PATIENCE, Duration.ofMillis(1)), CLOSE);
            assertTrue(contexts.get() == 1, contexts + " contexts were made, after " + calls + " calls");
            Faults.inject(null);
            assertArrayEquals(want, trained(fresh), CLOSE);
        }
    }

    @EveryDevice
    void aDeviceMayHang(Device device) {
        double[] want = trained(reference);
        together(three(device), PATIENCE, Duration.ofHours(1));
        String id = device.report().id();
        var released = new CountDownLatch(1);
        var finishes = new AtomicInteger();
        Map<String, Long> handles = handles();
        Faults.inject((name, call) -> {
            if (name.equals(id) && call.equals("clFinish") && finishes.incrementAndGet() == 100) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return 0;
        });
        try {
            assertArrayEquals(want, together(three(device), Duration.ofSeconds(3), Duration.ofHours(1)), CLOSE);
        } finally {
            released.countDown();
        }
        assertNothingLeft(handles, "it hung");
    }

    @Test
    void withAllDevicesGoneTheExceptionNamesEach() {
        List<Device> all = Devices.all().stream().<Device>map(TestedDevice::device).toList();
        List<String> ids = all.stream().map(d -> d.report().id()).toList();
        var calls = new AtomicInteger();
        Faults.inject((id, call) -> ids.contains(id) && calls.incrementAndGet() > 900 ? -14 : 0);
        String message = assertThrows(NoDeviceLeft.class, () -> together(all, PATIENCE, Duration.ofHours(1)))
                .getMessage();
        ids.forEach(id -> assertTrue(message.contains(id + " ") || message.contains(id + ":"), message));
    }
}
