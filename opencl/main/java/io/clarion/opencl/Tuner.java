package io.clarion.opencl;

import io.clarion.engine.Device;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.opencl.compile.strategy.CpuTile;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Searches the tiles with which a device computes products and convolutions fastest. Each candidate's results are
 * compared with the reference's before it is timed, in turn with the best so far.
 */
final class Tuner {
    /** A candidate must take less than this share of the best one's time to replace it. */
    private static final double CLEARLY = 0.97;
    private static final int ROUNDS = 5;
    private static final double LEAST_SECONDS = 0.02;
    private final io.clarion.opencl.driver.device.DeviceInfo facts;
    private final Device reference;
    private final long end;
    private final Consumer<String> say;
    private final Checks checks = Checks.make();
    private Trial best;
    private int tried;

    /**
     * Makes a tuner that tries candidates until {@code time} is over, but one at least. What is tried is told to
     * {@code say} in a line each.
     */
    Tuner(io.clarion.opencl.driver.device.DeviceInfo facts, Device reference, Duration time, Consumer<String> say) {
        this.facts = facts;
        this.reference = reference;
        this.end = System.nanoTime() + time.toNanos();
        this.say = say;
    }

    /** Returns the best strategy found, beginning with {@code start}. */
    Strategy search(Strategy start) {
        List<NDArray> want = checks.results(reference);
        best = new Trial(start, facts);
        try {
            if (start.cpu()) {
                cpu(want);
                return best.strategy;
            }
            return gpu(start, want);
        } finally {
            best.close();
        }
    }

    /** Tunes the parameters of a CPU's tile, one after the other, as long as that helps. */
    private void cpu(List<NDArray> want) {
        CpuTile before;
        do {
            before = best.strategy.tile();
            for (int p = 0; p < CpuTile.PARAMETERS && isTime(); p++) {
                for (CpuTile tile : best.strategy.tile().others(p)) {
                    if (isTime()) {
                        duel(new Trial(best.strategy.with(tile, List.of()), facts), tile.toString(), timed(), want);
                    }
                }
            }
        } while (isTime() && !best.strategy.tile().equals(before));
    }

    /** Returns the best tile for each kind of shape. */
    private Strategy gpu(Strategy start, List<NDArray> want) {
        var tiles = new ArrayList<GpuTile>();
        for (Timed timed : timed()) {
            best.close();
            best = new Trial(start.with(null, List.of(start.tile(1, timed.m, timed.n))), facts);
            for (GpuTile tile : GpuTile.space(facts)) {
                if (isTime() && !best.strategy.tiles().contains(tile)) {
                    duel(new Trial(start.with(null, List.of(tile)), facts), timed + ": " + tile, new Timed[] {timed},
                            want);
                }
            }
            best.strategy.tiles().stream().filter(t -> !tiles.contains(t)).forEach(tiles::add);
        }
        return start.with(null, tiles);
    }

    /**
     * Returns the work that candidates are timed by. Large products are for GPUs: on others, small ones are as fast,
     * and large ones take long.
     */
    private Timed[] timed() {
        return Arrays.stream(Timed.values())
                .filter(t -> t != Timed.LARGE || facts.type() == io.clarion.opencl.driver.device.DeviceInfo.Type.GPU)
                .toArray(Timed[]::new);
    }

    private boolean isTime() {
        return tried == 0 || System.nanoTime() < end;
    }

    /** Has a candidate take the best one's place if its results are right and it is clearly faster. */
    private void duel(Trial candidate, String name, Timed[] timed, List<NDArray> want) {
        boolean wins = false;
        tried++;
        try {
            if (!checks.allow(candidate.device, want)) {
                say.accept(name + ": wrong results, thrown out");
                return;
            }
            double ratio = ratio(candidate, timed);
            // What wins once may have been lucky.
            ratio = ratio < CLEARLY ? Math.max(ratio, ratio(candidate, timed)) : ratio;
            wins = ratio < CLEARLY;
            say.accept(String.format(Locale.ROOT, "%s: %.2f of the best one's time%s", name, ratio,
                    wins ? ", the best now" : ""));
        } catch (RuntimeException e) {
            say.accept(name + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ", thrown out");
        } finally {
            (wins ? best : candidate).close();
            best = wins ? candidate : best;
        }
    }

    /** Returns the geometric mean of times, each the least of some taken in turn. */
    private double ratio(Trial candidate, Timed[] timed) {
        double product = 1;
        for (Timed t : timed) {
            double mine = Double.POSITIVE_INFINITY;
            double its = Double.POSITIVE_INFINITY;
            for (int round = 0; round < ROUNDS; round++) {
                its = Math.min(its, best.seconds(t));
                mine = Math.min(mine, candidate.seconds(t));
            }
            product *= mine / its;
        }
        return Math.pow(product, 1.0 / timed.length);
    }

    /** The products that are timed, of m × k by k × n numbers; two are convolutions. */
    private enum Timed {
        SQUARE(512, 512, 512), LARGE(2048, 2048, 2048), WIDE(64, 784, 512), NARROW(2048, 256, 16),
        CONVOLUTION(8 * 28 * 28, 9 * 64, 64), CHANNELS_FIRST(8 * 28 * 28, 9 * 64, 64);

