package io.clarion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Engines;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.SimulatedDevice.Fault;
import io.clarion.schedule.SimulatedDevice.Rates;
import io.clarion.schedule.group.NoDeviceLeft;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Devices fail, and the work goes on. */
class FailureTest {
    private static final Duration SOON = Duration.ofMillis(150);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final int STEPS = 12;
    private final Device reference = Engines.named("reference").orElseThrow().open("reference:0");
    private final Random random = new Random(5);

    private NDArray numbers(int... shape) {
        float[] values = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        IntStream.range(0, values.length).forEach(i -> values[i] = random.nextFloat(-0.5f, 0.5f));
        return NDArray.of(values, shape);
    }

    private SimulatedDevice device(String id, IntFunction<Fault> faults) {
        return new SimulatedDevice(id, new Rates(1e9, 1e9, 1e-6), reference, faults);
    }

    /**
     * A net with momentum, so that there are variables that only the update reads, and batch normalisation, so that
     * there are stages.
     */
    private final class Training {
        private final Variable w = new Variable(numbers(6, 5), "w");
        private final Variable m = new Variable(NDArray.zeros(w.dtype(), w.shape()), "m");
        private final Sharing sharing;
        private final Graph graph;
        private final List<NDArray> batches;

        /** The same for all devices, or, if it is placed, the first product on one and what follows on another. */
        Training(Sharing sharing) {
            this.sharing = sharing;
            Tensor x = K.placeholder(K.NONE, 6);
            Tensor read = Tensor.of(new Op.Read(w));
            Tensor product;
            try (var first = DeviceScope.of(sharing == Sharing.PLACE ? "a:0" : null)) {
                product = K.dot(x, read);
            }
            Tensor h;
            Tensor loss;
            try (var second = DeviceScope.of(sharing == Sharing.PLACE ? "b:0" : null)) {
                h = K.normalizeBatchInTraining(product, null, null, new int[] {0}).normalized();
                loss = K.mean(K.square(K.tanh(h).minus(K.sum(x, 1, true))));
            }
            Tensor moved = Tensor.of(new Op.Read(m)).times(0.9).plus(K.gradients(loss, List.of(read)).get(0));
            this.graph = new Graph(List.of(x), List.of(loss, K.sum(h, 1, false)),
                    List.of(new Graph.Update(m, moved), new Graph.Update(w, read.minus(moved.times(0.1)))));
            this.batches = IntStream.range(0, STEPS).mapToObj(i -> numbers(24, 6)).toList();
        }

        /** The losses, and at last the weights, all from the same beginning. */
        List<double[]> on(Device device) {
            return with(new Function(graph, device));
        }

        private List<double[]> with(Function function) {
            NDArray first = w.value();
            m.set(NDArray.zeros(m.dtype(), m.shape()));
            var results = new ArrayList<double[]>();
            try (function) {
                for (int step = 0; step < STEPS; step++) {
                    NDArray batch = batches.get(step);
                    List<NDArray> into = List.of(NDArray.zeros(DType.FLOAT32, Shape.SCALAR),
                            NDArray.zeros(DType.FLOAT32, Shape.of(24)));
                    if (step % 2 == 1) {
                        function.callInto(into, List.of(batch));
                    }
                    (step % 2 == 1 ? into : function.call(batch)).forEach(r -> results.add(r.toDoubles()));
                }
                results.add(w.value().toDoubles());
                results.add(m.value().toDoubles());
            } finally {
                w.set(first);
            }
            return results;
        }
    }

    private static void assertSame(List<double[]> want, List<double[]> got, String what) {
        assertEquals(want.size(), got.size(), what);
        IntStream.range(0, want.size())
                .forEach(i -> assertArrayEquals(want.get(i), got.get(i), 1e-5, what + ", result " + i));
    }

