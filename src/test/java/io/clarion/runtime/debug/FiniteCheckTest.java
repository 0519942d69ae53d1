package io.clarion.runtime.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Origin;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who made the first NaN or infinity. */
class FiniteCheckTest {
    @BeforeEach
    void look() {
        K.useDevice("reference:0");
        Origin.record(true);
    }

    @AfterEach
    void lookNoMore() {
        Origin.record(false);
    }

    private static String complaint(List<Tensor> inputs, Tensor output, NDArray... values) {
        try (Function f = K.function(inputs, List.of(output))) {
            return assertThrows(NotFinite.class, () -> f.call(values)).getMessage();
        }
    }

    @Test
    void theFirstOperationIsNamedWithWhereItWasBuilt() {
        Tensor x = K.placeholder(2, 2);
        Tensor y = K.sum(K.exp(K.log(x)).times(3));
        String said = complaint(List.of(x), y, NDArray.of(new float[] {1, 2, -1, 0}, 2, 2));
        assertTrue(said.startsWith(
                "call: log made NaN of finite numbers at [1, 0], and 1 more such in float32(2, 2); built at FiniteCheckTest.java:"),
                said);
    }

    @Test
    void theOperationOfAGradientIsNamed() {
        Tensor x = K.placeholder(2);
        String said = complaint(List.of(x), K.gradients(K.sum(K.pow(x, 0.5)), x), NDArray.of(new float[] {0, 1}, 2));
        assertTrue(said.contains("div made Infinity") || said.contains("div made NaN"), said);
    }

    @Test
    void whatASelectionLeavesOutIsNotBlamed() {
        Tensor x = K.placeholder(2);
        Tensor masked = K.sum(Tensor.map(ScalarFn.SELECT, K.greater(x, 0), K.log(x), K.zerosLike(x)));
        String said = complaint(List.of(x), K.sqrt(masked).plus(K.exp(x.times(100))),
                NDArray.of(new float[] {-1, 3}, 2));
        assertTrue(said.startsWith("call: exp made Infinity"), said);
    }

    @Test
    void aBadInputIsNamed() {
        Tensor x = K.placeholder(new int[] {2}, DType.FLOAT32, "ages");
        String said = complaint(List.of(x), K.tanh(x.plus(1)), NDArray.of(new float[] {0, Float.NaN}, 2));
        assertTrue(said.startsWith("call: placeholder ages has NaN at [1]"), said);
    }

    @Test
    void theOperationInALoopIsNamedWithItsStep() {
        Tensor x = K.placeholder(5, 2);
        Tensor y = K.foldl((sum, row) -> K.log(sum).plus(row), x);
        String said = complaint(List.of(x), y, NDArray.of(new float[] {9, 9, 0, 0, 0, 0, 0, 0, 0, 0}, 5, 2));
        assertTrue(said.startsWith("call: log at step 3 of a loop of 4 made "), said);
    }

    @Test
    void theOperationInABranchIsNamed() {
        Tensor x = K.placeholder(2);
        Tensor y = K.exp(K.switch_(K.sum(x).greater(0), () -> K.square(K.log(x)), () -> K.pow(x, 0.5)));
        String taken = complaint(List.of(x), y, NDArray.of(new float[] {-1, 3}, 2));
        assertTrue(taken.startsWith(
                "call: log in a branch made NaN of finite numbers at [0], and 0 more such in float32(2,); built at FiniteCheckTest.java:"),
                taken);
        String other = complaint(List.of(x), y, NDArray.of(new float[] {1, -3}, 2));
        assertTrue(other.startsWith("call: sqrt in a branch made NaN of finite numbers at [1]"), other);
    }

    @Test
    void theOperationInALoopInALoopIsNamedWithBothSteps() {
        Tensor x = K.placeholder(3, 2);
        Tensor y = K.foldl(
                (sum, row) -> K.foldl(
                        (product, e) -> K.switch_(K.lesser(e, 0), () -> K.log(e).plus(product), () -> product.times(e)),
                        row, sum),
                x,
                K.constant(1));
        String said = complaint(List.of(x), y, NDArray.of(new float[] {1, 2, 3, -4, 5, -6}, 3, 2));
        assertTrue(said.startsWith(
                "call: log in a branch at step 1 of a loop of 2 at step 1 of a loop of 3 made NaN of finite numbers at []"),
                said);
        assertTrue(said.contains("FiniteCheckTest.java:"), said);
    }

    @Test
    void theOperationOfTheGradientOfALoopIsNamed() {
        Tensor x = K.placeholder(3);
        Tensor y = K.foldl(
                (sum, e) -> K.switch_(e.greater(1), () -> K.pow(e.minus(2), 0.5).plus(sum), () -> sum.times(e)), x,
                K.constant(1));
        String said = complaint(List.of(x), K.gradients(y, x), NDArray.of(new float[] {0.5f, 2, 1}, 3));
        assertTrue(said.startsWith("call: div in a branch at step 1 of a loop of 3 made Infinity of finite numbers"),
                said);
    }

    @Test
    void whatALoopDropsAgainIsNotBlamed() {
        Tensor x = K.placeholder(3);
        Tensor y = K.foldl((sum, e) -> Tensor.map(ScalarFn.SELECT, K.lesser(sum, 1e9),
                K.exp(e.times(100).plus(sum.times(0))).plus(sum), e), x, K.constant(0));
        String said = complaint(List.of(x), K.log(y.minus(9)), NDArray.of(new float[] {9, 8, -1}, 3));
        assertTrue(said.startsWith("call: log made NaN of finite numbers at []"), said);
        String other = complaint(List.of(x), y, NDArray.of(new float[] {9, 0, 9}, 3));
        assertTrue(other.startsWith("call: exp at step 2 of a loop of 3 made Infinity"), other);
    }

    @Test
    void variablesKeepTheirValuesAndGoodCallsGoThrough() {
        Tensor v = K.variable(NDArray.of(new float[] {4}, 1));
        Tensor x = K.placeholder(1);
        try (Function f = new Function(new Graph(List.of(x), List.of(v), List.of(K.update(v, v.div(x)))), K.device())) {
            f.call(NDArray.of(new float[] {2}, 1));
            assertThrows(NotFinite.class, () -> f.call(NDArray.of(new float[] {0}, 1)));
            assertEquals(2, K.getValue(v).get(0));
        }
    }
}
