package io.clarion.device;

import io.clarion.BorderMode;
import io.clarion.Decoded;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Loops, branches and scans, values and gradients, on every device. */
class LoopTest {
    private static final Tolerance CLOSE = Tolerance.composed(8, 1);

    private static NDArray drawn(Draw draw, int... shape) {
        return draw.array(DType.FLOAT32, -1, 1, Shape.of(shape));
    }

    /** An LSTM of one product for its four gates. */
    private static StepFunction lstm(Tensor w, Tensor u, Tensor b, int units) {
        return (x, given) -> {
            Tensor z = K.dot(x, w).plus(K.dot(given.get(0), u)).plus(b);
            Tensor[] gates = new Tensor[4];
            for (int g = 0; g < 4; g++) {
                gates[g] = K.slice(z, new int[] {0, g * units}, new int[] {-1, units});
            }
            Tensor c = K.sigmoid(gates[0]).times(given.get(1)).plus(K.sigmoid(gates[1]).times(K.tanh(gates[2])));
            Tensor h = K.sigmoid(gates[3]).times(K.tanh(c));
            return new StepFunction.Step(h, List.of(h, c));
        };
    }

    private static void expectGradients(Comparison compared, String what, Tensor loss, List<Tensor> of,
            Tolerance tolerance) {
        List<Tensor> gradients = K.gradients(loss, of);
        for (int i = 0; i < of.size(); i++) {
            compared.expect("gradient " + i + what, gradients.get(i), tolerance);
        }
    }

    @Test
    void anLstmAndItsGradientsAreThoseOfTheReference() {
        var draw = new Draw(1);
        var compared = new Comparison();
        for (boolean backwards : new boolean[] {false, true}) {
            int units = 20;
            Tensor x = compared.input(drawn(draw, 5, 7, 9));
            Tensor w = compared.input(drawn(draw, 9, 4 * units));
            Tensor u = compared.input(drawn(draw, units, 4 * units));
            Tensor b = compared.input(drawn(draw, 4 * units));
            Tensor h = compared.input(drawn(draw, 5, units));
            Tensor c = compared.input(drawn(draw, 5, units));
            Tensor mask = compared.input(draw.array(DType.BOOL, 0, 1, Shape.of(5, 7)));
            RnnOutputs r = K.rnn(lstm(w, u, b, units), x, List.of(h, c), backwards, backwards ? mask : null, null,
                    false, null);
            String what = backwards ? "backwards with a mask" : "forwards";
            compared.expect("last output " + what, r.lastOutput(), CLOSE);
            compared.expect("outputs " + what, r.outputs(), CLOSE);
            compared.expect("last cell " + what, r.newStates().get(1), CLOSE);
            expectGradients(compared, " " + what, K.sum(K.square(r.outputs())).plus(K.sum(r.newStates().get(1))),
                    List.of(x, w, u, b, h, c), CLOSE);
        }
        compared.check();
    }

    /** Longer than a launch may be on some devices, with tiles and without. */
    @Test
    void loopsOfThousandsOfStepsAreThoseOfTheReference() {
        var draw = new Draw(8);
        var compared = new Comparison();
        for (boolean backwards : new boolean[] {false, true}) {
            for (int units : new int[] {3, 36}) {
                Tensor x = compared.input(drawn(draw, 16, 3000, units));
                Tensor u = compared.input(draw.array(DType.FLOAT32, -0.1, 0.1, Shape.of(units, units)));
                RnnOutputs r = K.rnn((in, given) -> {
                    Tensor h = K.tanh(in.plus(K.dot(given.get(0), u)));
                    return new StepFunction.Step(h, List.of(h));
                }, x, List.of(compared.input(drawn(draw, 16, units))), backwards, null, null, false, null);
                compared.expect("outputs of " + units + (backwards ? " backwards" : ""), r.outputs(), CLOSE);
                compared.expect("gradient of " + units + (backwards ? " backwards" : ""),
                        K.gradients(K.mean(K.square(r.outputs())), u), CLOSE);
            }
        }
        compared.check();
    }

