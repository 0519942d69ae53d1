package io.clarion.conformance.cases;

import static io.clarion.graph.Index.ALL;
import static io.clarion.graph.Index.NEW;
import static io.clarion.graph.Index.REST;
import static io.clarion.graph.Index.at;
import static io.clarion.graph.Index.between;
import static io.clarion.graph.Index.from;
import static io.clarion.graph.Index.to;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.engine.Device;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Forms of Keras's Python that layers are written in, each as K has it, with what NumPy gives: values and gradients,
 * where a call tells the sizes.
 */
public final class KerasForms {
    /** What {@link #x} is given. */
    private static final NDArray NUMBERS = Edges.counted(new int[] {2, 3, 4}, 1);
    private static final double TOLERANCE = 1e-5;

    private final Tensor x = K.placeholder(K.NONE, K.NONE, 4);
    private final Tensor y = K.placeholder(K.NONE, K.NONE);
    private final Tensor phase = K.placeholder(new int[0], DType.INT32);
    private final List<Form> forms = new ArrayList<>();

    /** A tensor, its shape and values, and, unless null, what multiplies each of x's elements in its sum. */
    private record Form(Tensor tensor, String shape, double[] values, double[] slopes) {}

    private KerasForms() {}

    /** Computes all forms on a device; an {@link AssertionError} says which is wrong. */
    public static void check(Device device) {
        var all = new KerasForms();
        all.slices();
        all.sizes();
        all.axes();
        all.numbers();
        all.branches();
        all.steps();
        all.run(device);
    }

    private void run(Device device) {
        var outputs = new ArrayList<>(forms.stream().map(Form::tensor).toList());
        forms.stream().filter(f -> f.slopes != null).forEach(f -> outputs.add(K.gradients(f.tensor, x)));
        try (Function f = new Function(new Graph(List.of(x, y, phase), outputs, List.of()), device)) {
            // The phase is fed as Keras feeds it.
            List<NDArray> got = f.call(NUMBERS, NDArray.zeros(DType.FLOAT32, Shape.of(2, 5)),
                    NDArray.scalar(DType.FLOAT32, 1));
            int gradient = forms.size();
            for (int i = 0; i < forms.size(); i++) {
                Form form = forms.get(i);
                assertEquals(form.shape, got.get(i).shape().toString(), "form " + i);
                assertArrayEquals(form.values, got.get(i).toDoubles(), TOLERANCE, "form " + i);
                if (form.slopes != null) {
                    assertArrayEquals(form.slopes, got.get(gradient++).toDoubles(), TOLERANCE, "gradient of form " + i);
                }
            }
        }
    }

    /** Expects those of x's elements, in order, whose numbers are given, and slopes of 1. */
    private void picks(Tensor tensor, String shape, int... numbers) {
        double[] slopes = new double[24];
        IntStream.of(numbers).forEach(n -> slopes[n - 1]++);
        forms.add(new Form(tensor, shape, IntStream.of(numbers).asDoubleStream().toArray(), slopes));
    }

    private void gives(Tensor tensor, String shape, double... values) {
        forms.add(new Form(tensor, shape, values, null));
    }

    private void slices() {
        picks(x.at(ALL, at(-1)), "(2, 4)", 9, 10, 11, 12, 21, 22, 23, 24);
        picks(x.at(1, 0), "(4,)", 13, 14, 15, 16);
        picks(x.at(REST, from(-2)).at(0, 0), "(2,)", 3, 4);
        picks(x.at(ALL, from(-2), at(0)), "(2, 2)", 5, 9, 17, 21);
        picks(x.at(ALL, to(-1), at(0)), "(2, 2)", 1, 5, 13, 17);
        picks(x.at(at(0), ALL.step(2)), "(2, 4)", 1, 2, 3, 4, 9, 10, 11, 12);
        picks(x.at(at(0), ALL.step(-1), at(3)), "(3,)", 12, 8, 4);
        picks(x.at(ALL, between(1, -1).step(2), between(3, 0).step(-2)), "(2, 1, 2)", 8, 6, 20, 18);
        picks(x.at(at(0), from(-7), between(1, 9)), "(3, 3)", 2, 3, 4, 6, 7, 8, 10, 11, 12);
        picks(x.at(ALL, from(5)), "(2, 0, 4)");
        picks(K.slice(x, at(-1), NEW, at(-3), to(2)), "(1, 2)", 13, 14);
    }

    private void sizes() {
        Tensor time = K.shape(x).at(1);
        int[] all = IntStream.rangeClosed(1, 24).toArray();
        picks(K.reshape(x, List.of(-1, time, 2, 2)), "(2, 3, 2, 2)", all);
        picks(K.reshape(x, List.of(K.shape(y).at(0), time.times(4))), "(2, 12)", all);
        picks(K.reshape(x, K.concatenate(List.of(K.constant(NDArray.of(new int[] {-1}, 1)), K.shape(x).at(from(1))))),
                "(2, 3, 4)", all);
        picks(K.reshape(x, List.of(K.prod(K.shape(x).at(to(2))), 4)), "(6, 4)", all);
        picks(K.repeat(x.at(ALL, at(0)).at(ALL, to(2)), K.shape(y).at(1).minus(3)), "(2, 2, 2)", 1, 2, 1, 2, 13, 14, 13,
                14);
        picks(K.tile(x.at(0, 0), List.of(K.shape(y).at(0))), "(8,)", 1, 2, 3, 4, 1, 2, 3, 4);
        for (Tensor drawn : List.of(K.randomNormal(K.shape(x), 0, 1), K.randomUniform(K.shape(x), 1, 2),
                K.randomBinomial(K.shape(x), 0.5))) {
            gives(K.minimum(K.abs(drawn), 0), "(2, 3, 4)", new double[24]);
        }
        for (Object noise : List.of(K.stack(List.of(K.shape(x).at(0), time, K.constant(1, DType.INT32))),
                List.of(-1, time, 1))) {
            Tensor dropped = K.dropout(K.onesLike(x), 0.5, noise, 3);
            gives(K.std(dropped, -1), "(2, 3)", 0, 0, 0, 0, 0, 0);
        }
    }

