package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DimTest {
    private final Dim.Symbol n = new Dim.Symbol("n");
    private final Dim.Symbol m = new Dim.Symbol("m");

    @Property
    void expressionsOfSymbolsResolveToTheirArithmetic(@ForAll @IntRange(min = 5, max = 99) int a,
            @ForAll @IntRange(min = 1, max = 99) int b, @ForAll @IntRange(min = 1, max = 9) int k) {
        Map<Dim.Symbol, Integer> sizes = Map.of(n, a, m, b);
        assertEquals(Dim.of(a + b + k), n.plus(m).plus(k).resolve(sizes));
        assertEquals(Dim.of(a * b * k), Dim.of(k).times(n).times(m).resolve(sizes));
        assertEquals(Dim.of((a - 5) / k + 1), n.plus(-5).dividedBy(Dim.of(k)).plus(1).resolve(sizes));
        assertEquals(Dim.of(a + b - b), n.plus(m).minus(m).resolve(sizes));
        assertEquals(Dim.of(a * k / k), n.times(Dim.of(k)).dividedBy(Dim.of(k)).resolve(sizes));
        assertEquals(Dim.of(a * b / a), n.times(m).dividedBy(n).resolve(sizes));
        assertEquals(Dim.of(k + a), Dim.of(k).plus(n).resolve(sizes));
        assertEquals(Dim.of(Math.max(0, a - b)), n.excess(m).resolve(sizes));
        assertEquals(Dim.of(Math.max(0, a - k)), n.excess(Dim.of(k)).resolve(sizes));
    }

    @Test
    void expressionsThatUndoThemselvesAreTheSymbolAgain() {
        assertEquals(n, n.plus(3).plus(-3));
        assertEquals(n.plus(1), n.plus(3).plus(-2));
        assertEquals(n, n.times(Dim.of(6)).dividedBy(Dim.of(6)));
        assertEquals(n.times(Dim.of(2)), n.times(Dim.of(6)).dividedBy(Dim.of(3)));
        assertEquals(Dim.of(3), n.times(Dim.of(6)).dividedBy(n.times(Dim.of(2))));
        assertEquals(Dim.ONE, n.dividedBy(n));
        assertEquals(n, n.times(Dim.ONE));
        assertEquals(n, Dim.ONE.times(n));
        assertEquals(n, n.excess(Dim.of(0)));
    }

    @Test
    void symbolsOfOneNameAreDifferentSizes() {
        assertFalse(n.equals(new Dim.Symbol("n")));
        assertTrue(n.mayEqual(new Dim.Symbol("n")));
        assertTrue(n.mayEqual(Dim.of(4)));
        assertFalse(Dim.of(3).mayEqual(Dim.of(4)));
    }

    @Test
    void aSymbolWithoutAValueStays() {
        assertEquals(n, n.resolve(Map.of(m, 4)));
        assertEquals("None", n.plus(1).describe());
        assertTrue(assertThrows(IllegalStateException.class, n::size).getMessage().contains("None"));
    }

    @Test
    void negativeSizesAndOverflowAreErrors() {
        assertThrows(IllegalArgumentException.class, () -> Dim.of(-1));
        assertThrows(IllegalArgumentException.class, () -> n.plus(-5).resolve(Map.of(n, 4)));
        assertThrows(IllegalArgumentException.class, () -> Dim.of(1 << 20).times(Dim.of(1 << 20)));
        assertThrows(IllegalArgumentException.class, () -> Dim.of(5).plus(Integer.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> n.plus(Integer.MAX_VALUE).plus(1));
        assertThrows(IllegalArgumentException.class, () -> n.times(Dim.of(1 << 20)).times(Dim.of(1 << 20)));
    }
}
