package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.schedule.Sharing;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A device that closes, fails or begins anew in the midst of work loses nothing, and what it cannot do any more is a
 * {@link DeviceFailure}.
 */
public interface FailureConformance extends TestedEngine {
    Duration PATIENCE = Duration.ofMinutes(2);
    Duration REST = Duration.ofMillis(1);

    /**
     * Returns a device that a test may close: the tested one, which its engine opens anew, or a further instance that
     * nobody else uses.
     */
    default Device deviceToClose() {
        return device();
    }

    private static Graph counting(Variable counter) {
        return new Graph(List.of(), List.of(), List.of(new Graph.Update(counter, TestedEngine.read(counter).plus(1))));
    }

    @Test
    default void aDeviceThatClosesGivesVariablesBack() {
        Device device = deviceToClose();
        try (var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v");
                var there = new Function(counting(v), TestedEngine.reference())) {
            TestedEngine.call(device, counting(v));
            assertTrue(v.isOn(device));
            device.close();
            assertFalse(v.isOn(device));
            assertEquals(2, v.value().item());
            there.call();
            assertEquals(3, v.value().item());
        }
    }

    @Test
    default void aClosedExecutableIsRefused() {
        try (var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v")) {
            Executable executable = device().compile(counting(v));
            executable.call(List.of(), 0);
            executable.close();
            executable.close();
            String message = assertThrows(IllegalStateException.class, () -> executable.call(List.of(), 1))
                    .getMessage();
            assertTrue(message.contains("closed"), message);
            assertEquals(2, v.value().item());
        }
    }

    @Test
    default void aClosedDeviceFailsAndSaysWhy() {
        Device device = deviceToClose();
        String id = device.report().id();
        try (var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v")) {
            Executable executable = device.compile(counting(v));
            executable.call(List.of(), 0);
            device.close();
            device.close();
            assertSaysThatItIsClosed(id, assertThrows(DeviceFailure.class, () -> executable.call(List.of(), 1)));
            assertSaysThatItIsClosed(id, assertThrows(DeviceFailure.class, () -> device.compile(counting(v))));
            executable.close();
            assertEquals(2, v.value().item());
        }
    }

    private static void assertSaysThatItIsClosed(String id, DeviceFailure failure) {
        assertTrue(failure.getMessage().startsWith(id + " has been closed"), failure.getMessage());
    }

    /** Checks that a call either counts or fails: one that was under way when the device closed may have counted. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    default void aDeviceThatClosesWhileThreadsCallLosesNoUpdate() throws Exception {
        int threads = 4;
        Device device = deviceToClose();
        var returned = new AtomicInteger();
        try (var v = new Variable(NDArray.scalar(DType.INT64, 0), "v"); var f = new Function(counting(v), device);
                var workers = Executors.newFixedThreadPool(threads)) {
            Callable<Void> calls = () -> {
                while (true) {
                    try {
                        f.call();
                    } catch (DeviceFailure e) {
                        return null;
                    }
                    returned.incrementAndGet();
                }
            };
            List<Future<Void>> ends = IntStream.range(0, threads).mapToObj(t -> workers.submit(calls)).toList();
            while (returned.get() < 10 * threads && ends.stream().noneMatch(Future::isDone)) {
                Thread.onSpinWait();
            }
            device.close();
            for (Future<Void> end : ends) {
                end.get();
            }
            long counted = v.value().getLong(0);
            assertTrue(returned.get() <= counted && counted <= returned.get() + threads,
                    counted + " were counted, " + returned + " calls returned");
        }
    }

    @Test
    default void aDeviceThatBeginsAnewComputes() {
        Device device = deviceToClose();
        try (var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v")) {
            TestedEngine.call(device, counting(v));
            v.close();
            device.restart();
            TestedEngine.call(device, counting(v));
            assertEquals(3, v.value().item());
        }
        device.close();
    }

    /**
     * Checks that a split training gets its weights although a compilation or a call fails, before its work or after,
     * and the device then until it begins anew.
     */
    @Test
    default void aSplitTrainingOutlivesADeviceThatFails() {
        double[] want = SplitTraining.weights(TestedEngine.reference(), step -> {});
        Device device = deviceToClose();
        for (int i : new int[] {0, 1, 2, 4, SplitTraining.STEPS}) {
            var failing = new FailingDevice(device, i, i % 2 == 0);
            try (var group = new DeviceGroup(List.of(failing, TestedEngine.reference()), Sharing.SPLIT, PATIENCE,
                    REST)) {
                assertArrayEquals(want, SplitTraining.weights(group, step -> {}), SplitTraining.CLOSE);
            }
            assertTrue(failing.asked() > i, "it was asked " + failing.asked() + " times and did not fail at " + i);
        }
        device.close();
    }

    @Test
    default void aSplitTrainingOutlivesADeviceThatCloses() {
        double[] want = SplitTraining.weights(TestedEngine.reference(), step -> {});
        Device device = deviceToClose();
        try (var group = new DeviceGroup(List.of(device, TestedEngine.reference()), Sharing.SPLIT, PATIENCE,
                Duration.ofHours(1))) {
            assertArrayEquals(want, SplitTraining.weights(group, step -> {
                if (step == SplitTraining.STEPS / 2) {
                    device.close();
                }
            }), SplitTraining.CLOSE);
        }
    }
}
