package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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

    @ParameterizedTest
    @EnumSource(DType.class)
    void anIndexOutsideIsAnErrorThatSaysWhichThereAre(DType type) {
        NDArray a = NDArray.zeros(type, Shape.of(2, 3));
        // The last two are 0 once they are multiplied by the bytes of an element.
        for (int i : new int[] {-1, 6, 100, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30}) {
            for (Executable access : new Executable[] {() -> a.get(i), () -> a.getLong(i), () -> a.set(i, 1),
                    () -> a.setLong(i, 1)}) {
                assertEquals("element " + i + " does not exist in an array of shape (2, 3), which has elements 0 to 5",
                        assertThrows(IndexOutOfBoundsException.class, access).getMessage());
            }
        }
        assertEquals("element 0 does not exist in an array of shape (0,), which has none",
                assertThrows(IndexOutOfBoundsException.class, () -> NDArray.zeros(type, Shape.of(0)).get(0))
                        .getMessage());
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
    void floatsBecomeIntegersWithinTheRange() {
        NDArray a = NDArray.of(new double[] {-3e9, 300, 1e30, Double.NaN, Double.NEGATIVE_INFINITY}, 5);
        assertArrayEquals(new long[] {0, 255, 255, 0, 0}, a.cast(DType.UINT8).toLongs());
        assertArrayEquals(new long[] {Integer.MIN_VALUE, 300, Integer.MAX_VALUE, 0, Integer.MIN_VALUE},
                a.cast(DType.INT32).toLongs());
        assertArrayEquals(new long[] {-3_000_000_000L, 300, Long.MAX_VALUE, 0, Long.MIN_VALUE},
                a.cast(DType.INT64).toLongs());
    }

    @Test
    void integersKeepTheirLowBits() {
        NDArray a = NDArray.of(new long[] {-1, 256, (5L << 32) + 7, Long.MIN_VALUE}, 4);
        assertArrayEquals(new long[] {-1, 256, 7, 0}, a.cast(DType.INT32).toLongs());
        assertArrayEquals(new int[] {-1, 256, 7, 0}, a.toInts());
        assertArrayEquals(new long[] {255, 0, 7, 0}, a.cast(DType.UINT8).toLongs());
        assertArrayEquals(new long[] {1, 1, 1, 1}, a.cast(DType.BOOL).toLongs());
        assertArrayEquals(new double[] {200}, NDArray.of(new byte[] {(byte) 200}, 1).toDoubles());
    }

    @Test
    void longNumbersAreExact() {
        NDArray a = NDArray.of(new long[] {Long.MAX_VALUE, (1L << 53) + 1}, 2);
        assertArrayEquals(new long[] {Long.MAX_VALUE, (1L << 53) + 1}, a.toLongs());
        assertEquals("int64(2,) [9223372036854775807, 9007199254740993]", a.toString());
        a.setLong(0, Long.MIN_VALUE + 1);
        assertEquals(Long.MIN_VALUE + 1, a.getLong(0));
    }

    @Test
    void halvesAreRoundedToEvenAndReachToInfinity() {
        double[] values = {1 + 0x1p-11, 1 + 3 * 0x1p-11, 65519, 65520, 0x1p-24, 0x1p-25, -0.0, Double.NaN};
        double[] halves = {1, 1 + 0x1p-9, 65504, Double.POSITIVE_INFINITY, 0x1p-24, 0, -0.0, Double.NaN};
        assertArrayEquals(halves, NDArray.of(DType.FLOAT16, values, 8).toDoubles());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void anUlpIsTheDistanceToTheNextNumber(DType type) {
        for (double value : new double[] {1, 1.5, 1000, type.isFloating() ? 0x1p-13 : 2}) {
            NDArray a = NDArray.of(type, new double[] {value, value + type.ulp(value), value + type.ulp(value) / 4}, 3);
            assertTrue(type == DType.BOOL || value > type.greatest() || a.get(0) < a.get(1) && a.get(0) == a.get(2),
                    a::toString);
        }
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
        assertEquals(Shape.of(2), a.row(1).shape());
        assertArrayEquals(new double[] {30, 4}, a.row(1).toDoubles());
    }

    @Test
    void anArrayOverABufferIsThatBuffersMemory() {
        ByteBuffer memory = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());
        memory.putFloat(4, 1).putFloat(24, 6).position(4).limit(28);
        NDArray a = NDArray.over(memory, DType.FLOAT32, 2, 3);
        assertArrayEquals(new float[] {1, 0, 0, 0, 0, 6}, a.toFloats());
        a.set(1, 2);
        memory.putFloat(12, 3);
        assertEquals(2, memory.getFloat(8));
        assertEquals(3, a.get(2));
        assertEquals(4, memory.position());
    }

    @Test
    void aBufferThatCannotBeAnArrayIsRefused() {
        assertEquals("over: float32(2, 3) has 24 bytes, and the buffer 20 from its position to its limit",
                assertThrows(IllegalArgumentException.class,
                        () -> NDArray.over(ByteBuffer.allocateDirect(20), DType.FLOAT32, 2, 3)).getMessage());
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> NDArray.over(ByteBuffer.allocate(24), DType.FLOAT32, 2, 3)).getMessage()
                .startsWith("over: a buffer on Java's heap was given"));
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
        String message = assertThrows(IllegalArgumentException.class, () -> NDArray.of(new float[5], 2, 3))
                .getMessage();
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
        assertEquals(DType.INT32, DType.UINT8.promote(DType.INT32));
        assertEquals(DType.FLOAT16, DType.INT64.promote(DType.FLOAT16));
        assertEquals(DType.FLOAT64, DType.FLOAT64.promote(DType.BOOL));
        String message = assertThrows(IllegalArgumentException.class, () -> DType.of("float128")).getMessage();
        assertTrue(message.contains("bool, uint8, int32, int64, float16, float32, float64"), message);
    }
}
