package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShapeTest {
    private final Dim.Symbol n = new Dim.Symbol("batch");

    @Test
    void isWrittenAsInKeras() {
        assertEquals("()", Shape.SCALAR.toString());
        assertEquals("(5,)", Shape.of(5).toString());
        assertEquals("(None, 3)", new Shape(List.of(n, Dim.of(3))).toString());
    }

    @Test
    void negativeAxesCountFromTheEnd() {
        assertEquals(2, Shape.of(4, 5, 6).axis(-1));
        assertEquals(4, Shape.of(4, 5, 6).size(-3));
        String message = assertThrows(IllegalArgumentException.class, () -> Shape.of(4, 5).axis(2)).getMessage();
        assertEquals("axis 2 does not exist in shape (4, 5); allowed are -2 to 1", message);
    }

    @Test
    void axesAreSortedAndNoneGivenMeansAll() {
        assertEquals(List.of(0, 1, 2), Shape.of(4, 5, 6).axes());
        assertEquals(List.of(0, 2), Shape.of(4, 5, 6).axes(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(4, 5, 6).axes(-1, 2));
    }

    @Test
    void broadcastingStretchesOnes() {
        assertEquals(Shape.of(2, 4, 3), Shape.of(4, 1).broadcast(Shape.of(2, 1, 3)));
        assertEquals(Shape.of(3), Shape.SCALAR.broadcast(Shape.of(3)));
        assertEquals(Shape.of(0), Shape.of(1).broadcast(Shape.of(0)));
        String message = assertThrows(IllegalArgumentException.class, () -> Shape.of(2, 3).broadcast(Shape.of(2, 4)))
                .getMessage();
        assertTrue(message.contains("(2, 3) and (2, 4)") && message.contains("3 meets 4"), message);
    }

    @Test
    void anUnknownSizeMeetsAnythingAndTheKnownOneIsKept() {
        Shape unknown = new Shape(List.of(n, Dim.of(3)));
        assertEquals(Shape.of(7, 3), unknown.broadcast(Shape.of(7, 1)));
        assertEquals(unknown, unknown.broadcast(Shape.of(1, 3)));
        assertTrue(unknown.accepts(Shape.of(9, 3)));
        assertFalse(unknown.accepts(Shape.of(9, 4)));
        assertFalse(unknown.accepts(Shape.of(3)));
        assertEquals(Shape.of(9, 3), unknown.resolve(Map.of(n, 9)));
    }

    @Test
    void stridesAreRowMajor() {
        assertArrayEquals(new int[] {30, 6, 1}, Shape.of(4, 5, 6).strides());
        assertArrayEquals(new int[0], Shape.SCALAR.strides());
    }

    @Test
    void elementsAreCounted() {
        assertEquals(1, Shape.SCALAR.elements());
        assertEquals(0, Shape.of(3, 0).elements());
        assertEquals(Dim.of(120), Shape.of(4, 5, 6).count());
        assertThrows(IllegalArgumentException.class, () -> Shape.of(1 << 16, 1 << 16).elements());
    }

    @Test
    void partsAreTakenAndPutTogether() {
        Shape shape = Shape.of(4, 5, 6);
        assertEquals(Shape.of(5), shape.without(List.of(0, 2)));
        assertEquals(Shape.of(1, 5, 1), shape.keeping(List.of(0, 2)));
        assertEquals(shape, shape.part(0, 1).then(shape.part(1, 3)));
        assertEquals(Shape.of(1, 1, 4, 5, 6), shape.padded(5));
        assertEquals(Shape.of(4, 5, 9), shape.with(-1, Dim.of(9)));
    }
}
