package io.clarion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engines;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What several devices give together is what one gives, but for rounding. */
class DeviceGroupTest {
    private static final double CLOSE = 1e-5;
    private final Device reference = Engines.named("reference").orElseThrow().open("reference:0");
    private final Random random = new Random(1);

    /** The reference device as another of its kind. */
    private record Other(Device inner) implements Device {
        @Override
        public DeviceReport report() {
            return inner.report();
        }

        @Override
        public Executable compile(Graph graph) {
            return inner.compile(graph);
        }

        @Override
        public Speed probe() {
            return inner.probe();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }

        @Override
        public void close() {
            // It is not its to close.
        }
    }

    private NDArray numbers(int... shape) {
        float[] values = new float[IntStream.of(shape).reduce(1, (a, b) -> a * b)];
        IntStream.range(0, values.length).forEach(i -> values[i] = random.nextFloat(-0.5f, 0.5f));
        return NDArray.of(values, shape);
    }

    /** What is trained: inputs, a loss, rows of results, and weights. */
    private record Net(List<Tensor> inputs, Tensor loss, Tensor result, List<Variable> weights) {
        Graph graph() {
            List<Tensor> w = weights.stream()
                    .map(v -> Graph.tensors(List.of(loss)).stream()
                            .filter(t -> t.op() instanceof Op.Read(Variable x) && x == v)
                            .findFirst().orElseThrow())
                    .toList();
            List<Tensor> gradients = K.gradients(loss, w);
            return new Graph(inputs, List.of(result, loss, K.sum(K.square(gradients.get(0)))),
                    IntStream.range(0, w.size())
                            .mapToObj(
                                    i -> new Graph.Update(weights.get(i), w.get(i).minus(gradients.get(i).times(0.1))))
                            .toList());
        }
    }

    /** A device that lacks memory for the first things that it is asked for, so many of them. */
    private Device lacking(int times, String id) {
        return new SimulatedDevice(id, new SimulatedDevice.Rates(1e9, 1e9, 1e-6), reference,
                n -> n < times ? SimulatedDevice.Fault.OUT_OF_MEMORY : SimulatedDevice.Fault.NONE);
    }

    /** The same calls on one device, on three, rows as those find good, and on some that do their rows in turns. */
    private void assertSame(Net net, List<NDArray> values) {
        List<NDArray> first = net.weights().stream().map(Variable::value).toList();
        Graph graph = net.graph();
        var want = new ArrayList<List<NDArray>>();
        try (var function = new Function(graph, reference)) {
            for (int i = 0; i < 3; i++) {
                want.add(function.call(values));
            }
        }
        List<NDArray> wanted = net.weights().stream().map(Variable::value).toList();
        for (List<Device> devices : List.of(List.of(reference, new Other(reference), new Other(reference)),
                List.of(lacking(1, "a")), List.of(lacking(2, "a")),
                List.of(lacking(2, "a"), lacking(1, "b")))) {
            IntStream.range(0, first.size()).forEach(i -> net.weights().get(i).set(first.get(i)));
            try (var split = new DeviceGroup(devices); var function = new Function(graph, split)) {
                assertTrue(function.explain(values.toArray(NDArray[]::new)).contains(" rows"), "it was not divided");
                for (int i = 0; i < 3; i++) {
                    List<NDArray> got = function.call(values);
                    for (int o = 0; o < got.size(); o++) {
                        assertEquals(want.get(i).get(o).shape(), got.get(o).shape());
                        assertClose(want.get(i).get(o), got.get(o), "output " + o + " of call " + i);
                    }
                }
            }
            for (int i = 0; i < first.size(); i++) {
                assertClose(wanted.get(i), net.weights().get(i).value(), net.weights().get(i).name());
            }
        }
    }

    private static void assertClose(NDArray want, NDArray got, String what) {
        double largest = DoubleStream.of(want.toDoubles()).map(Math::abs).max().orElse(0);
        assertArrayEquals(want.toDoubles(), got.toDoubles(), CLOSE * Math.max(1, largest), what);
    }

    private Variable weights(int... shape) {
        return new Variable(numbers(shape), "w" + List.of(IntStream.of(shape).boxed().toArray()));
    }

    private static Tensor read(Variable v) {
        return Tensor.of(new Op.Read(v));
    }

    private Net classifier(boolean normalized, boolean dropped) {
        Tensor x = K.placeholder(K.NONE, 12);
        Tensor y = K.placeholder(K.NONE, 4);
        Variable w = weights(12, 8);
        Variable b = weights(8);
        Variable v = weights(8, 4);
        Tensor h = K.dot(x, read(w)).plus(read(b));
        h = normalized ? K.normalizeBatchInTraining(h, null, null, new int[] {0}).normalized() : h;
        h = dropped ? K.dropout(K.relu(h), 0.5, null, 5L) : K.relu(h);
        Tensor p = K.softmax(K.dot(h, read(v)));
        return new Net(List.of(x, y), K.mean(K.categoricalCrossentropy(p, y)), p,
                normalized ? List.of(w, v) : List.of(w, b, v));
    }

