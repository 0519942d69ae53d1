package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NDArrayTest {
    @ParameterizedTest
    @EnumSource(DType.class)
    void valuesOfEachTypeComeBack(DType type) {
        NDArray a = NDArray.of(type, new double[] {0, 1, 1, 0, 1, 0}, 2, 3);
        assertEquals(type, a.dtype());
        assertEquals(6 * type.bytes(), a.bytes().remaining());
        assertArrayEquals(new double[] {0, 1, 1, 0, 1, 0}, a.toDoubles());
        assertArrayEquals(new float[] {0, 1, 1, 0, 1, 0}, a.toFloats());
        assertArrayEquals(new int[] {0, 1, 1, 0, 1, 0}, a.toInts());
        assertSame(type, DType.of(type.word()));
    }

    @Test
    void extremeValuesAreExact() {
        assertEquals(Integer.MIN_VALUE, NDArray.of(new int[] {Integer.MIN_VALUE}, 1).item());
        assertEquals(Double.MIN_VALUE, NDArray.of(new double[] {Double.MIN_VALUE}, 1).item());
        assertEquals(Float.MAX_VALUE, NDArray.of(new float[] {Float.MAX_VALUE}, 1).item());
        assertTrue(Double.isNaN(NDArray.of(new float[] {Float.NaN}, 1).item()));
    }

    @Test
    void castsGoTowardsZeroAndAskWhetherZero() {
        NDArray a = NDArray.of(new double[] {-1.9, 0, 0.1, 3.9}, 4);
        assertArrayEquals(new int[] {-1, 0, 0, 3}, a.cast(DType.INT32).toInts());
        assertArrayEquals(new int[] {1, 0, 1, 1}, a.cast(DType.BOOL).toInts());
        assertSame(a, a.cast(DType.FLOAT64));
    }

    @Test
    void reshapeAndRowsAreViewsOfTheSameMemory() {
        NDArray a = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        a.reshape(6).set(5, 60);
        NDArray rows = a.rows(1, 3);
        assertEquals(Shape.of(2, 2), rows.shape());
        assertArrayEquals(new double[] {3, 4, 5, 60}, rows.toDoubles());
        rows.set(0, 30);
        assertEquals(30, a.get(2));
        assertThrows(IndexOutOfBoundsException.class, () -> a.rows(2, 4));
        assertEquals(0, a.rows(3, 3).elements());
    }

    @Test
    void aCopyIsMemoryOfItsOwn() {
        NDArray a = NDArray.of(new boolean[] {true, false}, 2);
        NDArray copy = a.copy();
        copy.set(1, 7);
        assertArrayEquals(new int[] {1, 1}, copy.toInts());
        assertArrayEquals(new int[] {1, 0}, a.toInts());
    }

    @Test
    void valuesThatDoNotFillTheShapeAreAnError() {
        String message = assertThrows(IllegalArgumentException.class, () -> NDArray.of(new float[5], 2, 3)).getMessage();
        assertEquals("5 values do not fill shape (2, 3), which has 6 elements", message);
        assertThrows(IllegalStateException.class, () -> NDArray.of(new float[2], 2).item());
    }

    @Test
    void isPrintedWithTypeShapeAndFirstValues() {
        assertEquals("float32(2,) [0.1, 2.0]", NDArray.of(new float[] {0.1f, 2}, 2).toString());
        assertTrue(NDArray.zeros(DType.INT32, Shape.of(9)).toString().endsWith("…]"));
    }

    @Test
    void typesMeetAtTheLater() {
        assertEquals(DType.FLOAT32, DType.INT32.promote(DType.FLOAT32));
        assertEquals(DType.FLOAT64, DType.FLOAT64.promote(DType.BOOL));
        String message = assertThrows(IllegalArgumentException.class, () -> DType.of("float128")).getMessage();
        assertTrue(message.contains("bool, int32, float32, float64"), message);
    }
}
