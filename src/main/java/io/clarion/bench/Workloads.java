package io.clarion.bench;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.StepFunction.Step;
import io.clarion.bench.Workload.Limit;
import io.clarion.bench.Workload.Run;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The workloads, all float32. What is not a training step has its inputs on the device and leaves its result there; a
 * training step begins with the host's arrays and ends with the new weights on the device and the loss on the host.
 */
public final class Workloads {
    static final String CHANNELS_FIRST = "_nchw";
    static final String CHANNELS_LAST = "_nhwc";
    private static final double RATE = 0.01;
    static final int BATCH = 128;

    private Workloads() {}

    /** Returns all of them, from products to training. */
    public static List<Workload> all() {
        return Stream.of(products(), elementwise(), rows(), images(DimOrdering.TF), images(DimOrdering.TH), training())
                .flatMap(List::stream).toList();
    }

    private static List<Workload> products() {
        var list = new ArrayList<Workload>();
        for (int n : new int[] {256, 512, 1024, 2048}) {
            list.add(product("gemm" + n, n, n, n));
        }
        list.add(product("gemm64x784x512", 64, 784, 512));
        int n = 1024;
        list.add(new Workload("gemv1024", Unit.GFLOPS, 2.0 * n * n, Limit.READING, 4.0 * n * n,
                () -> map(x -> K.dot(x.get(0), x.get(1)), normal(1, 1, n), normal(2, n, n))));
        return list;
    }

    private static Workload product(String name, int m, int k, int n) {
        return Workload.rate(name, 2.0 * m * k * n,
                () -> map(x -> K.dot(x.get(0), x.get(1)), normal(1, m, k), normal(2, k, n)));
    }

    private static List<Workload> elementwise() {
        return List.of(
                Workload.time("chain4M", Unit.MILLIS, Limit.COPYING, 32e6,
                        () -> map(Workloads::chain, normal(1, 4_000_000))),
                Workload.time("chain1k", Unit.MICROS, Limit.NONE, 0, () -> map(Workloads::chain, normal(1, 1000))));
    }

    private static Tensor chain(List<Tensor> in) {
        Tensor x = in.get(0);
        return K.tanh(x.times(2).plus(1)).times(K.sigmoid(x)).minus(K.relu(x));
    }

    private static List<Workload> rows() {
        int n = 4096;
        return List.of(
                Workload.time("softmax4096x1000", Unit.MILLIS, Limit.COPYING, 8.0 * n * 1000,
                        () -> map(x -> K.softmax(x.get(0)), normal(1, n, 1000))),
                Workload.time("sum_axis0", Unit.MILLIS, Limit.READING, 4.0 * n * n,
                        () -> map(x -> K.sum(x.get(0), 0), normal(1, n, n))),
                Workload.time("sum_axis1", Unit.MILLIS, Limit.READING, 4.0 * n * n,
                        () -> map(x -> K.sum(x.get(0), 1), normal(1, n, n))));
    }

    private static List<Workload> images(DimOrdering ordering) {
        String suffix = ordering == DimOrdering.TF ? "" : CHANNELS_FIRST;
        var list = new ArrayList<Workload>();
        list.add(Workload.time("batchnorm_train" + (ordering == DimOrdering.TF ? CHANNELS_LAST : CHANNELS_FIRST),
                Unit.MILLIS, Limit.COPYING,
                12.0 * 64 * 56 * 56 * 64, () -> map(x -> normalized(x, ordering),
                        normal(1, image(ordering, 64, 56, 64)), normal(2, 64), normal(3, 64))));
        for (Pass pass : Pass.values()) {
            String end = pass.suffix + suffix;
            list.add(convolution("conv3x3_64_56" + end, ordering, pass, 32, 56, 64, 3, 64));
            list.add(convolution("conv3x3_3_32" + end, ordering, pass, 32, 32, 3, 3, 32));
            list.add(convolution("conv1x1_256_64" + end, ordering, pass, 32, 28, 256, 1, 64));
            list.add(depthwise("depthwise3x3_64_56" + end, ordering, pass, 32, 56, 64));
        }
        return list;
    }

    private static Tensor normalized(List<Tensor> x, DimOrdering ordering) {
        int[] axes = ordering == DimOrdering.TF ? new int[] {0, 1, 2} : new int[] {0, 2, 3};
        return K.normalizeBatchInTraining(x.get(0), x.get(1), x.get(2), axes, 1e-3).normalized();
    }

    /** The pass of a convolution that is computed: forward or one of its gradients. */
    private enum Pass {
        FORWARD(""), INPUT_GRADIENT("_dx"), WEIGHT_GRADIENT("_dw");

        final String suffix;

        Pass(String suffix) {
            this.suffix = suffix;
        }
    }