    private void axes() {
        Tensor row = x.at(0, 0);
        gives(K.mean(row, new int[0], false), "(4,)", 1, 2, 3, 4);
        gives(K.mean(row, null, false), "()", 2.5);
        gives(K.sum(row.times(row), new int[0], true), "(4,)", 1, 4, 9, 16);
        gives(K.var(row, new int[0], false), "(4,)", 0, 0, 0, 0);
        gives(K.logsumexp(row, new int[0], false), "(4,)", 1, 2, 3, 4);
        gives(K.any(row.minus(1), new int[0], false), "(4,)", 0, 1, 1, 1);
        gives(K.l2Normalize(row, new int[0]), "(4,)", 1, 1, 1, 1);
        Tensor m = x.at(at(0), to(2), to(2));
        Tensor n = x.at(at(0), to(2), from(2));
        gives(K.batchDot(m, n, 0), "(2, 1)", 1 * 3 + 5 * 7, 2 * 4 + 6 * 8);
        gives(K.batchDot(m, n, new int[] {0, 1}), "(2, 1)", 1 * 3 + 5 * 4, 2 * 7 + 6 * 8);
        gives(K.batchDot(m, n, new int[] {1, 0}), "(2, 1)", 1 * 3 + 2 * 7, 5 * 4 + 6 * 8);
        Tensor four = K.reshape(x, List.of(K.shape(x).at(0), time(), 2, 2));
        gives(K.batchDot(four, four).at(0, 2), "(2, 2)", 9 * 9 + 10 * 11, 9 * 10 + 10 * 12, 11 * 9 + 12 * 11,
                11 * 10 + 12 * 12);
        gives(K.batchDot(four, four, 3).at(0, 2), "(2, 2)", 9 * 9 + 10 * 10, 9 * 11 + 10 * 12, 9 * 11 + 10 * 12,
                11 * 11 + 12 * 12);
    }

    private Tensor time() {
        return K.shape(x).at(1);
    }

    private void numbers() {
        Tensor some = x.at(0, 0);
        gives(K.minus(1, some), "(4,)", 0, -1, -2, -3);
        gives(K.div(12, some), "(4,)", 12, 6, 4, 3);
        gives(K.pow(2, some), "(4,)", 2, 4, 8, 16);
        gives(K.pow(2, K.cast(some, DType.INT32)), "(4,)", 2, 4, 8, 16);
        gives(K.div(1, K.cast(some, DType.INT32)), "(4,)", 1, 0.5, 1 / 3.0, 0.25);
        slope(K.minus(1, x.at(0, 0)), some, -1, -1, -1, -1);
        slope(K.div(12, x.at(0, 0)), some, -12, -3, -12 / 9.0, -12 / 16.0);
        double ln2 = Math.log(2);
        slope(K.pow(2, x.at(0, 0)), some, 2 * ln2, 4 * ln2, 8 * ln2, 16 * ln2);
        Tensor mixed = x.at(0, 0).minus(2.5);
        Tensor alpha = K.constant(NDArray.of(new float[] {2, -2, 2, 2}, 4));
        gives(K.relu(mixed, alpha), "(4,)", -3, 1, 0.5, 1.5);
        gives(K.relu(mixed, alpha, K.constant(1)), "(4,)", -3, 1, 0.5, 1);
        gives(K.relu(mixed, 0.5, K.constant(NDArray.of(new float[] {1, 1, -1, 1}, 4))), "(4,)", -0.75, -0.25, 0, 1);
        gives(K.relu(mixed, alpha, -3), "(4,)", -3, 1, 0, 0);
    }

    /** Expects the first so many slopes of x's elements; {@code tensor} has the shape of {@code values}. */
    private void slope(Tensor tensor, Tensor values, double... slopes) {
        gives(K.gradients(tensor, x).at(0, 0), "(" + slopes.length + ",)", slopes);
    }

    private void branches() {
        Tensor one = x.at(0, 0, 0);
        gives(K.switch_(phase, one, () -> one.plus(5)), "()", 1);
        gives(K.switch_(phase, () -> one.plus(5), one), "()", 6);
        gives(K.switch_(K.equal(phase, 0), () -> one.plus(5), one), "()", 1);
    }

    private void steps() {
        Tensor h = K.zerosLike(x.at(ALL, at(0)));
        List<List<Tensor>> constants = List.of(List.of(K.constant(2), K.constant(3)), List.of(K.constant(1)));
        for (boolean backwards : new boolean[] {false, true}) {
            RnnOutputs summed = K.rnn((in, states, c) -> {
                Tensor next = states.get(0)
                        .plus(in.times(c.get(0).get(0)).plus(c.get(0).get(1)).minus(c.get(1).get(0)));
                return new StepFunction.Step(next, List.of(next));
            }, x, List.of(h), backwards, null, constants, false);
            gives(summed.lastOutput().at(0), "(4,)", 2 * 15 + 6, 2 * 18 + 6, 2 * 21 + 6, 2 * 24 + 6);
        }
    }
}
