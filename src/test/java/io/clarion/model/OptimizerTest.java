package io.clarion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.optimizer.Adadelta;
import io.clarion.model.optimizer.Adagrad;
import io.clarion.model.optimizer.Adam;
import io.clarion.model.optimizer.Adamax;
import io.clarion.model.optimizer.Nadam;
import io.clarion.model.optimizer.Optimizer;
import io.clarion.model.optimizer.RmsProp;
import io.clarion.model.optimizer.Sgd;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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
    void adagradDividesByTheRootOfAllSquares() {
        double a = 0;
        double p = START;
        double[] expected = new double[3];
        for (int t = 0; t < 3; t++) {
            a += p * p;
            p -= 0.01 * p / (Math.sqrt(a) + 1e-8);
            expected[t] = p;
        }
        assertSteps(new Adagrad(), expected);
    }

    @Test
    void adadeltaStepsAsFarAsItDidBefore() {
        double a = 0;
        double d = 0;
        double p = START;
        double[] expected = new double[3];
        for (int t = 0; t < 3; t++) {
            a = 0.95 * a + 0.05 * p * p;
            double u = p * Math.sqrt(d + 1e-8) / Math.sqrt(a + 1e-8);
            d = 0.95 * d + 0.05 * u * u;
            p -= u;
            expected[t] = p;
        }
        assertSteps(new Adadelta(), expected);
    }

    @Test
    void adamaxDividesByTheLargestGradient() {
        double m = 0;
        double u = 0;
        double p = START;
        double[] expected = new double[3];
        for (int t = 1; t <= 3; t++) {
            m = 0.9 * m + 0.1 * p;
            u = Math.max(0.999 * u, Math.abs(p));
            p -= 0.002 / (1 - Math.pow(0.9, t)) * m / (u + 1e-8);
            expected[t - 1] = p;
        }
        assertSteps(new Adamax(), expected);
    }

    @Test
    void nadamLooksAheadWithGrowingMomentum() {
        double m = 0;
        double v = 0;
        double schedule = 1;
        double p = START;
        double[] expected = new double[3];
        for (int t = 1; t <= 3; t++) {
            double now = 0.9 * (1 - 0.5 * Math.pow(0.96, t * 0.004));
            double next = 0.9 * (1 - 0.5 * Math.pow(0.96, (t + 1) * 0.004));
            schedule *= now;
            m = 0.9 * m + 0.1 * p;
            v = 0.999 * v + 0.001 * p * p;
            double ahead = (1 - now) * p / (1 - schedule) + next * m / (1 - schedule * next);
            p -= 0.002 * ahead / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
            expected[t - 1] = p;
        }
        assertSteps(new Nadam(), expected);
    }

    @Test
    void aDecayingRateBeginsWhole() {
        double p1 = START * (1 - 0.1);
        double p2 = p1 * (1 - 0.1 / 1.5);
        assertSteps(new Sgd(0.1).decay(0.5), p1, p2, p2 * (1 - 0.1 / 2));
    }

    @Test
    void clippingByLengthKeepsTheDirection() {
        double length = Math.sqrt(2) * START;
        double p1 = START - 0.1 * START / length;
        assertSteps(new Sgd(0.1).clipNorm(1), p1, p1 - 0.1 * p1 / (Math.sqrt(2) * p1));
        assertSteps(new Sgd(0.1).clipNorm(3), START * 0.9);
    }

    @Test
    void clippingByValueLimitsEachElement() {
        assertSteps(new Sgd(0.1).clipValue(0.5), START - 0.05, START - 0.1);
        assertSteps(new Sgd(0.1).clipValue(5).clipNorm(1).decay(0.5), START - 0.1 / Math.sqrt(2));
    }

    @Test
    void aNameGivesKerassSettings() {
        assertEquals(new Adam(0.001, 0.9, 0.999, 1e-8), Optimizer.named("Adam"));
        assertEquals(new RmsProp(0.001, 0.9, 1e-8), Optimizer.named("rmsprop"));
        assertEquals(new Sgd(0.01, 0, false), Optimizer.named("sgd"));
        assertEquals(new Nadam(0.002, 0.9, 0.999, 1e-8, 0.004), Optimizer.named("nadam"));
        assertEquals("optimizer \"lion\" is not one of sgd, rmsprop, adagrad, adadelta, adam, adamax, nadam",
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

    @Test
    void settingsThatTrainNothingAreRefused() {
        Map<String, Executable> wrong = new LinkedHashMap<>();
        wrong.put("a learning rate cannot be -0.1; a finite number from 0 would do", () -> new Sgd(-0.1));
        wrong.put("a learning rate cannot be NaN; a finite number from 0 would do", () -> new Adam(Double.NaN));
        wrong.put("a learning rate cannot be Infinity; a finite number from 0 would do",
                () -> new RmsProp(Double.POSITIVE_INFINITY));
        wrong.put("momentum cannot be 2.0; a number from 0 to below 1 would do", () -> new Sgd(0.1, 2, false));
        wrong.put("rho cannot be 1.0; a number from 0 to below 1 would do", () -> new RmsProp(0.1, 1, 1e-8));
        wrong.put("rho cannot be NaN; a number from 0 to below 1 would do", () -> new Adadelta(1, Double.NaN, 1e-8));
        wrong.put("epsilon cannot be -1.0; a finite number from 0 would do", () -> new Adagrad(0.1, -1));
        wrong.put("beta1 cannot be 1.0; a number from 0 to below 1 would do", () -> new Adam(0.1, 1, 0.9, 1e-8));
        wrong.put("beta2 cannot be -0.1; a number from 0 to below 1 would do", () -> new Adamax(0.1, 0.9, -0.1, 1e-8));
        wrong.put("the decay of the schedule cannot be -1.0; a finite number from 0 would do",
                () -> new Nadam(0.1, 0.9, 0.9, 1e-8, -1));
        wrong.put("the decay of a learning rate cannot be Infinity; a finite number from 0 would do",
                () -> new Sgd().decay(Double.POSITIVE_INFINITY));
        wrong.forEach((message, made) -> assertEquals(message,
                assertThrows(IllegalArgumentException.class, made).getMessage()));
    }
}
