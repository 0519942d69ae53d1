package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {
    private static final int[][] SHAPES = {{}, {0}, {1}, {7}, {2, 3}, {3, 0, 2}, {2, 3, 4, 5}};

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(DType.class)
    void anArrayOfAnyShapeComesBackAsItWas(DType dtype) throws IOException {
        for (int[] shape : SHAPES) {
            NDArray array = NDArray.zeros(dtype, Shape.of(shape));
            for (int i = 0; i < array.elements(); i++) {
                array.set(i, i % 3 - 1);
            }
            Path file = folder.resolve("a.npy");
            Npy.write(file, array);
            NDArray back = Npy.read(file);
            assertEquals(dtype, back.dtype());
            assertEquals(array.shape(), back.shape());
            assertEquals(array.bytes(), back.bytes());
        }
    }

    @Test
    void whatIsWrittenIsWhatNumPyReads() throws IOException {
        var bytes = new ByteArrayOutputStream();
        Npy.write(bytes, NDArray.of(new float[] {2.5f}, 1));
        byte[] file = bytes.toByteArray();
        String header = new String(file, StandardCharsets.ISO_8859_1).substring(10, 64).strip();
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                new String(file, 10, 118, StandardCharsets.US_ASCII).strip());
        assertEquals(128 + 4, file.length, header);
        assertEquals(118, file[8]);
        assertEquals('\n', file[127]);
        assertArrayEquals(new byte[] {0, 0, 32, 64}, Arrays.copyOfRange(file, 128, 132));
    }

    @Test
    void readsFortranOrder() throws IOException {
        NDArray a = read(file(1, "'<f4', 'fortran_order': True, 'shape': (2, 3)",
                "0000000000009040 0000c03f0000c040 000040400000f040"));
        assertArrayEquals(new double[] {0, 1.5, 3, 4.5, 6, 7.5}, a.toDoubles());
        assertEquals(Shape.of(2, 3), a.shape());
    }

    @Test
    void readsBigEndian() throws IOException {
        NDArray a = read(file(1, "'>f8', 'fortran_order': False, 'shape': (2,)", "3ff0000000000000 4014000000000000"));
        assertEquals(DType.FLOAT64, a.dtype());
        assertArrayEquals(new double[] {1, 5}, a.toDoubles());
    }

    @Test
    void readsVersionsTwoAndThree() throws IOException {
        assertArrayEquals(new double[] {1, 0, 1},
                read(file(2, "'|b1', 'fortran_order': False, 'shape': (3,)", "010001")).toDoubles());
        assertArrayEquals(new double[] {1, 0, 1},
                read(file(3, "'|b1', 'fortran_order': False, 'shape': (3,)", "010001")).toDoubles());
    }

    @ParameterizedTest
    @CsvSource({"|u1,ff,UINT8,255", "|i1,ff,INT32,-1", "<i2,feff,INT32,-2", ">u2,fffe,INT32,65534",
            "<u4,ffffffff,INT64,4294967295",
            "<i8,ffffffffffffff7f,INT64,9223372036854775807", ">i8,fffffffffffffffe,INT64,-2",
            ">u8,0000000000000007,INT64,7",
            "<i4,00000080,INT32,-2147483648"})
    void integersOfAnyWidthBecomeTheShortestTypeThatHasThem(String descr, String hex, DType dtype, long value)
            throws IOException {
        NDArray a = read(file(1, "'" + descr + "', 'fortran_order': False, 'shape': ()", hex));
        assertEquals(dtype, a.dtype());
        assertEquals(value, a.getLong(0));
    }

    @Test
    void anIntegerThatDoesNotFitIsNamed() {
        String message = refused(file(1, "'<u8', 'fortran_order': False, 'shape': ()", "ffffffffffffffff"));
        assertTrue(message.endsWith("the value 18446744073709551615 of dtype '<u8' does not fit int64"), message);
    }

    @Test
    void readsHalves() throws IOException {
        NDArray a = read(file(1, "'<f2', 'fortran_order': True, 'shape': (1, 3)", "003e ff7b 0100"));
        assertEquals(DType.FLOAT16, a.dtype());
        assertArrayEquals(new double[] {1.5, 65504, 0x1p-24}, a.toDoubles());
        assertArrayEquals(new double[] {-2},
                read(file(1, "'>f2', 'fortran_order': False, 'shape': (1,)", "c000")).toDoubles());
    }

    @Test
    void aTruncatedFileSaysHowMuchIsThere() throws IOException {
        Path file = folder.resolve("short.npy");
        Files.write(file, file(1, "'<f4', 'fortran_order': False, 'shape': (5, 4)", "00000000 00000000 0000"));
        String message = assertThrows(IllegalArgumentException.class, () -> Npy.read(file)).getMessage();
        assertEquals(file
                + " cannot be read as an .npy array: it is truncated: its header promises 80 bytes of data for shape (5, 4), "
                + "10 are there", message);
    }

    @Test
    void aFileThatEndsAnywhereIsRefusedAndNotMisread() throws IOException {
        byte[] whole = file(1, "'<i4', 'fortran_order': False, 'shape': (2,)", "01000000 02000000");
        assertEquals(2, read(whole).get(1));
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", value = {
            "'<c8', 'fortran_order': False, 'shape': (1,) -> its dtype is '<c8'; bool, integers, float16, float32 and float64 are readable",
            "'|O', 'fortran_order': False, 'shape': (1,) -> its dtype is '|O'; bool, integers, float16, float32 and float64 are readable",
            "[('a', '<f4')], 'fortran_order': False, 'shape': (1,) -> it holds a structured array; bool, integers, float16, float32 and float64 are readable",
            "'<f4', 'fortran_order': False, 'shape': (99999999999,) -> an axis of its shape has 99999999999 elements, more than 2^31 - 1",
            "'<f4', 'fortran_order': False, 'shape': (65536, 65536) -> a tensor of shape (65536, 65536) has more than 2^31 - 1 elements",
            "'<f4', 'fortran_order': Maybe, 'shape': (1,) -> its header does not tell 'descr', 'fortran_order' and 'shape'"},
            quoteCharacter = '"')
    void aHeaderThatCannotBeServedSaysWhy(String header, String why) {
        String message = refused(file(1, header, ""));
        assertTrue(message.contains(why), message);
    }

    @Test
    void aForeignFileSaysThatItIsOne() {
        assertTrue(refused("PK..".repeat(9).getBytes(StandardCharsets.US_ASCII))
                .endsWith("it does not begin with the bytes \\x93NUMPY"));
        assertTrue(refused(file(4, "'<f4', 'fortran_order': False, 'shape': (1,)", "")).contains("format version 4.0"));
    }

    @Test
    void writingLeavesNothingUnfinishedBehind() throws IOException {
        Npy.write(folder.resolve("a.npy"), NDArray.of(new int[] {1}, 1));
        Npy.write(folder.resolve("a.npy"), NDArray.of(new int[] {2}, 1));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
        assertEquals(2, Npy.read(folder.resolve("a.npy")).item());
    }

    private static NDArray read(byte[] file) throws IOException {
        return Npy.read(new ByteArrayInputStream(file), "x.npy");
    }

    private static String refused(byte[] file) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(file)).getMessage();
        assertTrue(message.startsWith("x.npy cannot be read as an .npy array: "), message);
        return message;
    }

    /** The bytes that NumPy writes: prefix, header, data given in hexadecimal. */
    private static byte[] file(int version, String fields, String hex) {
        byte[] header = ("{'descr': " + fields + ", }\n").getBytes(StandardCharsets.US_ASCII);
        byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
        var file = ByteBuffer.allocate(12 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(NpyHeader.MAGIC).put((byte) version).put((byte) 0);
        if (version == 1) {
            file.putShort((short) header.length);
        } else {
            file.putInt(header.length);
        }
        file.put(header).put(data);
        return Arrays.copyOf(file.array(), file.position());
    }
}
