package io.clarion.conformance.cases;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Expected results of K's functions at the edges: axes of size 0 and 1, negative axes, infinities and NaN, −0,
 * denormals, overflow and windows at borders. Each engine and device has to give the same.
 */
public final class Edges {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;
    private static final int[] ONE = {1, 1};

    private final List<Expectation> all = new ArrayList<>();
    private String subject;

    /**
     * A tensor that needs no input and what it has to be.
     *
     * @param subject   what is tried
     * @param expected  its values, or null
     * @param like      a tensor of the same values, or null
     * @param shape     its shape, or null
     * @param tolerance by how much values may differ
     */
    public record Expectation(String subject, Tensor tensor, double[] expected, Tensor like, String shape,
            double tolerance) {
        /** Returns what is wrong with the values; null if nothing is. {@code other} are those of {@link #like}. */
        public String fault(NDArray got, NDArray other) {
            if (shape != null && !got.shape().toString().equals(shape)) {
                return subject + ": shape " + got.shape() + ", not " + shape;
            }
            double[] wanted = like != null ? other.toDoubles() : expected;
            boolean fits = wanted == null || wanted.length == got.elements()
                    && IntStream.range(0, wanted.length).allMatch(i -> Double.compare(wanted[i], got.get(i)) == 0
                            || Math.abs(wanted[i] - got.get(i)) <= tolerance * Math.max(1, Math.abs(wanted[i])));
            return fits ? null : subject + ": " + tensor + " is " + got + ", not " + java.util.Arrays.toString(wanted);
        }
    }

    private Edges() {}

    /** Returns all expectations. */
    public static List<Expectation> all() {
        var edges = new Edges();
        edges.of("reductionsOfNothing", edges::reductionsOfNothing);
        edges.of("gradientsOfNothing", edges::gradientsOfNothing);
        edges.of("functionsOfNothing", edges::functionsOfNothing);
        edges.of("negativeAxesCountFromTheEnd", edges::negativeAxesCountFromTheEnd);
        edges.of("whatIsNotANumberStaysSo", edges::whatIsNotANumberStaysSo);
        edges.of("infinities", edges::infinities);
        edges.of("zerosHaveSigns", edges::zerosHaveSigns);
        edges.of("denormalsAreNumbers", edges::denormalsAreNumbers);
        edges.of("integersWrap", edges::integersWrap);
        edges.of("windowsAtBorders", edges::windowsAtBorders);
        edges.of("axesOfOneElement", edges::axesOfOneElement);
        edges.of("sixAxes", edges::sixAxes);
        return edges.all;
    }

    private void of(String name, Runnable expectations) {
        subject = name;
        expectations.run();
    }

    private static Tensor row(double... values) {
        return K.constant(NDArray.of(DType.FLOAT32, values, values.length));
    }

    private static Tensor whole(int... values) {
        return K.constant(NDArray.of(values, values.length));
    }

    static NDArray counted(int[] shape, int from) {
        NDArray a = NDArray.zeros(DType.FLOAT32, Shape.of(shape));
        IntStream.range(0, a.elements()).forEach(i -> a.set(i, from + i));
        return a;
    }

    private void is(Tensor x, double... expected) {
        all.add(new Expectation(subject, x, expected, null, null, 1e-6));
    }

    private void exactly(Tensor x, double... expected) {
        all.add(new Expectation(subject, x, expected, null, null, 0));
    }

    private void same(Tensor x, Tensor y) {
        all.add(new Expectation(subject, x, null, y, null, 1e-6));
    }

    private void isShape(String shape, Tensor x) {
        all.add(new Expectation(subject, x, null, null, shape, 0));
    }

    private void reductionsOfNothing() {
        Tensor none = K.zeros(0, 2);
        is(K.sum(none, 0), 0, 0);
        is(K.prod(none, 0), 1, 1);
        is(K.max(none, 0), -INF, -INF);
        is(K.min(none, 0), INF, INF);
        is(K.mean(none, 0), NAN, NAN);
        is(K.any(none, 0), 0, 0);
        is(K.all(none, 0), 1, 1);
        is(K.logsumexp(none, 0), -INF, -INF);
        is(K.sum(none), 0);
        isShape("(0,)", K.sum(none, 1));
        isShape("(0, 1)", K.std(none, 1, true));
        isShape("(0,)", K.argmax(none));
        is(K.max(K.cast(none, DType.INT32), 0), Integer.MIN_VALUE, Integer.MIN_VALUE);
    }

    /**
     * Adds what sums and gradients of tensors without elements have to be. A sum of no terms is 0 whatever would have
     * multiplied them, such as 1 divided by the number of no elements.
     */
    private void gradientsOfNothing() {
        Tensor none = K.zeros(0, 2);
        Tensor b = row(1, 2);
        is(K.gradients(K.mean(none.times(b)), b), 0, 0);
        is(K.gradients(K.mean(K.square(none.minus(b))), b), 0, 0);
        is(K.gradients(K.sum(K.mean(none.times(b), 0)), b), 0, 0);
        Tensor w = K.ones(2, 1);
        is(K.gradients(K.mean(K.dot(none, w)), w), 0, 0);
        is(K.gradients(K.mean(K.binaryCrossentropy(K.sigmoid(K.dot(none, w)), K.zeros(0, 1))), w), 0, 0);
        is(K.sum(none.minus(K.mean(none, 0)), 0), 0, 0);
        is(K.sum(none.div(K.sum(none, 0)), 0), 0, 0);
        is(K.var(none, 0), NAN, NAN);
    }