        private final int m;
        private final int k;
        private final int n;

        Timed(int m, int k, int n) {
            this.m = m;
            this.k = k;
            this.n = n;
        }

        private Contraction contraction() {
            return switch (this) {
                case SQUARE, LARGE, WIDE, NARROW -> product(m, k, n);
                case CONVOLUTION -> convolution(8, 28, 64, 64, false);
                case CHANNELS_FIRST -> convolution(8, 28, 64, 64, true);
            };
        }
    }

    private static Contraction product(int m, int k, int n) {
        return new Contraction(dims(m, k, n), List.of(List.of(0, 1), List.of(1, 2)), List.of(0, 2), List.of());
    }

    /** Returns the contraction of a convolution with kernels of 3 × 3. */
    private static Contraction convolution(int images, int size, int channels, int filters, boolean channelsFirst) {
        return new Contraction(dims(images, channels, filters, size, size, 3, size, size, 3),
                List.of(channelsFirst ? List.of(0, 1, 3, 6) : List.of(0, 3, 6, 1), List.of(5, 8, 1, 2)),
                channelsFirst ? List.of(0, 2, 4, 7) : List.of(0, 4, 7, 2),
                List.of(new Contraction.Window(3, 4, 5, 1, 1, 1), new Contraction.Window(6, 7, 8, 1, 1, 1)));
    }

    private static List<Dim> dims(int... sizes) {
        return Arrays.stream(sizes).mapToObj(Dim::of).toList();
    }

    private static List<Shape> shapes(Contraction c) {
        return c.operands().stream().map(axes -> new Shape(axes.stream().map(c.extents()::get).toList())).toList();
    }

    /** A strategy at work, on variables, so that nothing is copied to or from the host. */
    private static final class Trial implements AutoCloseable {
        private final Strategy strategy;
        private final OpenClDevice device;
        private final Function[] functions = new Function[Timed.values().length];

        Trial(Strategy strategy, io.clarion.opencl.driver.device.DeviceInfo facts) {
            this.strategy = strategy;
            this.device = new OpenClDevice(facts, strategy, () -> {});
        }

        double seconds(Timed timed) {
            if (functions[timed.ordinal()] == null) {
                Contraction c = timed.contraction();
                List<Tensor> operands = shapes(c).stream()
                        .map(s -> Tensor.of(new Op.Read(new Variable(NDArray.zeros(DType.FLOAT32, s), "operand"))))
                        .toList();
                Tensor result = c.apply(operands);
                var kept = new Variable(NDArray.zeros(DType.FLOAT32, result.shape()), "result");
                functions[timed.ordinal()] = new Function(
                        new Graph(List.of(), List.of(), List.of(new Graph.Update(kept, result))), device);
                functions[timed.ordinal()].call(List.of());
            }
            long start = System.nanoTime();
            int calls = 0;
            do {
                functions[timed.ordinal()].call(List.of());
                calls++;
            } while (System.nanoTime() - start < LEAST_SECONDS * 1e9);
            return (System.nanoTime() - start) * 1e-9 / calls;
        }

        @Override
        public void close() {
            Arrays.stream(functions).filter(f -> f != null).forEach(Function::close);
            device.close();
        }
    }

    /** Products and convolutions of odd sizes, with and without vectors. */
    private record Checks(Graph graph, List<NDArray> values) {
        /** Of the largest result, what rounding may cost a sum of some hundred terms. */
        private static final double TOLERANCE = 1e-4;

        static Checks make() {
            var inputs = new ArrayList<Tensor>();
            var values = new ArrayList<NDArray>();
            var outputs = new ArrayList<Tensor>();
            var random = new Random(1);
            for (Contraction c : List.of(product(67, 53, 39), product(36, 260, 72), product(130, 32, 10),
                    convolution(2, 9, 5, 7, false),
                    convolution(1, 12, 8, 12, false), convolution(2, 11, 3, 7, true),
                    convolution(1, 12, 8, 12, true))) {
                List<Tensor> operands = shapes(c).stream()
                        .map(s -> Tensor.of(new Op.Placeholder(DType.FLOAT32, s, "x"))).toList();
                for (Tensor x : operands) {
                    float[] numbers = new float[x.shape().elements()];
                    IntStream.range(0, numbers.length).forEach(i -> numbers[i] = random.nextFloat(-1, 1));
                    values.add(NDArray.of(numbers, x.shape().sizes()));
                }
                inputs.addAll(operands);
                outputs.add(c.apply(operands));
            }
            return new Checks(new Graph(inputs, outputs, List.of()), values);
        }

        List<NDArray> results(Device device) {
            try (var function = new Function(graph, device)) {
                return function.call(values);
            }
        }

        boolean allow(Device device, List<NDArray> want) {
            List<NDArray> got = results(device);
            return IntStream.range(0, want.size()).allMatch(i -> {
                double[] right = want.get(i).toDoubles();
                double[] its = got.get(i).toDoubles();
                double bound = TOLERANCE * Arrays.stream(right).map(Math::abs).max().orElse(0);
                return IntStream.range(0, right.length).allMatch(e -> Math.abs(its[e] - right[e]) <= bound);
            });
        }
    }
}
