package io.clarion.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrawingTest {
    @Test
    void twoRowsOfPixelsAreALineOfHalfBlocks() {
        NDArray image = NDArray.zeros(DType.FLOAT32, Shape.of(1, 10, 12));
        image.set(4 * 12 + 4, 1);
        image.set(5 * 12 + 5, 1);
        image.set(4 * 12 + 6, 1);
        image.set(5 * 12 + 6, 1);
        assertEquals(List.of("▀▄█ "), DigitArt.draw(image, 0, true));
        assertEquals(List.of("++@ "), DigitArt.draw(image, 0, false));
    }

    @Test
    void drawingsStandBesideEachOther() {
        assertEquals(List.of("    ab    e", "    cd    f"),
                DigitArt.beside(List.of(List.of("ab", "cd"), List.of("e", "f"))));
    }

    @Test
    void columnsOfATableAreAlignedNumbersAtTheRight() {
        assertEquals(List.of("name     n  note", "one    1.5  x", "three   10  a longer note"),
                new Table("name", "n", "note").row("one", 1.5, "x").row("three", 10, "a longer note").lines());
    }
}