    private void functionsOfNothing() {
        Tensor none = K.zeros(0, 2);
        isShape("(0, 2)", K.softmax(none));
        isShape("(0, 3)", K.dot(none, K.ones(2, 3)));
        is(K.dot(K.transpose(none), K.zeros(0, 1)), 0, 0);
        isShape("(0, 2, 2)", K.batchDot(K.expandDims(none), K.expandDims(none), 2));
        isShape("(0, 3)", K.gather(K.ones(4, 3), K.constant(NDArray.of(new int[0], 0))));
        isShape("(0,)", K.flatten(none));
        isShape("(0, 2)", K.reshape(none, -1, 2));
        isShape("(2, 0)", K.permuteDimensions(none, 1, 0));
        isShape("(3, 2)", K.concatenate(List.of(none, K.ones(3, 2)), 0));
        isShape("(0, 4)", K.tile(none, 1, 2));
        isShape("(0, 2)", K.tile(K.ones(3, 2), 0, 1));
        isShape("(0, 5)", K.oneHot(K.constant(NDArray.of(new int[0], 0)), 5));
        isShape("(0, 2)", K.reverse(none, 0));
        isShape("(0,)", K.categoricalCrossentropy(none, none));
        isShape("(0, 5, 5, 4)",
                K.conv2d(K.zeros(0, 7, 7, 3), K.ones(3, 3, 3, 4), ONE, BorderMode.VALID, DimOrdering.TF));
        isShape("(0, 4, 4, 3)",
                K.pool2d(K.zeros(0, 7, 7, 3), new int[] {2, 2}, new int[] {2, 2}, BorderMode.SAME, DimOrdering.TF));
        is(K.conv1d(K.zeros(1, 2, 0), K.zeros(1, 0, 1)), 0, 0);
        is(K.gradients(K.mean(none), none));
        is(K.gradients(K.sum(K.max(K.concatenate(List.of(none, K.ones(1, 2)), 0), 0)), none));
    }

    private void negativeAxesCountFromTheEnd() {
        Tensor x = K.constant(counted(new int[] {2, 3, 4}, 0));
        same(K.sum(x, 1), K.sum(x, -2));
        same(K.argmin(x, 0), K.argmin(x, -3));
        same(K.reverse(x, 1, 2), K.reverse(x, -1, -2));
        same(K.repeatElements(x, 2, 1), K.repeatElements(x, 2, -2));
        same(K.softmax(x, 0), K.softmax(x, -3));
        same(K.permuteDimensions(x, 2, 0, 1), K.permuteDimensions(x, -1, -3, -2));
        isShape("(2, 3, 1, 4)", K.expandDims(x, -2));
        isShape("(2, 1, 4)", K.max(x, -2, true));
        isShape("(2, 1, 1)", K.l2Normalize(K.sum(x, new int[] {-1, -2}, true), -1));
    }

    private void whatIsNotANumberStaysSo() {
        Tensor x = row(1, NAN, -2);
        for (Tensor y : List.of(K.max(x), K.min(x), K.sum(x), K.mean(x), K.prod(x), K.std(x), K.logsumexp(x))) {
            is(y, NAN);
        }
        is(K.relu(x), 1, NAN, 0);
        is(K.relu(x, 0.5), 1, NAN, -1);
        is(K.relu(x, 0, 0.5), 0.5, NAN, 0);
        is(K.elu(x), 1, NAN, Math.expm1(-2));
        is(K.clip(x, -1, 1), 1, NAN, -1);
        is(K.maximum(x, 0), 1, NAN, 0);
        is(K.minimum(K.constant(0), x), 0, NAN, -2);
        is(K.sqrt(x), 1, NAN, 0);
        is(K.sign(x), 1, NAN, -1);
        is(K.hardSigmoid(x), 0.7, NAN, 0.1);
        is(K.softmax(x), NAN, NAN, NAN);
        is(K.equal(x, x), 1, 0, 1);
        is(K.argmax(x), 1);
        is(K.argmin(x), 1);
        is(K.pool1d(K.reshape(x, 1, 3, 1), 2), NAN, NAN);
        is(K.round(x), 1, NAN, -2);
        is(K.binaryCrossentropy(row(NAN), row(1)), NAN);
    }

    private void infinities() {
        Tensor x = row(INF, -INF);
        is(K.relu(x), INF, 0);
        is(K.relu(x, 0.5), INF, -INF);
        is(K.elu(x), INF, -1);
        is(K.sigmoid(x), 1, 0);
        is(K.tanh(x), 1, -1);
        is(K.softplus(x), INF, 0);
        is(K.exp(x), INF, 0);
        is(K.sqrt(x), INF, 0);
        is(K.clip(x, -3, 2), 2, -3);
        is(K.clip(row(5, -5), -INF, INF), 5, -5);
        is(K.sum(x), NAN);
        is(K.sum(row(INF, 1)), INF);
        is(K.log(row(0)), -INF);
        is(row(1, -1, 0).div(row(0, 0, 0)), INF, -INF, NAN);
        is(K.softmax(row(0, -INF)), 1, 0);
        is(K.max(row(-INF, -INF)), -INF);
        is(K.argmax(row(-INF, -INF)), 0);
    }

