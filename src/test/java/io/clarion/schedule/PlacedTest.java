package io.clarion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.SimulatedDevice.Fault;
import io.clarion.schedule.SimulatedDevice.Rates;
import io.clarion.tensor.NDArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The operations of a graph are computed here and there, and the results are those of one device. */
class PlacedTest {
    private static final List<String> NAMES = List.of("a:0", "b:0", "c:0");
    private static final Rates RATES = new Rates(1e9, 1e9, 1e-6);
    private static final Duration NEVER = Duration.ofHours(1);
    private final Device reference = Engines.named("reference").orElseThrow().open("reference:0");

    private List<Device> devices(Rates rates) {
        return NAMES.stream().map(name -> (Device) new SimulatedDevice(name, rates, reference, n -> Fault.NONE))
                .toList();
    }

    private static NDArray numbers(Random random, int... shape) {
        float[] values = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        IntStream.range(0, values.length).forEach(i -> values[i] = random.nextFloat(-0.5f, 0.5f));
        return NDArray.of(values, shape);
    }

    /** Returns what {@code body} gives, on a device that is drawn, or on none that is named. */
    private static Tensor somewhere(Random random, boolean placed, Supplier<Tensor> body) {
        int at = placed ? random.nextInt(NAMES.size() + 1) : NAMES.size();
        try (var scope = DeviceScope.of(at == NAMES.size() ? null : NAMES.get(at))) {
            return body.get();
        }
    }

    /** A net of a few layers which is trained; each operation is anywhere, if they are {@code placed}. */
    private record Net(Graph graph, List<Variable> weights) {
        static Net of(Random random, boolean placed) {
            Tensor x = K.placeholder(K.NONE, 4);
            var weights = new ArrayList<Variable>();
            var reads = new ArrayList<Tensor>();
            Tensor h = x;
            for (int layer = 0; layer < 3; layer++) {
                Variable w = new Variable(numbers(random, 4, 4), "w" + layer);
                weights.add(w);
                Tensor read = somewhere(random, placed, () -> Tensor.of(new Op.Read(w)));
                reads.add(read);
                Tensor in = h;
                Tensor product = somewhere(random, placed, () -> K.dot(in, read));
                h = somewhere(random, placed, () -> K.tanh(product.plus(in)));
            }
            Tensor last = h;
            Tensor dropped = somewhere(random, placed, () -> K.dropout(last, 0.3, null, 7));
            Tensor loss = somewhere(random, placed, () -> K.mean(K.square(dropped.minus(K.reverse(x, 1)))));
            List<Tensor> gradients = K.gradients(loss, reads);
            var updates = new ArrayList<>(IntStream.range(0, 2)
                    .mapToObj(i -> new Graph.Update(weights.get(i), reads.get(i).minus(gradients.get(i).times(0.1))))
                    .toList());
            // One that takes what another was.
            updates.add(new Graph.Update(weights.get(2), reads.get(1)));
            return new Net(new Graph(List.of(x), List.of(loss, last, reads.get(0), x), updates), weights);
        }
    }

    private static List<double[]> results(Net net, Device device, List<NDArray> batches) {
        List<NDArray> first = net.weights().stream().map(Variable::value).toList();
        var results = new ArrayList<double[]>();
        try (var function = new Function(net.graph(), device)) {
            for (NDArray batch : batches) {
                function.call(batch).forEach(r -> results.add(r.toDoubles()));
            }
            net.weights().forEach(v -> results.add(v.value().toDoubles()));
        }
        IntStream.range(0, first.size()).forEach(i -> net.weights().get(i).set(first.get(i)));
        return results;
    }

    @Property(tries = 40)
    void operationsOnAnyDevicesGiveWhatOneGives(@ForAll long seed) {
        var random = new Random(seed);
        assertSame(Net.of(random, true), Sharing.PLACE, 5, random);
    }

    @Property(tries = 5)
    void allWaysGiveTheSame(@ForAll long seed) {
        var random = new Random(seed);
        assertSame(Net.of(random, false), Sharing.FASTEST, 20, random);
    }

    private void assertSame(Net net, Sharing sharing, int calls, Random random) {
        List<NDArray> batches = IntStream.range(0, calls).mapToObj(i -> numbers(random, 6, 4)).toList();
        List<double[]> want = results(net, reference, batches);
        try (var group = new DeviceGroup(devices(RATES), sharing, NEVER, NEVER)) {
            List<double[]> got = results(net, group, batches);
            IntStream.range(0, want.size())
                    .forEach(i -> assertArrayEquals(want.get(i), got.get(i), 1e-5, "result " + i));
        }
    }

    @Test
    void eachOperationIsWhereItsScopeSays() {
        Tensor x = K.placeholder(2, 3);
        Tensor y;
        Tensor z;
        try (var outer = DeviceScope.of("a:0")) {
            y = K.exp(x);
            try (var inner = DeviceScope.of("c:0")) {
                z = K.square(y);
            }
            assertEquals("a:0", K.exp(x).device());
        }
        assertEquals(List.of("a:0", "c:0"), List.copyOf(new Graph(List.of(x), List.of(z), List.of()).devices()));
        Tensor gradient = K.gradients(K.sum(z), y);
        assertEquals(List.of("a:0", "c:0", "c:0"),
                List.of(gradient.device(), gradient.input(0).device(), gradient.input(1).device()));
        try (var group = new DeviceGroup(devices(RATES));
                var function = new Function(new Graph(List.of(x), List.of(z), List.of()), group)) {
            String text = function.explain(NDArray.of(new float[6], 2, 3));
            assertTrue(text.startsWith("a:0:\nstage 0:") && text.contains("c:0:\nstage 1:") && !text.contains("b:0"),
                    text);
        }
    }

    @Test
    void aDeviceThatTheGroupLacksIsNamed() {
        Tensor x = K.placeholder(2, 3);
        try (var scope = DeviceScope.of("z:9"); var group = new DeviceGroup(devices(RATES));
                var function = new Function(new Graph(List.of(x), List.of(K.exp(x)), List.of()), group)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> function.call(NDArray.of(new float[6], 2, 3))).getMessage();
            assertTrue(message.contains("z:9") && message.contains("a:0"), message);
        }
    }

    @Test
    void aModelThatIsTooLargeForOneDeviceFitsSeveral() {
        var random = new Random(3);
        Tensor x = K.placeholder(1, 32);
        Tensor h = x;
        for (int layer = 0; layer < 6; layer++) {
            h = K.tanh(K.dot(h, Tensor.of(new Op.Read(new Variable(numbers(random, 32, 32), "w")))));
        }
        Graph graph = new Graph(List.of(x), List.of(h), List.of());
        NDArray row = numbers(random, 1, 32);
        double[] want;
        try (var function = new Function(graph, reference)) {
            want = function.call(row).get(0).toDoubles();
        }
        // A layer's weights take 4 KB.
        try (var group = new DeviceGroup(devices(new Rates(1e9, 1e9, 1e-6, 12_000)), Sharing.PLACE, NEVER, NEVER);
                var function = new Function(graph, group)) {
            assertArrayEquals(want, function.call(row).get(0).toDoubles(), 1e-5);
            assertTrue(NAMES.stream().allMatch(function.explain(row)::contains), function.explain(row));
        }
    }
}
