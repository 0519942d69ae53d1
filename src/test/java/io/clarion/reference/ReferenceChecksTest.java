package io.clarion.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ReferenceChecksTest {
    @Test
    void dotIsTheProductOfMatrices() {
        assertArrayEquals(new double[] {58, 64, 139, 154},
                ReferenceChecks.dot(new double[] {1, 2, 3, 4, 5, 6}, new double[] {7, 8, 9, 10, 11, 12}, 2, 3, 2));
    }

    @Test
    void softmaxOfLargeLogitsStaysFinite() {
        double third = 1 / (1 + Math.exp(1) + Math.exp(2));
        double[] expected = {third, third * Math.exp(1), third * Math.exp(2), 1 / 3.0, 1 / 3.0, 1 / 3.0};
        assertArrayEquals(expected, ReferenceChecks.softmax(new double[] {1000, 1001, 1002, -9, -9, -9}, 2, 3), 1e-15);
    }

    @Test
    void batchNormalizationUsesThePopulationVariance() {
        double[] y = ReferenceChecks.batchNormalization(new double[] {1, 10, 3, 30}, new double[] {2, 1},
                new double[] {5, 0}, 2, 2, 0);
        assertArrayEquals(new double[] {3, -1, 7, 1}, y, 1e-12);
    }

    @Test
    void valuesThatDoNotFillTheMatrixAreAnError() {
        assertThrows(IllegalArgumentException.class, () -> ReferenceChecks.softmax(new double[5], 2, 3));
    }
}