    private void zerosHaveSigns() {
        Tensor zeros = row(0, -0.0);
        is(row(1, 1).div(zeros), INF, -INF);
        is(row(1, 1).div(zeros.neg()), -INF, INF);
        is(row(1, 1).div(K.abs(zeros)), INF, INF);
        is(row(1, 1).div(K.sqrt(zeros)), INF, -INF);
        is(K.equal(zeros, 0), 1, 1);
        is(K.sign(zeros), 0, 0);
    }

    private void denormalsAreNumbers() {
        double tiny = Float.MIN_VALUE;
        exactly(row(tiny).times(3), 3 * tiny);
        exactly(K.max(row(0, tiny)), tiny);
        exactly(K.greater(row(tiny), 0), 1);
    }

    private void integersWrap() {
        int most = Integer.MAX_VALUE;
        int least = Integer.MIN_VALUE;
        Tensor x = whole(most, least);
        is(x.plus(1), least, least + 1);
        is(x.minus(1), most - 1, most);
        is(x.times(x), 1, 0);
        is(K.square(x), 1, 0);
        is(x.neg(), -most, least);
        is(K.abs(x), most, least);
        is(K.sum(whole(most, most, 3)), 1);
        is(K.prod(whole(1 << 20, 1 << 20, 3)), 0);
        is(K.dot(whole(most, 2), whole(most, 3)), 7);
        is(K.pow(whole(1291), 3), (double) (int) (1291L * 1291 * 1291));
    }

    private static Tensor line(double... values) {
        return K.reshape(row(values), 1, values.length, 1);
    }

    private void windowsAtBorders() {
        is(K.conv1d(line(1, 2, 3), line3(10, 1), 1, BorderMode.SAME), 12, 23, 30);
        is(K.conv1d(line(1, 2, 3), line3(1000, 100, 10, 1), 1, BorderMode.SAME), 123, 1230, 2300);
        is(K.conv1d(line(1, 2), line3(10000, 1000, 100, 10, 1), 1, BorderMode.SAME), 120, 1200);
        is(K.conv1d(line(1, 2, 3, 4, 5), line3(10, 1), 3, BorderMode.VALID), 12, 45);
        is(K.conv1d(line(1, 2, 3, 4, 5, 6), line3(10, 1), 4, BorderMode.SAME), 12, 56);
        is(K.conv1d(line(1, 2, 3, 4, 5, 6, 7), line3(1), 3, BorderMode.SAME), 1, 4, 7);
        is(K.pool1d(line(1, 2, 3), 5, 2, BorderMode.SAME, PoolMode.AVG), 2, 2);
        is(K.pool1d(line(-1, -2, -3), 2, 1, BorderMode.SAME), -1, -2, -3);
        is(K.pool1d(line(-1, -2, -3), 5, 1, BorderMode.SAME), -1, -1, -1);
        is(K.pool1d(line(1, 2, 3, 4, 5), 1, 3, BorderMode.VALID), 1, 4);
        is(K.localConv1d(line(1, 2, 3), K.reshape(row(1, 10, 100, 1000), 2, 2, 1), new int[] {2}, new int[] {1}), 21,
                3200);
    }

    /** Returns a kernel for one channel and one filter. */
    private static Tensor line3(double... taps) {
        return K.reshape(row(taps), taps.length, 1, 1);
    }

    private void axesOfOneElement() {
        Tensor x = K.constant(7, DType.FLOAT32, 1, 1, 1, 1);
        for (Tensor y : List.of(K.sum(x, 2), K.max(x, 0, true), K.prod(x), K.logsumexp(x, 1), K.mean(x, 3),
                K.pool2d(x, ONE), K.conv2d(x, K.ones(1, 1, 1, 1)), K.reverse(x, 1), K.transpose(x), K.squeeze(x, 1),
                K.tile(x, 1, 1, 1, 1))) {
            is(y, 7);
        }
        is(K.var(x), 0);
        is(K.softmax(x), 1);
        is(K.l2Normalize(x, 0), 1);
        is(K.argmax(x, 1), 0);
    }

    private void sixAxes() {
        int[] shape = {2, 1, 3, 2, 1, 2};
        Tensor x = K.constant(counted(shape, 0));
        isShape("(2, 1, 2, 3, 1, 2)", K.transpose(x));
        isShape("(1, 2, 2)", K.sum(x, 0, 2, 4));
        is(K.sum(x), 23 * 24 / 2);
        isShape("(2, 1, 3, 2, 1, 2, 5)", K.oneHot(K.cast(x, DType.INT32), 5));
        isShape("(2, 1, 3, 2, 1, 4)", K.concatenate(List.of(x, x)));
    }
}
