package io.clarion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Steps computed by hand: the loss is Σ p²/2, so that the gradient of p is p. */
class OptimizerTest {
    private static final double START = 2;

    @BeforeAll
    static void onTheReferenceEngine() {
        K.useDevice("reference:0");
    }

    @Test
    void plainDescentGoesAgainstTheGradient() {
        assertSteps(new Sgd(0.1, 0, false), START * 0.9, START * 0.81);
    }

    @Test
    void momentumAddsUp() {
        double p1 = 2 - 0.1 * 2;
        double v2 = 0.9 * -0.2 - 0.1 * p1;
        assertSteps(new Sgd(0.1, 0.9, false), p1, p1 + v2);
    }

    @Test
    void nesterovLooksAhead() {
        double v1 = -0.1 * 2;
        double p1 = 2 + 0.9 * v1 - 0.1 * 2;
        double v2 = 0.9 * v1 - 0.1 * p1;
        assertSteps(new Sgd(0.1, 0.9, true), p1, p1 + 0.9 * v2 - 0.1 * p1);
    }

    @Test
    void rmsPropDividesByTheRunningRootMeanSquare() {
        double a1 = 0.1 * 4;
        double p1 = 2 - 0.001 * 2 / (Math.sqrt(a1) + 1e-8);
        double a2 = 0.9 * a1 + 0.1 * p1 * p1;
        assertSteps(new RmsProp(), p1, p1 - 0.001 * p1 / (Math.sqrt(a2) + 1e-8));
    }

    @Test
    void adamCorrectsTheBiasOfItsMeans() {
        double m = 0;
        double v = 0;
        double p = START;
        double[] expected = new double[5];
        for (int t = 1; t <= expected.length; t++) {
            m = 0.9 * m + 0.1 * p;
            v = 0.999 * v + 0.001 * p * p;
            p -= 0.001 * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t)) * m / (Math.sqrt(v) + 1e-8);
            expected[t - 1] = p;
        }
        assertSteps(new Adam(), expected);
    }

    @Test
    void aNameGivesKerassSettings() {
        assertEquals(new Adam(0.001, 0.9, 0.999, 1e-8), Optimizer.named("Adam"));
        assertEquals(new RmsProp(0.001, 0.9, 1e-8), Optimizer.named("rmsprop"));
        assertEquals(new Sgd(0.01, 0, false), Optimizer.named("sgd"));
        assertEquals("optimizer \"lion\" is not one of sgd, rmsprop, adam",
                assertThrows(IllegalArgumentException.class, () -> Optimizer.named("lion")).getMessage());
    }

    @Test
    void whatIsNoVariableCannotBeTrained() {
        Tensor x = K.placeholder(2);
        assertThrows(IllegalArgumentException.class, () -> new Adam().updates(K.sum(x), List.of(x)));
    }

    private static void assertSteps(Optimizer optimizer, double... expected) {
        Tensor p = K.variable(NDArray.of(new float[] {(float) START, (float) -START}, 2), DType.FLOAT32, "p");
        Tensor loss = K.sum(K.square(p)).times(0.5);
        try (var step = K.function(List.of(), List.of(loss), optimizer.updates(loss, List.of(p)))) {
            for (double value : expected) {
                step.call();
                assertArrayEquals(new double[] {value, -value}, K.getValue(p).toDoubles(), 3e-7 * START);
            }
        }
    }
}