    private static Workload convolution(String name, DimOrdering ordering, Pass pass, int n, int side, int channels,
            int window, int filters) {
        return convolution(name, 2.0 * n * side * side * channels * window * window * filters, pass,
                in -> K.conv2d(in.get(0), in.get(1), new int[] {1, 1}, BorderMode.SAME, ordering),
                image(ordering, n, side, channels), kernel(ordering, window, channels, filters),
                image(ordering, n, side, filters));
    }

    /** Returns each channel with a window of its own. */
    private static Workload depthwise(String name, DimOrdering ordering, Pass pass, int n, int side, int channels) {
        return convolution(name, 2.0 * n * side * side * channels * 9, pass,
                in -> K.depthwiseConv2d(in.get(0), in.get(1), new int[] {1, 1}, BorderMode.SAME, ordering),
                image(ordering, n, side, channels), kernel(ordering, 3, channels, 1),
                image(ordering, n, side, channels));
    }

    private static Workload convolution(String name, double operations, Pass pass, Computed forward, int[] images,
            int[] kernels, int[] results) {
        return Workload.rate(name, operations, () -> map(in -> {
            Tensor y = forward.of(in);
            return switch (pass) {
                case FORWARD -> y;
                case INPUT_GRADIENT -> K.gradients(y.times(in.get(2)), in.get(0));
                case WEIGHT_GRADIENT -> K.gradients(y.times(in.get(2)), in.get(1));
            };
        }, normal(1, images), normal(2, kernels), normal(3, results)));
    }

    private static int[] image(DimOrdering ordering, int n, int side, int channels) {
        return ordering == DimOrdering.TF ? new int[] {n, side, side, channels} : new int[] {n, channels, side, side};
    }

    private static int[] kernel(DimOrdering ordering, int window, int channels, int filters) {
        return ordering == DimOrdering.TF ? new int[] {window, window, channels, filters}
                : new int[] {filters, channels, window, window};
    }

    private static List<Workload> training() {
        return List.of(
                Workload.samples("mlp_train", BATCH, 3 * 2.0 * (784 * 512 + 512 * 512 + 512 * 10) - 2.0 * 784 * 512,
                        () -> perceptron(BATCH, 784, 512, 512, 10)),
                cnn(DimOrdering.TF), cnn(DimOrdering.TH),
                Workload.samples("lstm_fwd", 32, 80 * 2.0 * (32 + 128) * 512, () -> lstm(80, false)),
                Workload.samples("lstm_train", 32, 3 * 80 * 2.0 * (32 + 128) * 512, () -> lstm(80, true)));
    }

    private static Workload cnn(DimOrdering ordering) {
        double first = 2.0 * 26 * 26 * 32 * 9;
        double others = 2.0 * (24 * 24 * 32 * 32 * 9 + 4608 * 128 + 128 * 10);
        return Workload.samples("cnn_train" + (ordering == DimOrdering.TF ? "" : CHANNELS_FIRST), BATCH,
                2 * first + 3 * others, () -> convolutional(ordering, BATCH));
    }

    /** Returns a training step of dense layers of these widths with relu between, softmax cross-entropy. */
    static Run perceptron(int batch, int... widths) {
        var shapes = new ArrayList<int[]>();
        for (int i = 1; i < widths.length; i++) {
            shapes.add(new int[] {widths[i - 1], widths[i]});
            shapes.add(new int[] {widths[i]});
        }
        return steps(shapes, (w, x) -> {
            Tensor h = x;
            for (int i = 0; i < w.size(); i += 2) {
                h = K.dot(i == 0 ? h : K.relu(h), w.get(i)).plus(w.get(i + 1));
            }
            return h;
        }, normal(9, batch, widths[0]));
    }

    /** Returns a training step of the small convolutional net. */
    static Run convolutional(DimOrdering ordering, int batch) {
        List<int[]> shapes = List.of(kernel(ordering, 3, 1, 32), new int[] {32}, kernel(ordering, 3, 32, 32),
                new int[] {32},
                new int[] {4608, 128}, new int[] {128}, new int[] {128, 10}, new int[] {10});
        return steps(shapes, (w, x) -> {
            Tensor h = x;
            for (int i = 0; i < 4; i += 2) {
                h = K.relu(K.biasAdd(K.conv2d(h, w.get(i), new int[] {1, 1}, BorderMode.VALID, ordering), w.get(i + 1),
                        ordering));
            }
            h = K.batchFlatten(
                    K.pool2d(h, new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, ordering, PoolMode.MAX));
            return K.dot(K.relu(K.dot(h, w.get(4)).plus(w.get(5))), w.get(6)).plus(w.get(7));
        }, normal(9, image(ordering, batch, 28, 1)));
    }

    private interface Net {
        Tensor logits(List<Tensor> weights, Tensor x);
    }

