package io.clarion.opencl.compile.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IndexTest {
    private static final Index I = Index.var("i", 73_728);
    private static final Index R = Index.var("r", 10_816);
    private static final Index O = Index.var("o", 256);

    @Test
    void coordinatesOfAPlaceGiveThePlaceBack() {
        int[] sizes = {128, 24, 24, 32};
        Index place = Index.var("i", 128 * 24 * 24 * 32);
        assertEquals(place, Index.flat(Index.coordinates(place, sizes), sizes));
    }

    @Test
    void rowsAndColumnsOfAnImageAreAPlaceInIt() {
        assertEquals(R.modulo(784), R.dividedBy(28).modulo(28).times(28).plus(R.modulo(28)));
        assertEquals(R.modulo(784).times(3), R.modulo(28).times(3).plus(R.dividedBy(28).modulo(28).times(84)));
    }

    @Test
    void aRestSmallerThanTheUnitDropsOutOfADivision() {
        assertEquals(R.dividedBy(676), R.times(32).plus(O.modulo(32)).dividedBy(21_632));
        assertEquals(R.modulo(676).times(32).plus(O.modulo(32)), R.times(32).plus(O.modulo(32)).modulo(21_632));
    }

    @Test
    void neighboursInABlockAreNeighbours() {
        assertEquals(1L, O.dividedBy(32).times(346_112).plus(R.times(32)).plus(O.modulo(32)).stride("o", 8));
        assertEquals(0L, O.dividedBy(32).stride("o", 8));
        assertEquals(null, O.modulo(12).stride("o", 8));
    }

    @Test
    void neighboursInARowAreNeighboursIfTheRowIsNotLeft() {
        Index place = O.dividedBy(12).times(14).plus(O.modulo(12));
        assertEquals(null, place.stride("o", 8));
        Set<Index.Block> rows = new HashSet<>();
        assertEquals(1L, place.stride("o", 8, rows));
        assertEquals(Set.of(new Index.Block(O, 12, 0, 7)), rows);
        assertEquals("(o%12) < 5", rows.iterator().next().condition());
        assertEquals(null, O.modulo(7).stride("o", 8, rows));
        assertTrue(new Index.Block(O, 36, 0, 7).follows(new Index.Block(O, 12, 0, 7)));
    }

    @Test
    void lanesOfQuotientsAndRemaindersAreKnownWhereTheFirstIs() {
        assertArrayEquals(new long[] {0, 0, 1, 1, 2, 2, 3, 3}, O.dividedBy(2).lanes("o", 8, null));
        assertArrayEquals(new long[] {0, 1, 0, 1, 0, 1, 0, 1}, O.plus(R.times(4)).modulo(2).lanes("o", 8, null));
        assertArrayEquals(new long[] {0, 1, 1, 2}, O.plus(1).dividedBy(2).lanes("o", 4, null));
        assertEquals(null, O.plus(R).dividedBy(2).lanes("o", 8, null));
        Set<Index.Block> rows = new HashSet<>();
        assertArrayEquals(new long[] {0, 0, 1, 1, 2, 2, 3, 3},
                I.dividedBy(48).modulo(12).times(12).plus(I.modulo(24).dividedBy(2)).lanes("i", 8, rows));
        assertEquals(Set.of(), rows);
        assertArrayEquals(new long[] {0, 0, 1, 1}, I.modulo(26).dividedBy(2).lanes("i", 4, rows));
        assertEquals(List.of("((i/2)%13) < 12"), rows.stream().map(Index.Block::condition).toList());
    }

    @Test
    void whatNeverFallsIsToldByItsEnds() {
        assertTrue(O.dividedBy(3).plus(R.modulo(5)).plus(-1).isRising("o"));
        assertFalse(O.modulo(3).isRising("o"));
        assertFalse(O.dividedBy(3).times(-1).isRising("o"));
    }

    @Test
    void unfoldedVariablesAreWhatTheyWereComputedFrom() {
        Index column = Index.of(new Index.Var("t1", 12, O.dividedBy(3).plus(-1)));
        assertEquals(O.plus(-3), column.times(3).plus(O.modulo(3)).unfolded());
        assertTrue(column.modulo(5).divides(Set.of("t1")));
        assertFalse(column.times(5).divides(Set.of("t1")));
    }

    @Test
    void everySimplificationKeepsTheValue() {
        var random = new Random(7);
        for (int n = 0; n < 20_000; n++) {
            long i = random.nextInt(73_728);
            long r = random.nextInt(10_816);
            long o = random.nextInt(256);
            Map<String, Long> at = Map.of("i", i, "r", r, "o", o);
            Index index = I.times(random.nextInt(5)).plus(R.times(random.nextInt(40))).plus(O).plus(random.nextInt(9));
            long value = value(index, at);
            for (int step = 0; step < 4; step++) {
                long by = List.of(2L, 3L, 8L, 12L, 24L, 32L, 576L, 21_632L).get(random.nextInt(8));
                int kind = random.nextInt(5);
                long last = index.range().high();
                index = switch (kind) {
                    case 0 -> index.dividedBy(by);
                    case 1 -> index.modulo(by);
                    case 2 -> index.times(by % 7).plus(O.modulo(by));
                    case 3 -> index.times(-1).plus(last);
                    default -> index.plus(I.dividedBy(by));
                };
                value = switch (kind) {
                    case 0 -> value / by;
                    case 1 -> value % by;
                    case 2 -> value * (by % 7) + o % by;
                    case 3 -> last - value;
                    default -> value + i / by;
                };
                assertEquals(value, value(index, at), index.text());
                assertTrue(index.range().low() <= value && value <= index.range().high(), index.text());
            }
        }
    }

    /** As C computes it: quotients round towards zero. */
    private static long value(Index index, Map<String, Long> at) {
        return index.constant() + index.terms().entrySet().stream().mapToLong(t -> t.getValue() * switch (t.getKey()) {
            case Index.Var v -> at.get(v.name());
            case Index.Div(Index of, long by) -> value(of, at) / by;
            case Index.Mod(Index of, long by) -> value(of, at) % by;
        }).sum();
    }
}
