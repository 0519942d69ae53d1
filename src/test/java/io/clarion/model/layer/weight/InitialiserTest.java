package io.clarion.model.layer.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.DimOrdering;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitialiserTest {
    @Test
    void fansAreCountedAsKerasDoes() {
        assertEquals(new Fans(784, 128), Fans.of(new int[] {784, 128}, DimOrdering.TH));
        assertEquals(new Fans(3 * 5 * 16, 3 * 5 * 32), Fans.of(new int[] {3, 5, 16, 32}, DimOrdering.TF));
        assertEquals(new Fans(3 * 5 * 16, 3 * 5 * 32), Fans.of(new int[] {32, 16, 3, 5}, DimOrdering.TH));
        assertEquals(new Fans(2 * 3 * 4 * 5, 2 * 3 * 4 * 6), Fans.of(new int[] {2, 3, 4, 5, 6}, DimOrdering.TF));
        assertEquals(new Fans(4, 4), Fans.of(new int[] {16}, DimOrdering.TF));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"IDENTITY", "ZERO", "ONE"})
    void weightsHaveTheirVarianceAndNoOffset(Initialiser initialiser) {
        int[] shape = {300, 200};
        double[] w = initialiser.draw(shape, DimOrdering.TF, new SplittableRandom(5)).toDoubles();
        double variance = initialiser.variance(new Fans(300, 200));
        double mean = Arrays.stream(w).average().orElseThrow();
        double meanSquare = Arrays.stream(w).map(x -> x * x).average().orElseThrow();
        assertEquals(0, mean, 5 * Math.sqrt(variance / w.length));
        assertEquals(1, meanSquare / variance, 0.03);
    }

    @Test
    void glorotUniformStaysWithinItsBound() {
        double bound = Math.sqrt(6.0 / (30 + 20));
        double[] w = Initialiser.GLOROT_UNIFORM.draw(new int[] {30, 20}, DimOrdering.TF, new SplittableRandom(1))
                .toDoubles();
        assertTrue(Arrays.stream(w).allMatch(x -> Math.abs(x) <= bound));
        assertTrue(Arrays.stream(w).anyMatch(x -> Math.abs(x) > 0.95 * bound));
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        NDArray a = Initialiser.HE_NORMAL.draw(new int[] {9}, DimOrdering.TF, new SplittableRandom(3));
        NDArray b = Initialiser.HE_NORMAL.draw(new int[] {9}, DimOrdering.TF, new SplittableRandom(3));
        assertArrayEquals(a.toDoubles(), b.toDoubles());
    }

    @Test
    void orthogonalVectorsAreAtRightAnglesAndOfLengthOnePointOne() {
        for (int[] shape : new int[][] {{4, 7}, {7, 4}, {5, 5}}) {
            double[] w = Initialiser.ORTHOGONAL.draw(shape, DimOrdering.TF, new SplittableRandom(2)).toDoubles();
            boolean wide = shape[0] <= shape[1];
            for (int a = 0; a < Math.min(shape[0], shape[1]); a++) {
                for (int b = 0; b <= a; b++) {
                    double product = 0;
                    for (int k = 0; k < Math.max(shape[0], shape[1]); k++) {
                        product += wide ? w[a * shape[1] + k] * w[b * shape[1] + k]
                                : w[k * shape[1] + a] * w[k * shape[1] + b];
                    }
                    assertEquals(a == b ? 1.21 : 0, product, 1e-6);
                }
            }
        }
    }

    @Test
    void constantsAreWhatTheirNamesSay() {
        assertArrayEquals(new double[] {1, 0, 0, 1},
                Initialiser.IDENTITY.draw(new int[] {2, 2}, DimOrdering.TF, null).toDoubles());
        assertArrayEquals(new double[] {1, 1}, Initialiser.ONE.draw(new int[] {2}, DimOrdering.TF, null).toDoubles());
        assertArrayEquals(new double[] {0, 0}, Initialiser.ZERO.draw(new int[] {2}, DimOrdering.TF, null).toDoubles());
        assertEquals("weights of shape [2, 3] cannot be an identity; a square would do",
                assertThrows(IllegalArgumentException.class,
                        () -> Initialiser.IDENTITY.draw(new int[] {2, 3}, DimOrdering.TF, null)).getMessage());
    }
}
