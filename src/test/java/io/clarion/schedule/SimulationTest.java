package io.clarion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.SimulatedDevice.Fault;
import io.clarion.schedule.SimulatedDevice.Rates;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares for devices that nobody has, in virtual time. */
class SimulationTest {
    private static final int ROWS = 8192;
    private final Device reference = Engines.named("reference").orElseThrow().open("reference:0");
    private final Random random = new Random(2);

    private NDArray numbers(int... shape) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, values.elements()).forEach(i -> values.set(i, random.nextFloat(-0.5f, 0.5f)));
        return values;
    }

    /** The longest that any device was busy in a call, of the last of some. */
    private double makespan(List<SimulatedDevice> devices, Graph graph, NDArray batch) {
        double[] want = reference(graph, batch);
        double makespan = 0;
        try (var split = new DeviceGroup(List.copyOf(devices), Sharing.SPLIT, Duration.ofMinutes(5),
                Duration.ofHours(1), SimulatedDevice::now); var function = new Function(graph, split)) {
            for (int i = 0; i < 12; i++) {
                double[] before = devices.stream().mapToDouble(SimulatedDevice::busy).toArray();
                assertArrayEquals(want, function.call(batch).get(0).toDoubles(), 1e-6);
                makespan = IntStream.range(0, before.length).mapToDouble(d -> devices.get(d).busy() - before[d]).max()
                        .orElseThrow();
            }
        }
        return makespan;
    }

    private double[] reference(Graph graph, NDArray batch) {
        try (var function = new Function(graph, reference)) {
            return function.call(batch).get(0).toDoubles();
        }
    }

    /** The bound is the whole work by the sum of all speeds. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void aBatchTakesLittleMoreThanItsBound(int count) {
        List<SimulatedDevice> devices = IntStream.range(0, count)
                .mapToObj(i -> new SimulatedDevice("d:" + i,
                        new Rates(1e8 * Math.pow(50, random.nextDouble()), Double.POSITIVE_INFINITY, 0), reference,
                        n -> Fault.NONE))
                .toList();
        Tensor x = K.placeholder(K.NONE, 3);
        Graph graph = new Graph(List.of(x),
                List.of(K.tanh(K.dot(x, Tensor.of(new Op.Read(new Variable(numbers(3, 2), "w")))))), List.of());
        double work = ROWS * (2.0 * 3 * 2 + 2);
        double bound = work / devices.stream().mapToDouble(d -> d.rates().flops()).sum();
        double makespan = makespan(devices, graph, numbers(ROWS, 3));
        assertTrue(makespan <= 1.1 * bound, () -> makespan + " s where the bound is " + bound);
    }

    /** Of one fast and one slow device, what a call costs besides its rows counts too. */
    @Test
    void aDeviceFarAwayHasNoRows() {
        var near = new SimulatedDevice("near:0", new Rates(1e8, 1e12, 1e-6), reference, n -> Fault.NONE);
        var far = new SimulatedDevice("far:0", new Rates(1e8, 1e3, 1), reference, n -> Fault.NONE);
        Tensor x = K.placeholder(K.NONE, 3);
        Graph graph = new Graph(List.of(x), List.of(K.sigmoid(x)), List.of());
        NDArray batch = numbers(ROWS, 3);
        double alone = ROWS * 3 / 1e8;
        double makespan = makespan(List.of(near, far), graph, batch);
        assertTrue(makespan <= 1.1 * (alone + 1e-5), () -> makespan + " s, alone " + alone);
    }
}