    private void assertSurvives(Training training, List<double[]> want, List<SimulatedDevice> devices,
            Duration patience, Duration rest, String what) {
        try (var split = new DeviceGroup(List.copyOf(devices), training.sharing, patience, rest)) {
            assertSame(want, training.on(split), what);
        } finally {
            devices.forEach(SimulatedDevice::release);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anErrorAtAnyCallOfADeviceIsMadeGood(Sharing sharing) {
        var training = new Training(sharing);
        List<double[]> want = training.on(reference);
        SimulatedDevice undisturbed = device("a:0", n -> Fault.NONE);
        assertSurvives(training, want, List.of(undisturbed, device("b:0", n -> Fault.NONE)), NEVER, NEVER, "no fault");
        assertTrue(undisturbed.asked() > 3 * STEPS, () -> undisturbed.asked() + " calls");
        for (int fault = 0; fault < undisturbed.asked(); fault++) {
            int at = fault;
            for (Duration rest : List.of(NEVER, Duration.ZERO)) {
                SimulatedDevice b = device("b:0", n -> Fault.NONE);
                SimulatedDevice a = device("a:0", n -> n == at ? Fault.ERROR : Fault.NONE);
                assertSurvives(training, want, List.of(a, b, device("c:0", n -> Fault.NONE)), NEVER, rest,
                        "an error at call " + at);
                assertEquals(0, a.open(), "graphs that are left open");
                assertEquals(0, b.open(), "graphs that are left open");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyOfThreeMayFailOneAfterAnother(Sharing sharing) {
        var training = new Training(sharing);
        List<double[]> want = training.on(reference);
        for (int seed = 0; seed < 30; seed++) {
            var draws = new Random(seed);
            IntFunction<Fault> often = n -> n > 12 && draws.nextInt(60) == 0 ? Fault.ERROR : Fault.NONE;
            assertSurvives(training, want,
                    List.of(device("a:0", often), device("b:0", often), device("c:0", n -> Fault.NONE)), NEVER,
                    Duration.ZERO, "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeviceThatHangsIsLeftAlone(Sharing sharing) {
        var training = new Training(sharing);
        List<double[]> want = training.on(reference);
        for (int at : new int[] {4, 5, 6, 7, 20}) {
            SimulatedDevice a = device("a:0", n -> n == at ? Fault.HANG : Fault.NONE);
            assertSurvives(training, want, List.of(a, device("b:0", n -> Fault.NONE)), SOON, NEVER,
                    "hung at call " + at);
        }
    }

    /** It has its part of the sums at last, but not the last word: others have done its rows. */
    @Test
    void aDeviceThatAnswersTooLateUpdatesNothing() {
        var training = new Training(Sharing.SPLIT);
        List<double[]> want = training.on(reference);
        SimulatedDevice undisturbed = device("a:0", n -> Fault.NONE);
        assertSurvives(training, want, List.of(undisturbed, device("b:0", n -> Fault.NONE)), NEVER, NEVER, "no fault");
        // Each graph is compiled, then called once a step.
        int graphs = undisturbed.asked() / (STEPS + 1);
        for (int call = graphs; call < 2 * graphs; call++) {
            int at = call;
            SimulatedDevice late = device("a:0", n -> n == at ? Fault.LATE : Fault.NONE);
            int asked;
            try (var group = new DeviceGroup(List.of(late, device("b:0", n -> Fault.NONE)), Sharing.SPLIT, SOON,
                    NEVER)) {
                assertSame(want, training.on(group), "late at call " + at);
                asked = late.asked();
                late.release();
            }
            assertEquals(asked, late.asked(), "late at call " + at);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SPLIT", "PLACE"})
    void aDeviceComesBackWhenItComputesAgain(Sharing sharing) {
        var training = new Training(sharing);
        List<double[]> want = training.on(reference);
        SimulatedDevice wrong = device("a:0", n -> n == 8 ? Fault.ERROR : n > 8 ? Fault.WRONG : Fault.NONE);
        SimulatedDevice well = device("b:0", n -> n == 9 ? Fault.ERROR : Fault.NONE);
        assertSurvives(training, want, List.of(wrong, well, device("c:0", n -> Fault.NONE)), NEVER, Duration.ZERO,
                "one comes back");
        assertTrue(well.asked() > 2 * STEPS, () -> well.asked() + " calls");
    }

    @ParameterizedTest
    @EnumSource
    void withNoDeviceLeftTheExceptionHasTheFateOfEach(Sharing sharing) {
        var training = new Training(sharing);
        List<Device> devices = List.of(device("a:0", n -> n > 9 ? Fault.ERROR : Fault.NONE),
                device("b:0", n -> n > 20 ? Fault.OUT_OF_MEMORY : Fault.NONE));
        try (var split = new DeviceGroup(devices, sharing, NEVER, NEVER)) {
            String message = assertThrows(NoDeviceLeft.class, () -> training.on(split)).getMessage();
            assertTrue(message.contains("a:0: an error") && message.contains("b:0: no memory"), message);
        }
    }

    @Test
    void aDeviceThatLacksMemoryHasFewerRows() {
        var training = new Training(Sharing.SPLIT);
        List<double[]> want = training.on(reference);
        var small = new SimulatedDevice("a:0", new Rates(1e9, 1e9, 1e-6, 6000), reference, n -> Fault.NONE);
        SimulatedDevice large = device("b:0", n -> Fault.NONE);
        assertSurvives(training, want, List.of(small, large), NEVER, NEVER, "with little memory");
        assertTrue(small.asked() > 2 * STEPS, () -> small.asked() + " calls of the small one");
    }

    @Test
    void devicesThatAllLackMemoryDoTheirRowsInTurns() {
        var training = new Training(Sharing.SPLIT);
        List<double[]> want = training.on(reference);
        for (int memory : new int[] {2200, 3000, 6000}) {
            for (int devices = 1; devices < 3; devices++) {
                List<SimulatedDevice> small = IntStream.range(0, devices)
                        .mapToObj(i -> new SimulatedDevice("a:" + i, new Rates(1e9, 1e9, 1e-6, memory), reference,
                                n -> Fault.NONE))
                        .toList();
                assertSurvives(training, want, small, NEVER, NEVER, devices + " with " + memory + " bytes");
                small.forEach(d -> assertEquals(0, d.open(), "graphs that are left open"));
            }
        }
    }

    @Test
    void aFunctionWhoseDeviceLacksMemoryIsComputedWhereLessIsDoneAtATime() {
        var training = new Training(Sharing.SPLIT);
        List<double[]> want = training.on(reference);
        var small = new SimulatedDevice("a:0", new Rates(1e9, 1e9, 1e-6, 6000), reference, n -> Fault.NONE);
        try (var alone = new DeviceGroup(List.of(small))) {
            assertSame(want, training.with(new Function(training.graph, small, () -> alone)), "in turns");
        }
        assertThrows(DeviceFailure.class, () -> new Function(training.graph, small).call(training.batches.get(0)));
    }

    @Test
    void aDeviceAloneThatLacksMemoryForARowKeepsItsVariables() {
        var training = new Training(Sharing.SPLIT);
        NDArray first = training.w.value();
        var small = new SimulatedDevice("a:0", new Rates(1e9, 1e9, 1e-6, 500), reference, n -> Fault.NONE);
        try (var alone = new DeviceGroup(List.of(small), Sharing.SPLIT, NEVER, NEVER);
                var function = new Function(training.graph, alone)) {
            for (int i = 0; i < 2; i++) {
                String message = assertThrows(DeviceFailure.class, () -> function.call(training.batches.get(0)))
                        .getMessage();
                assertEquals("a:0: no memory", message);
            }
            assertArrayEquals(first.toDoubles(), training.w.value().toDoubles());
        }
        assertEquals(0, small.open(), "graphs that are left open");
    }

    @Test
    void whatCannotBeDividedSurvivesToo() {
        Tensor x = K.placeholder(K.NONE, 3);
        Variable v = new Variable(numbers(5, 5), "v");
        Tensor read = Tensor.of(new Op.Read(v));
        Graph graph = new Graph(List.of(x), List.of(K.sum(read)),
                List.of(new Graph.Update(v, read.times(0.5).plus(K.dot(x, K.transpose(x))))));
        NDArray rows = numbers(5, 3);
        NDArray first = v.value();
        var results = new ArrayList<double[]>();
        for (int fault = -1; fault < 8; fault++) {
            int at = fault;
            v.set(first);
            SimulatedDevice a = device("a:0", n -> n == at ? Fault.ERROR : Fault.NONE);
            try (var split = new DeviceGroup(List.of(a, device("b:0", n -> Fault.NONE)), Sharing.SPLIT, NEVER, NEVER);
                    var function = new Function(graph, split)) {
                IntStream.range(0, 5).forEach(i -> function.call(rows));
                results.add(v.value().toDoubles());
            }
            assertArrayEquals(results.get(0), results.get(results.size() - 1), 1e-5, "an error at call " + at);
        }
    }
}
