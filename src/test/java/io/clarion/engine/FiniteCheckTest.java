package io.clarion.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Origin;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
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
        assertTrue(said.startsWith("call: log made NaN of finite numbers at [1, 0], and 1 more such in float32(2, 2); built at FiniteCheckTest.java:"), said);
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
        String said = complaint(List.of(x), K.sqrt(masked).plus(K.exp(x.times(100))), NDArray.of(new float[] {-1, 3}, 2));
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
