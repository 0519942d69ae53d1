package io.clarion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
    @EnumSource(Initialiser.class)
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
        double[] w = Initialiser.GLOROT_UNIFORM.draw(new int[] {30, 20}, DimOrdering.TF, new SplittableRandom(1)).toDoubles();
        assertTrue(Arrays.stream(w).allMatch(x -> Math.abs(x) <= bound));
        assertTrue(Arrays.stream(w).anyMatch(x -> Math.abs(x) > 0.95 * bound));
    }

    @Test
    void theSameSeedGivesTheSameWeights() {
        NDArray a = Initialiser.HE_NORMAL.draw(new int[] {9}, DimOrdering.TF, new SplittableRandom(3));
        NDArray b = Initialiser.HE_NORMAL.draw(new int[] {9}, DimOrdering.TF, new SplittableRandom(3));
        assertArrayEquals(a.toDoubles(), b.toDoubles());
    }
}
