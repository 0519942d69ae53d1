package io.clarion.theano;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Engines;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.schedule.Sharing;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that is killed, and a device that works on afterwards. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WorkerFailureTest {
    private static final int STEPS = 40;

    private final TheanoDevice device = (TheanoDevice) Engines.named("theano").orElseThrow().open("theano:0");
    private final Device reference = TestedEngine.reference();

    @AfterEach
    void restart() {
        device.restart();
    }

    private void kill() {
        ProcessHandle process = ProcessHandle.of(device.open().pid()).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Has the next call wait for an answer, and kills the process while it does. */
    private void killDuringTheNextCall() throws Exception {
        ProcessHandle process = ProcessHandle.of(device.open().pid()).orElseThrow();
        new ProcessBuilder("kill", "-STOP", Long.toString(process.pid())).start().waitFor();
        CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(process::destroyForcibly);
    }

    private Executable doubling() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));
        return device.compile(new Graph(List.of(x), List.of(x.times(2)), List.of()));
    }

    private static double[] call(Executable executable) {
        return executable.call(List.of(NDArray.of(new float[] {1, 2, 3}, 3)), 0).get(0).toDoubles();
    }

    @Test
    void aProcessThatIsKilledIsAFailureAndTheDeviceBeginsAnew() {
        try (Executable before = doubling()) {
            assertArrayEquals(new double[] {2, 4, 6}, call(before));
            kill();
            String told = assertThrows(DeviceFailure.class, () -> call(before)).getMessage();
            assertTrue(told.startsWith("Theano's process failed: it ended during call"), told);
            assertTrue(assertThrows(DeviceFailure.class, this::doubling).getMessage()
                    .startsWith("Theano's process is gone: it ended during call"));
            device.restart();
            assertEquals("theano:0 has begun anew since this function was compiled; compile it again",
                    assertThrows(DeviceFailure.class, () -> call(before)).getMessage());
        }
        try (Executable after = doubling()) {
            assertArrayEquals(new double[] {2, 4, 6}, call(after));
        }
    }

    @Test
    void aVariableThatWasLostIsToldAndThereAgainOnceItIsSet() {
        var v = new Variable(NDArray.scalar(DType.FLOAT32, 1), "v");
        var graph = new Graph(List.of(), List.of(), List.of(new Graph.Update(v, Tensor.of(new Op.Read(v)).plus(1))));
        device.compile(graph).call(List.of(), 0);
        kill();
        assertThrows(DeviceFailure.class, v::value);
        device.restart();
        try (Executable again = device.compile(graph)) {
            assertEquals("the value of variable v was lost when theano:0 began anew; set it again",
                    assertThrows(DeviceFailure.class, () -> again.call(List.of(), 0)).getMessage());
            v.set(NDArray.scalar(DType.FLOAT32, 5));
            again.call(List.of(), 0);
        }
        assertEquals(6, v.value().item());
        v.close();
    }

    @Test
    void aSplitTrainingLosesNothingWhenTheProcessIsKilledInACall() throws Exception {
        double[] alone = trained(reference, -1);
        try (var group = new DeviceGroup(List.of(device, reference), Sharing.SPLIT, Duration.ofSeconds(60),
                Duration.ofMillis(50))) {
            assertArrayEquals(alone, trained(group, STEPS / 2), 1e-4);
        }
    }

    /** Returns the weights after some steps, in the midst of which the process is killed. */
    private double[] trained(Device on, int killAt) throws Exception {
        K.useDevice(reference);
        Tensor x = K.placeholder(K.NONE, 6);
        Tensor y = K.placeholder(K.NONE, 3);
        Tensor w = K.randomUniformVariable(new int[] {6, 3}, -1, 1, DType.FLOAT32, null, 1);
        Tensor loss = K.mean(K.square(K.tanh(K.dot(x, w)).minus(y)));
        var updates = List.of(K.updateSub(w, K.gradients(loss, List.of(w)).get(0).times(0.1)));
        var random = new Random(3);
        try (var f = new Function(new Graph(List.of(x, y), List.of(loss), updates), on)) {
            for (int i = 0; i < STEPS; i++) {
                if (i == killAt) {
                    killDuringTheNextCall();
                }
                f.call(numbers(random, 20, 6), numbers(random, 20, 3));
            }
        }
        return K.getValue(w).toDoubles();
    }

    private static NDArray numbers(Random random, int rows, int columns) {
        return NDArray.of(DType.FLOAT32,
                IntStream.range(0, rows * columns).mapToDouble(i -> random.nextDouble(-1, 1)).toArray(), rows, columns);
    }
}
