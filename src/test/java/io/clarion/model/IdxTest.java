package io.clarion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxTest {
    private static final String PIXELS = "00000802 00000002 00000003 00 01 02 fd fe ff";

    @Test
    void readsBytesAsIntegers() throws IOException {
        NDArray a = read(bytes(PIXELS));
        assertEquals(DType.INT32, a.dtype());
        assertEquals(Shape.of(2, 3), a.shape());
        assertArrayEquals(new double[] {0, 1, 2, 253, 254, 255}, a.toDoubles());
    }

    @ParameterizedTest
    @CsvSource({"00000901 00000001 ff,-1", "00000B01 00000001 fffe,-2", "00000C01 00000001 00010000,65536",
            "00000D01 00000001 3fc00000,1.5", "00000E01 00000001 4004000000000000,2.5", "00000C00 00000007,7"})
    void readsEveryType(String hex, double value) throws IOException {
        assertEquals(value, read(bytes(hex)).item());
    }

    @Test
    void gzipIsSeenByItsFirstByte() throws IOException {
        assertArrayEquals(read(bytes(PIXELS)).toDoubles(), read(gzipped(bytes(PIXELS))).toDoubles());
    }

    @Test
    void aFileThatEndsAnywhereIsRefused() throws IOException {
        byte[] plain = bytes(PIXELS);
        for (int length = 0; length < plain.length; length++) {
            refused(Arrays.copyOf(plain, length));
        }
        byte[] gzipped = gzipped(plain);
        for (int length = 1; length < gzipped.length; length++) {
            assertTrue(refused(Arrays.copyOf(gzipped, length)).contains("gzip"));
        }
    }

    @Test
    void damageIsToldInOneSentence() throws IOException {
        byte[] damaged = gzipped(bytes(PIXELS));
        damaged[damaged.length - 6] ^= 1;
        assertTrue(refused(damaged).contains("its gzip data are damaged"));
        assertEquals("x cannot be read as an IDX file: it does not begin with two zero bytes",
                refused("hello, world".getBytes()));
        assertEquals("x cannot be read as an IDX file: its type is 0x0A; 08, 09, 0B, 0C, 0D and 0E exist",
                refused(bytes("00000A01 00000001 00")));
        assertEquals("x cannot be read as an IDX file: it has more data than the 6 elements of its shape (2, 3)",
                refused(bytes(PIXELS + "00")));
        refused(bytes("00000801 ffffffff 00"));
        refused(bytes("00000803 7fffffff 7fffffff 7fffffff 00"));
    }

    @Test
    void theBundledDigitsAreWhatTheirNoticeSays() {
        Digits digits = Digits.bundled();
        assertEquals(Shape.of(8000, 28, 28), digits.train().images().shape());
        assertEquals(Shape.of(2000, 28, 28), digits.test().images().shape());
        assertEquals(DType.FLOAT32, digits.train().images().dtype());
        double[] pixels = digits.test().images().toDoubles();
        assertEquals(0, Arrays.stream(pixels).min().orElseThrow());
        assertEquals(1, Arrays.stream(pixels).max().orElseThrow());
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                Arrays.stream(digits.train().labels().toInts()).distinct().sorted().toArray());
    }

    @Test
    void pickedSamplesKeepTheirLabels() {
        Samples some = Samples.of(NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 1, 2),
                NDArray.of(new int[] {7, 8, 9}, 3));
        Samples picked = some.pick(new int[] {2, 0});
        assertArrayEquals(new double[] {5, 6, 1, 2}, picked.inputs().get(0).toDoubles());
        assertArrayEquals(new double[] {9, 7}, picked.targets().get(0).toDoubles());
    }

    private static NDArray read(byte[] file) throws IOException {
        return Idx.read(new ByteArrayInputStream(file), "x");
    }

    private static String refused(byte[] file) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage();
        assertTrue(message.startsWith("x cannot be read as an IDX file: "), message);
        return message;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static byte[] gzipped(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }
}