    private List<NDArray> labelled(int rows) {
        NDArray y = NDArray.zeros(DType.FLOAT32, Shape.of(rows, 4));
        IntStream.range(0, rows).forEach(i -> y.set(4 * i + random.nextInt(4), 1));
        return List.of(numbers(rows, 12), y);
    }

    @Test
    void denseLayers() {
        for (int rows : new int[] {3, 37, 200}) {
            assertSame(classifier(false, false), labelled(rows));
        }
    }

    @Test
    void batchNormalizationIsThatOfTheWholeBatch() {
        assertSame(classifier(true, false), labelled(50));
    }

    @Test
    void dropoutDrawsWhatOneDeviceDraws() {
        assertSame(classifier(false, true), labelled(41));
    }

    @Test
    void convolutions() {
        Tensor x = K.placeholder(K.NONE, 6, 6, 2);
        Variable w = weights(3, 3, 2, 4);
        Variable v = weights(36, 1);
        Tensor h = K.relu(K.conv2d(x, read(w), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF));
        h = K.pool2d(h, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF, PoolMode.MAX);
        Tensor p = K.dot(K.batchFlatten(h), read(v));
        assertSame(new Net(List.of(x), K.mean(K.square(p)), p, List.of(w, v)), List.of(numbers(19, 6, 6, 2)));
    }

    @Test
    void embeddingsAndRecurrence() {
        Tensor words = K.placeholder(new int[] {K.NONE, 5}, DType.INT32);
        Variable table = weights(9, 6);
        Variable u = weights(6, 6);
        RnnOutputs r = K.rnn((in, states) -> {
            Tensor h = K.tanh(in.plus(K.dot(states.get(0), read(u))));
            return new StepFunction.Step(h, List.of(h));
        }, K.gather(read(table), words),
                List.of(K.zerosLike(K.gather(read(table), K.gather(K.transpose(words), K.constant(0, DType.INT32))))));
        int[] named = random.ints(23 * 5, 0, 9).toArray();
        assertSame(new Net(List.of(words), K.mean(K.square(r.lastOutput())), r.outputs(), List.of(table, u)),
                List.of(NDArray.of(named, 23, 5)));
    }

    @Test
    void extremesOfTheBatch() {
        Tensor x = K.placeholder(K.NONE, 7);
        Variable w = weights(7);
        Tensor scaled = x.div(K.max(x, 0, true)).minus(K.min(x, 0, true)).times(read(w));
        assertSame(new Net(List.of(x), K.sum(K.square(scaled)), scaled, List.of(w)), List.of(numbers(29, 7)));
    }

    /** The number of columns is told by the call too. */
    @Test
    void sumsWhoseSizesACallTells() {
        Tensor x = K.placeholder(K.NONE, K.NONE);
        Variable w = weights(1);
        Tensor y = x.times(read(w)).minus(K.mean(x, 0, true));
        assertSame(new Net(List.of(x), K.sum(K.square(K.sum(y, 0, false))), K.transpose(y), List.of(w)),
                List.of(numbers(17, 5)));
    }

    @Test
    void whatMixesRowsRunsOnOneDevice() {
        Tensor x = K.placeholder(K.NONE, 4);
        Graph graph = new Graph(List.of(x), List.of(K.dot(x, K.transpose(x))), List.of());
        NDArray rows = numbers(6, 4);
        try (var split = new DeviceGroup(List.of(reference, new Other(reference)));
                var function = new Function(graph, split); var alone = new Function(graph, reference)) {
            assertArrayEquals(alone.call(rows).get(0).toDoubles(), function.call(rows).get(0).toDoubles());
        }
    }

    @Test
    void whatCutsRowsRunsOnOneDevice() {
        Tensor x = K.placeholder(K.NONE, 3);
        Graph graph = new Graph(List.of(x), List.of(K.reshape(x, new int[] {-1, 2}).times(2)), List.of());
        NDArray rows = numbers(6, 3);
        try (var split = new DeviceGroup(List.of(reference, new Other(reference)));
                var function = new Function(graph, split); var alone = new Function(graph, reference)) {
            assertArrayEquals(alone.call(rows).get(0).toDoubles(), function.call(rows).get(0).toDoubles());
        }
    }

    @Test
    void aDeviceCannotBeItsOwnPartner() {
        assertThrows(IllegalArgumentException.class, () -> new DeviceGroup(List.of(reference, reference)));
        assertThrows(IllegalArgumentException.class, () -> new DeviceGroup(List.of()));
    }
}
