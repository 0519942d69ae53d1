package io.clarion.grad;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.check.RandomValues;
import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.reference.Evaluation;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GradientsTest {
    @Property(tries = 400)
    void everyKindOfNodeHasTheGradientsOfItsDifferences(@ForAll Cases kind, @ForAll long seed) {
        var samples = new RandomValues(seed);
        Cases.Case drawn = kind.draw(samples);
        CentralDifferences.check(kind.name(), samples, drawn.built(), drawn.x());
    }

    @Test
    void noKindOfNodeIsLeftOut() {
        Set<Class<?>> met = new HashSet<>(List.of(Op.Elementwise.class, Op.Alias.class, Op.Leaf.class));
        for (Cases kind : Cases.values()) {
            Cases.Case drawn = kind.draw(new RandomValues(1));
            Tensor y = drawn.built().of(drawn.x().stream().map(Tensor::constant).toList());
            for (Tensor t : Graph.tensors(List.of(y))) {
                met.add(t.op().getClass());
                if (t.op() instanceof Op.View(Movement movement)) {
                    met.add(movement.getClass());
                }
            }
        }
        List<Class<?>> all = new ArrayList<>(Arrays.asList(Op.class.getPermittedSubclasses()));
        all.remove(Bundle.class);
        all.addAll(Arrays.asList(Bundle.class.getPermittedSubclasses()));
        all.addAll(Arrays.asList(Movement.class.getPermittedSubclasses()));
        assertEquals(List.of(), all.stream().filter(c -> !met.contains(c)).toList());
    }

    @ParameterizedTest
    @EnumSource(ScalarFn.class)
    void everyScalarFunctionHasTheGradientsOfItsDifferences(ScalarFn fn) {
        var samples = new RandomValues(fn.ordinal());
        for (int[] sizes : List.of(new int[0], new int[] {7}, samples.sizes(2, 3, 4))) {
            boolean choice = fn.rule() == ScalarFn.Rule.CHOICE;
            Tensor condition = samples.tensor(DType.FLOAT64, sizes).greater(0);
            List<NDArray> x = IntStream.range(choice ? 1 : 0, fn.isDifferentiable() ? fn.arity() : 0)
                    .mapToObj(i -> samples.array(DType.FLOAT64, fn.low(), fn.high(), sizes)).toList();
            if (!x.isEmpty()) {
                CentralDifferences.check(fn.word(), samples, in -> {
                    var arguments = new ArrayList<>(in);
                    if (choice) {
                        arguments.add(0, condition);
                    }
                    return Tensor.map(fn, arguments.toArray(Tensor[]::new));
                }, x);
            }
        }
    }

    @Property(tries = 30)
    void aSmallNetHasTheGradientsOfItsDifferences(@ForAll long seed) {
        var samples = new RandomValues(seed);
        List<NDArray> x = List.of(samples.array(DType.FLOAT64, -1, 1, 4, 3), samples.array(DType.FLOAT64, -1, 1, 3, 5),
                samples.array(DType.FLOAT64, -1, 1, 5));
        CentralDifferences.check("net", samples, in -> {
            Tensor h = dot(in.get(0), in.get(1)).plus(in.get(2)).apply(ScalarFn.TANH);
            Tensor max = Tensor.of(new Op.Reduce(Op.Reduce.Kind.MAX, List.of(1)), h).expand(List.of(1));
            Tensor e = h.minus(max).apply(ScalarFn.EXP);
            return e.div(e.sum(List.of(1)).expand(List.of(1))).apply(ScalarFn.LOG);
        }, x);
    }

    private static Tensor dot(Tensor a, Tensor b) {
        return new Contraction(List.of(a.shape().dim(0), a.shape().dim(1), b.shape().dim(1)),
                List.of(List.of(0, 1), List.of(1, 2)), List.of(0, 2), List.of()).apply(List.of(a, b));
    }

    private static Tensor vector(double... values) {
        return Tensor.constant(NDArray.of(values, values.length));
    }

    private static double[] gradient(Tensor loss, Tensor x) {
        return Evaluation.of(Gradients.of(loss, List.of(x)).get(0)).toDoubles();
    }

    private static Tensor reduce(Op.Reduce.Kind kind, Tensor x) {
        return Tensor.of(new Op.Reduce(kind, List.of(0)), x);
    }

    @Test
    void tiesShareTheGradientOfTheMaximumAndTheFirstTakesItOfFirstMax() {
        Tensor x = vector(1, 3, 3, 2);
        assertArrayEquals(new double[] {0, 0.5, 0.5, 0}, gradient(reduce(Op.Reduce.Kind.MAX, x), x));
        assertArrayEquals(new double[] {0, 1, 0, 0}, gradient(reduce(Op.Reduce.Kind.FIRST_MAX, x), x));
    }

    @Test
    void theGradientOfAProductWithZerosIsThatOfTheOthers() {
        Tensor x = vector(2, 0, 3);
        assertArrayEquals(new double[] {0, 6, 0}, gradient(reduce(Op.Reduce.Kind.PROD, x), x));
        Tensor twoZeros = vector(0, 0, 3);
        assertArrayEquals(new double[] {0, 0, 0}, gradient(reduce(Op.Reduce.Kind.PROD, twoZeros), twoZeros));
    }

    @Test
    void nothingFlowsThroughStop() {
        Tensor x = vector(2, 5);
        assertArrayEquals(new double[] {2, 5}, gradient(Tensor.of(new Op.Stop(), x).times(x), x));
        assertEquals("gradients: the loss depends on " + x.described()
                + " only through stopGradient, which has no gradient; "
                + "a differentiable function in place of it would do", refused(Tensor.of(new Op.Stop(), x), x));
    }

    @Test
    void aDroppedUpdateHasNoGradient() {
        Tensor x = vector(2, 5, 7);
        Tensor indices = Tensor.constant(NDArray.of(new int[] {1, 9, -1}, 3));
        assertArrayEquals(new double[] {1, 0, 0}, gradient(Tensor.of(new Op.ScatterAdd(Dim.of(2)), x, indices), x));
    }

    @Test
    void aTensorUsedTwiceGetsBothGradients() {
        Tensor x = vector(3);
        assertArrayEquals(new double[] {6}, gradient(x.times(x), x));
        assertArrayEquals(new double[] {3}, gradient(x.plus(x).plus(x), x));
    }

    @Test
    void whatTheLossDoesNotDependOnHasZeros() {
        Tensor x = vector(3, 4);
        assertArrayEquals(new double[] {0, 0}, gradient(vector(1), x));
    }

    private static String refused(Tensor loss, Tensor x) {
        return assertThrows(IllegalArgumentException.class, () -> Gradients.of(loss, List.of(x))).getMessage();
    }

    /** Says by what words a gradient is refused. */
    private static String only(Tensor loss, Tensor x) {
        String said = refused(loss, x);
        return said.substring(said.indexOf(" only through ") + " only through ".length(), said.indexOf(", which "));
    }

    @Test
    void aGradientThatIsCutEverywhereIsRefused() {
        Tensor x = vector(3, 4);
        assertEquals("a cast to int32", only(x.cast(DType.INT32).cast(DType.FLOAT64), x));
        assertEquals("round", only(x.times(2).apply(ScalarFn.ROUND), x));
        assertEquals("argmax", only(reduce(Op.Reduce.Kind.ARGMAX, x).cast(DType.FLOAT64), x));
        assertEquals("greater", only(Tensor.map(ScalarFn.SELECT, x.greater(3), vector(1, 2), vector(3, 4)), x));
        assertEquals("floor and round", only(x.apply(ScalarFn.ROUND).plus(x.apply(ScalarFn.FLOOR)), x));
        assertEquals("equal", only(x.apply(ScalarFn.EQUAL, vector(3, 3)).apply(ScalarFn.NOT).cast(DType.FLOAT64), x));
    }

    @Test
    void theGradientOfASignIsZero() {
        Tensor x = vector(3, -4);
        assertArrayEquals(new double[] {0, 0}, gradient(x.apply(ScalarFn.SIGN), x));
    }

    @Test
    void aWayThatIsNotCutIsEnough() {
        Tensor x = vector(3, 4);
        assertArrayEquals(new double[] {1, 1}, gradient(x.plus(x.apply(ScalarFn.ROUND)), x));
        assertArrayEquals(new double[] {3, 4}, gradient(x.apply(ScalarFn.ROUND).times(x), x));
    }

    @Test
    void loopsAndBranchesAreLookedInto() {
        Tensor x = vector(3, 4);
        Tensor c = Tensor.literal(DType.BOOL, 1);
        assertEquals("round",
                only(K.switch_(c, () -> x.apply(ScalarFn.ROUND), () -> x.apply(ScalarFn.ROUND).plus(1)), x));
        assertArrayEquals(new double[] {0, 0},
                gradient(K.switch_(c, () -> x.apply(ScalarFn.ROUND), () -> x.plus(1)), x));
        assertEquals("floor",
                only(K.foldl((sum, e) -> sum.plus(e.apply(ScalarFn.FLOOR)), x, Tensor.literal(DType.FLOAT64, 0)), x));
        assertArrayEquals(new double[] {1, 1},
                gradient(K.foldl((sum, e) -> sum.plus(e), x, Tensor.literal(DType.FLOAT64, 0)), x));
        Tensor first = Tensor.constant(NDArray.scalar(DType.FLOAT64, 2)).plus(vector(1).sum(List.of(0)));
        assertEquals("round", only(K.foldl((sum, e) -> sum.apply(ScalarFn.ROUND).plus(e), x, first), first));
    }

    @Test
    void whatTheGradientOfABendJumpsWithIsNoMistake() {
        Tensor x = vector(3, -4);
        for (ScalarFn fn : List.of(ScalarFn.RELU, ScalarFn.ABS)) {
            Tensor slope = Gradients.of(x.apply(fn), List.of(x)).get(0);
            assertArrayEquals(new double[] {0, 0}, gradient(slope, x));
        }
        Tensor most = Gradients.of(reduce(Op.Reduce.Kind.MAX, x), List.of(x)).get(0);
        assertArrayEquals(new double[] {0, 0}, gradient(most.sum(List.of(0)), x));
        Tensor clipped = Gradients.of(x.apply(ScalarFn.MAXIMUM, vector(0, 0)), List.of(x)).get(0);
        assertArrayEquals(new double[] {0, 0}, gradient(clipped, x));
    }

    @Test
    void theGradientOfAnIntermediateTensorIsItsOwn() {
        Tensor x = vector(3, 4);
        Tensor y = x.times(2);
        assertArrayEquals(new double[] {3, 3}, gradient(y.times(3), y));
        assertArrayEquals(new double[] {6, 6}, gradient(y.times(3), x));
    }

    @Test
    void anIntegerLossIsAnError() {
        Tensor x = Tensor.constant(NDArray.of(new int[] {1}, 1));
        String message = assertThrows(IllegalArgumentException.class, () -> Gradients.of(x, List.of(x))).getMessage();
        assertTrue(message.contains("int32"), message);
    }

    @Test
    void gradientsOfUnknownSizesAreComputedForThoseOfTheCall() {
        var n = new Dim.Symbol("n");
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT64, new Shape(List.of(n, Dim.of(2))), "x"));
        Tensor mean = x.times(x).sum(List.of(0, 1)).div(Tensor.of(new Op.Size(n)).cast(DType.FLOAT64));
        var f = Evaluation.function(List.of(x), Gradients.of(mean, List.of(x)));
        assertArrayEquals(new double[] {1, 2, 3, 4},
                f.call(NDArray.of(new double[] {1, 2, 3, 4}, 2, 2)).get(0).toDoubles());
        assertArrayEquals(new double[] {2, 4}, f.call(NDArray.of(new double[] {1, 2}, 1, 2)).get(0).toDoubles());
    }
}
