package io.clarion.conformance.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.engine.Device;
import io.clarion.graph.DeviceScope;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.schedule.DeviceGroup;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A training of a small convolutional net with batch normalisation and dropout, which devices share: its batch is split
 * among them, or each of its layers is placed on one of them. Outputs and weights are those of the reference engine
 * alone, but for rounding.
 */
public final class SharedTraining {
    private static final int CALLS = 4;
    private static final int ROWS = 45;
    /** Tolerance relative to the largest number, for the rounding of a few steps in float32. */
    private static final double CLOSE = 2e-4;

    private final Random random = new Random(3);
    private final List<Variable> weights = List.of(new Variable(numbers(3, 3, 3, 8), "filters"),
            new Variable(numbers(128, 16), "dense"),
            new Variable(numbers(16, 5), "last"));
    private final List<NDArray> first = weights.stream().map(Variable::value).toList();
    private final List<NDArray> batch;
    private final List<List<NDArray>> want;

    /** Trains on the reference engine's device alone. */
    public SharedTraining(Device reference) {
        NDArray y = NDArray.zeros(DType.FLOAT32, Shape.of(ROWS, 5));
        IntStream.range(0, ROWS).forEach(i -> y.set(5 * i + random.nextInt(5), 1));
        this.batch = List.of(numbers(ROWS, 8, 8, 3), y);
        this.want = trained(graph(List.of()), reference);
    }

    private NDArray numbers(int... shape) {
        NDArray values = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, values.elements()).forEach(i -> values.set(i, random.nextFloat(-0.3f, 0.3f)));
        return values;
    }

    /** Trains with the batch split among the devices; an {@link AssertionError} says what is wrong. */
    public void checkSplit(List<Device> devices) {
        check(devices, List.of());
    }

    /** Trains with the layers on each of the devices in turn; an {@link AssertionError} says what is wrong. */
    public void checkPlaced(List<Device> devices) {
        check(devices, devices);
    }

    private void check(List<Device> devices, List<Device> places) {
        try (var group = new DeviceGroup(devices)) {
            List<List<NDArray>> got = trained(graph(places), group);
            for (int i = 0; i < want.size(); i++) {
                for (int o = 0; o < want.get(i).size(); o++) {
                    double[] right = want.get(i).get(o).toDoubles();
                    double largest = DoubleStream.of(right).map(Math::abs).max().orElseThrow();
                    assertArrayEquals(right, got.get(i).get(o).toDoubles(), CLOSE * largest, group.report().id()
                            + (places.isEmpty() ? ", split" : ", placed") + ", result " + o
                            + (i == CALLS ? " of the weights" : " of call " + i));
                }
            }
        }
    }

    /** Returns a step, whose layers are in turn on each of {@code places}, or anywhere if there is none. */
    private Graph graph(List<Device> places) {
        Tensor x = K.placeholder(K.NONE, 8, 8, 3);
        Tensor y = K.placeholder(K.NONE, 5);
        List<Tensor> w = weights.stream().map(v -> Tensor.of(new Op.Read(v))).toList();
        Tensor convolved = on(places, 0,
                () -> K.conv2d(x, w.get(0), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF));
        Tensor normal = on(places, 1,
                () -> K.relu(K.normalizeBatchInTraining(convolved, null, null, new int[] {0, 1, 2}).normalized()));
        Tensor pooled = on(places, 2, () -> K.pool2d(normal, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID,
                DimOrdering.TF, PoolMode.MAX));
        Tensor h = on(places, 3, () -> K.dropout(K.tanh(K.dot(K.batchFlatten(pooled), w.get(1))), 0.25, null, 11L));
        Tensor p = on(places, 0, () -> K.softmax(K.dot(h, w.get(2))));
        Tensor loss = on(places, 1, () -> K.mean(K.categoricalCrossentropy(p, y)));
        List<Tensor> gradients = K.gradients(loss, w);
        return new Graph(List.of(x, y), List.of(p, loss), IntStream.range(0, w.size())
                .mapToObj(i -> new Graph.Update(weights.get(i), w.get(i).minus(gradients.get(i).times(0.2)))).toList());
    }

    private static Tensor on(List<Device> places, int layer, Supplier<Tensor> body) {
        try (var scope = DeviceScope.of(places.isEmpty() ? null : places.get(layer % places.size()).report().id())) {
            return body.get();
        }
    }

    /** Returns the outputs of each call, and the weights after the last, from the same beginning. */
    private List<List<NDArray>> trained(Graph graph, Device device) {
        IntStream.range(0, first.size()).forEach(i -> weights.get(i).set(first.get(i)));
        var results = new ArrayList<List<NDArray>>();
        try (var function = new Function(graph, device)) {
            for (int i = 0; i < CALLS; i++) {
                results.add(function.call(batch));
            }
        }
        results.add(weights.stream().map(Variable::value).toList());
        return results;
    }
}
