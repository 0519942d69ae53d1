package io.clarion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The known answers are those of the authors' Random123 (kat_vectors, philox4x32-10). */
class PhiloxTest {
    @Test
    void blocksHaveTheKnownAnswers() {
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, Philox.block(new int[4], 0, 0));
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                Philox.block(new int[] {-1, -1, -1, -1}, -1, -1));
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, Philox.block(
                new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0));
    }

    @Test
    void elementsAreTheWordsOfConsecutiveCounters() {
        assertEquals(0x6627e8d5, Philox.bits(0, 0, 0));
        assertEquals(0x9b00dbd8, Philox.bits(0, 0, 3));
        assertEquals(Philox.block(new int[] {1, 0, 5, 9}, 3, 7)[2], Philox.bits(7L << 32 | 3, 9L << 32 | 5, 6));
    }

    @Property
    void uniformNumbersAreMultiplesOf24BitsBelowOne(@ForAll long seed, @ForAll long draw,
            @ForAll @IntRange(min = 0) int i) {
        float u = Philox.uniform(seed, draw, i);
        assertTrue(u >= 0 && u < 1, () -> "" + u);
        assertEquals(Math.rint(u * 0x1p24), u * 0x1p24);
    }

    @Test
    void meanAndVarianceAreThoseOfTheUniformDistribution() {
        int n = 200_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double u = Philox.uniform(1, 2, i);
            sum += u;
            squares += u * u;
        }
        assertEquals(0.5, sum / n, 0.003);
        assertEquals(1 / 3.0, squares / n, 0.003);
        assertNotEquals(Philox.bits(1, 2, 0), Philox.bits(1, 3, 0));
        assertNotEquals(Philox.bits(1, 2, 0), Philox.bits(2, 2, 0));
    }
}
