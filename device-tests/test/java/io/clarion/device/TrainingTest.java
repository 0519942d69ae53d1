package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.conformance.TestedEngine;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.OpenClDevice;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Dense nets that learn: as the reference engine does, and without holding more and more. */
class TrainingTest {
    /**
     * A resident memory that grew by more than this since the first steps is a leak: a step's buffers are some 100 KB.
     */
    private static final long MOST_GROWTH = 48L << 20;

    /** A net of {@code floatx} numbers with one hidden layer, trained by SGD with momentum, and its variables. */
    private record Net(Function step, List<Variable> variables) implements AutoCloseable {
        static Net of(Device device, int inputs, int hidden, int classes) {
            var random = new Random(3);
            var variables = new ArrayList<Variable>();
            Tensor x = K.placeholder(K.NONE, inputs);
            Tensor y = K.placeholder(K.NONE, classes);
            int[][] shapes = {{inputs, hidden}, {hidden}, {hidden, classes}, {classes}};
            for (int[] shape : shapes) {
                NDArray value = NDArray.zeros(K.floatx(), Shape.of(shape));
                for (int i = 0; i < value.elements() && shape.length == 2; i++) {
                    value.set(i, random.nextGaussian() / Math.sqrt(shape[0]));
                }
                variables.add(new Variable(value, "w" + variables.size()));
            }
            List<Tensor> w = variables.stream().map(v -> Tensor.of(new Op.Read(v))).toList();
            Tensor h = K.relu(K.dot(x, w.get(0)).plus(w.get(1)));
            Tensor loss = K.mean(K.categoricalCrossentropy(K.softmax(K.dot(h, w.get(2)).plus(w.get(3))), y));
            List<Tensor> gradients = K.gradients(loss, w);
            var updates = new ArrayList<Graph.Update>();
            for (int i = 0; i < shapes.length; i++) {
                var momentum = new Variable(NDArray.zeros(K.floatx(), Shape.of(shapes[i])), "m" + i);
                variables.add(momentum);
                Tensor m = Tensor.of(new Op.Read(momentum)).times(0.9).minus(gradients.get(i).times(0.02));
                updates.add(new Graph.Update(momentum, m));
                updates.add(new Graph.Update(variables.get(i), w.get(i).plus(m)));
            }
            return new Net(new Function(new Graph(List.of(x, y), List.of(loss), updates), device), variables);
        }

        @Override
        public void close() {
            step.close();
            variables.forEach(Variable::close);
        }
    }

    /** Blurred patterns, one a class, under noise. */
    private static NDArray[] batch(Random random, int n, int inputs, int classes) {
        NDArray x = NDArray.zeros(DType.FLOAT32, Shape.of(n, inputs));
        NDArray y = NDArray.zeros(DType.FLOAT32, Shape.of(n, classes));
        for (int i = 0; i < n; i++) {
            int label = random.nextInt(classes);
            y.set(i * classes + label, 1);
            for (int j = 0; j < inputs; j++) {
                x.set(i * inputs + j, Math.sin(0.05 * (label + 1) * j) * 0.5 + random.nextGaussian() * 0.5);
            }
        }
        return new NDArray[] {x, y};
    }

    @EveryDevice(inEveryLayout = true)
    void threeHundredStepsLearnWhatTheReferenceLearns(Device device) {
        List<Double> want = Losses.REFERENCE;
        List<Double> got = losses(device);
        for (int i = 0; i < want.size(); i++) {
            int step = i;
            assertEquals(want.get(i), got.get(i), 1e-3, () -> "the loss of step " + step);
        }
        assertTrue(got.get(got.size() - 1) < 0.1 * got.get(0), got::toString);
    }

    @EveryDevice(inEveryLayout = true)
    void aNetOfDoublesLearnsWhatTheReferenceLearns(TestedDevice device) {
        if (device.facts().fp64()) {
            List<Double> want = lossesOf(DType.FLOAT64, TestedEngine.reference());
            List<Double> got = lossesOf(DType.FLOAT64, device.device());
            for (int i = 0; i < want.size(); i++) {
                int step = i;
                assertEquals(want.get(i), got.get(i), 1e-12, () -> "the loss of step " + step);
            }
            assertTrue(got.get(got.size() - 1) < 0.5 * got.get(0), got::toString);
        }
    }

    /** Each step rounds the weights to 11 bits: what is lost differs with the order in which a device adds. */
    @EveryDevice(inEveryLayout = true)
    void aNetOfHalvesLearnsNearlyWhatOneOfFloatsLearns(Device device) {
        List<Double> want = lossesOf(DType.FLOAT32, TestedEngine.reference());
        List<Double> got = lossesOf(DType.FLOAT16, device);
        for (int i = 0; i < want.size(); i++) {
            int step = i;
            assertEquals(want.get(i), got.get(i), 0.02, () -> "the loss of step " + step);
        }
        assertTrue(got.get(got.size() - 1) < 0.5 * got.get(0), got::toString);
    }

    private static List<Double> lossesOf(DType floatx, Device device) {
        double epsilon = K.epsilon();
        K.setFloatx(floatx);
        K.setEpsilon(1e-4);
        try {
            return losses(device, 40);
        } finally {
            K.setFloatx(DType.FLOAT32);
            K.setEpsilon(epsilon);
        }
    }

    /** Computed once for all devices. */
    private static final class Losses {
        static final List<Double> REFERENCE = losses(TestedEngine.reference());
    }

    private static List<Double> losses(Device device) {
        return losses(device, 300);
    }

    private static List<Double> losses(Device device, int steps) {
        var random = new Random(5);
        var losses = new ArrayList<Double>();
        try (Net net = Net.of(device, 784, 128, 10)) {
            for (int i = 0; i < steps; i++) {
                losses.add(net.step().call(batch(random, 32, 784, 10)).get(0).item());
            }
        }
        return losses;
    }

    /** On a device of its own: what other tests left on a shared one goes when the garbage collector finds it. */
    @EveryDevice
    void aThousandStepsHoldNoMoreThanFifty(TestedDevice tested) {
        var random = new Random(5);
        List<NDArray[]> batches = List.of(batch(random, 32, 64, 10), batch(random, 32, 64, 10),
                batch(random, 9, 64, 10));
        try (OpenClDevice device = Devices.fresh(tested)) {
            try (Net net = Net.of(device, 64, 32, 10)) {
                steps(net, batches, 50);
                System.gc();
                int handles = device.liveHandles();
                long bytes = device.memoryHeld();
                long resident = resident();
                steps(net, batches, 950);
                System.gc();
                assertEquals(handles, device.liveHandles());
                assertEquals(bytes, device.memoryHeld());
                long growth = resident() - resident;
                assertTrue(growth < MOST_GROWTH, () -> "resident memory grew by " + growth + " bytes");
            }
            assertEquals(0, device.memoryHeld());
        }
    }

    private static void steps(Net net, List<NDArray[]> batches, int count) {
        for (int i = 0; i < count; i++) {
            net.step().call(batches.get(i % batches.size()));
        }
    }

    /** Bytes of this process that are in memory; 0 where the system does not tell. */
    private static long resident() {
        Path status = Path.of("/proc/self/status");
        try {
            return !Files.exists(status) ? 0 : Files.readAllLines(status).stream().filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10).findFirst().orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