    @Test
    void secondGradientsOfAnRnnAreThoseOfTheReference() {
        var draw = new Draw(2);
        var compared = new Comparison();
        Tensor x = compared.input(drawn(draw, 3, 4, 5));
        Tensor u = compared.input(drawn(draw, 5, 5));
        RnnOutputs r = K.rnn((in, given) -> {
            Tensor h = K.tanh(in.plus(K.dot(given.get(0), u)));
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(compared.input(drawn(draw, 3, 5))));
        Tensor first = K.gradients(K.sum(K.square(r.lastOutput())), u);
        compared.expect("second gradient", K.gradients(K.sum(K.square(first)), u), CLOSE);
        compared.check();
    }

    @Test
    void foldsAndMapsOfWhatCannotBeLiftedRunStepByStep() {
        var draw = new Draw(3);
        var compared = new Comparison();
        Tensor x = compared.input(drawn(draw, 4, 3, 6));
        Tensor inner = K.mapFn(rows -> K.foldl((a, b) -> K.tanh(a.plus(b)), rows), x);
        compared.expect("folds in a map", inner, CLOSE);
        compared.expect("gradient of folds in a map", K.gradients(K.sum(K.square(inner)), x), CLOSE);
        compared.expect("fold from the right",
                K.foldr((a, b) -> a.times(0.5).minus(b), x, K.zerosLike(K.gather(x, K.constant(0, DType.INT32)))),
                CLOSE);
        compared.expect("map", K.mapFn(row -> K.sum(K.square(row), 1), x), CLOSE);
        compared.expect("loop over no steps", K.foldl((a, b) -> a.plus(b),
                K.slice(x, new int[] {0, 0, 0}, new int[] {0, 3, 6}), K.constant(1, DType.FLOAT32, 3, 6)), CLOSE);
        compared.check();
    }

    @Test
    void cumulativeSumsAndProductsAreThoseOfTheReference() {
        var draw = new Draw(4);
        var compared = new Comparison();
        for (DType type : DType.values()) {
            if (type != DType.BOOL) {
                Tensor ones = compared
                        .input(NDArray.of(type, IntStream.range(0, 3 * 1000).mapToDouble(i -> 1).toArray(), 3, 1000));
                Tensor factors = compared.input(
                        draw.array(type, type.isFloating() ? 0.9 : -3, type.isFloating() ? 1.1 : 3, Shape.of(40, 17)));
                compared.expect("cumsum of " + type.word(), K.cumsum(ones, 1), Tolerance.EXACT);
                compared.expect("cumprod of " + type.word(), K.cumprod(factors, 0), CLOSE);
            }
        }
        // In float16, a sum of ones would stop at 2048.
        Tensor halves = compared.input(NDArray.of(DType.FLOAT16,
                IntStream.range(0, 40_000).mapToDouble(i -> i % 10 == 0 ? 1 : 0).toArray(), 40_000));
        compared.expect("long cumsum of float16", K.cumsum(halves, 0), Tolerance.EXACT);
        var sizes = new ArrayList<int[]>(
                List.of(new int[] {5}, new int[] {3, 17}, new int[] {4, 5, 33}, new int[] {70_001}, new int[] {1, 1}));
        for (int[] shape : sizes) {
            Tensor x = compared.input(draw.array(DType.FLOAT32, 0.9, 1.1, Shape.of(shape)));
            Tensor n = compared.input(draw.array(DType.INT32, -3, 3, Shape.of(shape)));
            for (int axis = 0; axis < shape.length; axis++) {
                String what = " of " + x.shape() + " along " + axis;
                Tensor sums = K.cumsum(x, axis);
                Tensor products = K.cumprod(K.slice(x, new int[shape.length], least(shape)), axis);
                compared.expect("cumsum" + what, sums, CLOSE);
                compared.expect("cumprod" + what, products, CLOSE);
                compared.expect("cumsum of integers" + what, K.cumsum(n, axis), Tolerance.EXACT);
                compared.expect("gradient of cumsum" + what, K.gradients(K.sum(K.square(sums)), x), CLOSE);
                compared.expect("gradient of cumprod" + what, K.gradients(K.sum(products), x), CLOSE);
                compared.expect("reversed" + what, Tensor.of(new Op.Scan(axis, true), K.onesLike(n), n),
                        Tolerance.EXACT);
            }
        }
        compared.check();
    }

    private static int[] least(int[] shape) {
        int[] size = shape.clone();
        for (int a = 0; a < size.length; a++) {
            size[a] = Math.min(size[a], 40);
        }
        return size;
    }

    @Test
    void aBranchGivesTheSideThatItsConditionChooses() {
        var draw = new Draw(5);
        var compared = new Comparison();
        for (int condition = 0; condition < 2; condition++) {
            Tensor given = compared.input(NDArray.scalar(DType.INT32, condition));
            Tensor x = compared.input(drawn(draw, 9, 9));
            Tensor computed = K.sum(K.square(x)).greater(condition == 0 ? 1e9 : 0);
            for (Tensor c : List.of(given, computed)) {
                Tensor light = K.switch_(c, () -> K.log(K.abs(x)), () -> x.times(2));
                Tensor heavy = K.switch_(c, () -> K.dot(x, K.transpose(x)), () -> K.dot(K.tanh(x), x).plus(1));
                String what = " where " + (c == given ? "given " : "computed ") + condition;
                compared.expect("light" + what, light, CLOSE);
                compared.expect("heavy" + what, heavy, CLOSE);
                compared.expect("gradient of light" + what, K.gradients(K.sum(light), x), CLOSE);
                compared.expect("gradient of heavy" + what, K.gradients(K.sum(K.square(heavy)), x), CLOSE);
            }
            Tensor looped = K.foldl(
                    (a, row) -> K.switch_(K.sum(a).greater(0), () -> K.dot(a, x).plus(row), () -> a.minus(row)), x);
            compared.expect("branch in a loop", looped, CLOSE);
        }
        compared.check();
    }

    @Test
    void readingsOfCtcAreThoseOfTheReference() {
        var draw = new Draw(6);
        var compared = new Comparison();
        Tensor p = K.softmax(compared.input(draw.array(DType.FLOAT32, -3, 3, Shape.of(3, 9, 5))));
        Tensor lengths = compared.input(NDArray.of(new int[] {9, 6, 1}, 3, 1));
        Decoded greedy = K.ctcDecode(p, lengths);
        compared.expect("greedy path", greedy.paths().get(0), Tolerance.EXACT);
        compared.expect("greedy probability", greedy.logProbabilities(), CLOSE);
        Decoded best = K.ctcDecode(p, lengths, false, 12, 3);
        for (int i = 0; i < 3; i++) {
            compared.expect("path " + i, best.paths().get(i), Tolerance.EXACT);
        }
        compared.expect("probabilities", best.logProbabilities(), CLOSE);
        compared.check();
    }

    @Test
    void aStateMayBeAnImageThatAConvolutionMakes() {
        var draw = new Draw(7);
        var compared = new Comparison();
        Tensor x = compared.input(drawn(draw, 2, 3, 5, 6, 2));
        Tensor w = compared.input(drawn(draw, 3, 3, 2, 3));
        Tensor u = compared.input(drawn(draw, 3, 3, 3, 3));
        Tensor first = compared.input(drawn(draw, 2, 5, 6, 3));
        RnnOutputs r = K.rnn((in, states) -> {
            Tensor h = K.tanh(same(in, w).plus(same(states.get(0), u)));
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(first));
        compared.expect("images", r.outputs(), CLOSE);
        expectGradients(compared, "", K.sum(K.square(r.outputs())), List.of(x, w, u, first), CLOSE);
        compared.check();
    }

    /** So a step is a few launches, of which one is a product of a matrix that lies in the state's buffer. */
    @Test
    void rowsOfAStateMayDependOnEachOther() {
        var draw = new Draw(8);
        var compared = new Comparison();
        Tensor x = compared.input(drawn(draw, 50, 4, 24));
        Tensor u = compared.input(drawn(draw, 24, 24));
        Tensor first = compared.input(drawn(draw, 50, 24));
        RnnOutputs r = K.rnn((in, states) -> {
            Tensor h = K.dot(states.get(0), u);
            h = K.tanh(h.minus(K.mean(h, 0, true)).times(0.3).plus(in));
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(first));
        compared.expect("outputs", r.outputs(), CLOSE);
        expectGradients(compared, "", K.sum(K.square(r.outputs())), List.of(x, u, first), Tolerance.composed(8, 50));
        compared.check();
    }

    private static Tensor same(Tensor x, Tensor kernel) {
        return K.conv2d(x, kernel, new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF);
    }
}