    private static Run steps(List<int[]> shapes, Net net, NDArray samples) {
        List<Tensor> weights = weights(shapes);
        int batch = samples.shape().size(0);
        int[] sizes = samples.shape().sizes();
        sizes[0] = K.NONE;
        Tensor x = K.placeholder(sizes);
        Tensor y = K.placeholder(new int[] {K.NONE}, DType.INT32);
        Tensor loss = K.mean(K.sparseCategoricalCrossentropy(net.logits(weights, x), y, true));
        var random = new Random(10);
        NDArray classes = NDArray.of(IntStream.generate(() -> random.nextInt(10)).limit(batch).toArray(), batch);
        return of(K.function(List.of(x, y), List.of(loss), descent(loss, weights)), weights, samples, classes);
    }

    private static List<Tensor> weights(List<int[]> shapes) {
        return IntStream.range(0, shapes.size()).mapToObj(i -> K.variable(scaled(normal(20 + i, shapes.get(i)), 0.05)))
                .toList();
    }

    private static List<Graph.Update> descent(Tensor loss, List<Tensor> weights) {
        List<Tensor> gradients = K.gradients(loss, weights);
        return IntStream.range(0, weights.size())
                .mapToObj(i -> K.updateSub(weights.get(i), gradients.get(i).times(RATE))).toList();
    }

    /** Returns an LSTM of 128 units on 32 features, batches of 32; the loss is the mean of the last output squared. */
    static Run lstm(int steps, boolean isTraining) {
        int units = 128;
        List<Tensor> w = weights(
                List.of(new int[] {32, 4 * units}, new int[] {units, 4 * units}, new int[] {4 * units}));
        NDArray samples = normal(9, 32, steps, 32);
        UnaryOperator<Tensor> last = x -> K.rnn((in, states) -> {
            Tensor z = K.dot(in, w.get(0)).plus(K.dot(states.get(0), w.get(1))).plus(w.get(2));
            List<Tensor> gates = IntStream.range(0, 4).mapToObj(g -> z.slice(1, g * units, Dim.of(units))).toList();
            Tensor c = K.sigmoid(gates.get(1)).times(states.get(1))
                    .plus(K.sigmoid(gates.get(0)).times(K.tanh(gates.get(2))));
            Tensor h = K.sigmoid(gates.get(3)).times(K.tanh(c));
            return new Step(h, List.of(h, c));
        }, x, List.of(K.zeros(new int[] {32, units}), K.zeros(new int[] {32, units}))).lastOutput();
        if (!isTraining) {
            return map(x -> last.apply(x.get(0)), w, samples);
        }
        Tensor x = K.placeholder(samples.shape().sizes());
        Tensor loss = K.mean(K.square(last.apply(x)));
        return of(K.function(List.of(x), List.of(loss), descent(loss, w)), w, samples);
    }

    /**
     * Returns a product of a batch that each call gives by weights; the result comes back, into an array that there is.
     */
    static Run product(int n) {
        Tensor w = K.variable(scaled(normal(1, n, n), 0.01));
        Tensor x = K.placeholder(K.NONE, n);
        Function function = K.function(List.of(x), List.of(K.dot(x, w)), List.of());
        List<NDArray> rows = List.of(normal(2, n, n));
        List<NDArray> results = List.of(NDArray.zeros(DType.FLOAT32, Shape.of(n, n)));
        return of(function, () -> function.callInto(results, rows), List.of(w));
    }

    private interface Computed {
        Tensor of(List<Tensor> in);
    }

    /** Computes a tensor of inputs that are on the device, and leaves it there. */
    static Run map(Computed f, NDArray... inputs) {
        return map(f, List.of(), inputs);
    }

    private static Run map(Computed f, List<Tensor> others, NDArray... inputs) {
        List<Tensor> in = Arrays.stream(inputs).map(K::variable).toList();
        Tensor y = f.of(in);
        Tensor to = K.variable(NDArray.zeros(y.dtype(), y.shape()));
        return of(K.function(List.of(), List.of(), List.of(K.update(to, y))),
                Stream.of(in, others, List.of(to)).flatMap(List::stream).toList());
    }

    private static Run of(Function function, List<Tensor> variables, NDArray... given) {
        return of(function, () -> function.call(given), variables);
    }

    private static Run of(Function function, Runnable call, List<Tensor> variables) {
        return new Run() {
            @Override
            public void once() {
                call.run();
            }

            @Override
            public void close() {
                function.close();
                variables.forEach(v -> ((Op.Read) v.op()).variable().close());
            }
        };
    }

    private static NDArray scaled(NDArray x, double factor) {
        for (int i = 0; i < x.elements(); i++) {
            x.set(i, x.get(i) * factor);
        }
        return x;
    }

    static NDArray normal(long seed, int... shape) {
        var random = new Random(seed);
        NDArray x = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        for (int i = 0; i < x.elements(); i++) {
            x.set(i, random.nextGaussian());
        }
        return x;
    }
}
