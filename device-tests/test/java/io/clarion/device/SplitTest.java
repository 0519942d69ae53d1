package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.engine.Device;
import io.clarion.engine.Engines;
import io.clarion.engine.Function;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every mixture of the devices that are there, the reference engine's among them, trains as one device does. */
class SplitTest {
    /** Of the largest number: what rounding makes of a few steps in float32. */
    private static final double CLOSE = 2e-4;
    private final Random random = new Random(3);
    private final Device reference = Engines.named("reference").orElseThrow().open("reference:0");

    private NDArray numbers(int... shape) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, values.elements()).forEach(i -> values.set(i, random.nextFloat(-0.3f, 0.3f)));
        return values;
    }

    /** A step of a small convolutional net with batch normalisation and dropout, and its weights. */
    private record Step(Graph graph, List<Variable> weights) {}

    /** Its layers are in turn on each of {@code places}, or anywhere if there is none. */
    private Step step(List<Device> places) {
        Tensor x = K.placeholder(K.NONE, 8, 8, 3);
        Tensor y = K.placeholder(K.NONE, 5);
        List<Variable> variables = List.of(new Variable(numbers(3, 3, 3, 8), "filters"), new Variable(numbers(128, 16), "dense"), new Variable(numbers(16, 5), "last"));
        List<Tensor> w = variables.stream().map(v -> Tensor.of(new Op.Read(v))).toList();
        Tensor convolved = on(places, 0, () -> K.conv2d(x, w.get(0), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF));
        Tensor normal = on(places, 1, () -> K.relu(K.normalizeBatchInTraining(convolved, null, null, new int[] {0, 1, 2}).normalized()));
        Tensor pooled = on(places, 2, () -> K.pool2d(normal, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF, PoolMode.MAX));
        Tensor h = on(places, 3, () -> K.dropout(K.tanh(K.dot(K.batchFlatten(pooled), w.get(1))), 0.25, null, 11L));
        Tensor p = on(places, 0, () -> K.softmax(K.dot(h, w.get(2))));
        Tensor loss = on(places, 1, () -> K.mean(K.categoricalCrossentropy(p, y)));
        List<Tensor> gradients = K.gradients(loss, w);
        return new Step(new Graph(List.of(x, y), List.of(p, loss), IntStream.range(0, w.size())
                .mapToObj(i -> new Graph.Update(variables.get(i), w.get(i).minus(gradients.get(i).times(0.2)))).toList()), variables);
    }

    private static Tensor on(List<Device> places, int layer, Supplier<Tensor> body) {
        try (var scope = DeviceScope.of(places.isEmpty() ? null : places.get(layer % places.size()).report().id())) {
            return body.get();
        }
    }

    private static List<List<NDArray>> trained(Step step, Device device, List<NDArray> values) {
        var results = new ArrayList<List<NDArray>>();
        try (var function = new Function(step.graph(), device)) {
            for (int i = 0; i < 4; i++) {
                results.add(function.call(values));
            }
        }
        results.add(step.weights().stream().map(Variable::value).toList());
        return results;
    }

    @Test
    void everyMixtureTrainsAsOneDeviceDoes() {
        assertSame(some -> List.of());
    }

    @Test
    void everyMixtureHasEachLayerWhereItIsPlaced() {
        assertSame(some -> some);
    }

    /** What {@code places} the layers have, given the devices. */
    private void assertSame(UnaryOperator<List<Device>> places) {
        Step step = step(List.of());
        NDArray y = NDArray.zeros(DType.FLOAT32, Shape.of(45, 5));
        IntStream.range(0, 45).forEach(i -> y.set(5 * i + random.nextInt(5), 1));
        List<NDArray> values = List.of(numbers(45, 8, 8, 3), y);
        List<NDArray> first = step.weights().stream().map(Variable::value).toList();
        List<List<NDArray>> want = trained(step, reference, values);
        var all = new ArrayList<Device>(Devices.all().stream().map(TestedDevice::device).toList());
        all.add(reference);
        for (int mixture = 1; mixture < 1 << all.size(); mixture++) {
            int chosen = mixture;
            List<Device> some = IntStream.range(0, all.size()).filter(i -> (chosen >> i & 1) != 0).mapToObj(all::get).toList();
            Step placed = step(places.apply(some));
            IntStream.range(0, first.size()).forEach(i -> placed.weights().get(i).set(first.get(i)));
            try (var split = new DeviceGroup(some)) {
                List<List<NDArray>> got = trained(placed, split, values);
                for (int i = 0; i < want.size(); i++) {
                    for (int o = 0; o < want.get(i).size(); o++) {
                        double[] right = want.get(i).get(o).toDoubles();
                        double largest = DoubleStream.of(right).map(Math::abs).max().orElseThrow();
                        assertArrayEquals(right, got.get(i).get(o).toDoubles(), CLOSE * largest, split.report().id() + ", result " + o + " of call " + i);
                    }
                }
            }
        }
        assertTrue(all.size() > 1);
    }
}
