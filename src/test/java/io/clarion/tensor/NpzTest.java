package io.clarion.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.JavaChild;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpzTest {
    /** {@code numpy.savez(f, w=float32 [[1.5, -2]], **{'layer/b': int32 7})} of NumPy 2.4. */
    private static final String STORED = "UEsDBC0AAAAAAAAAIQD9z6UI//////////8FABQAdy5ucHkBABAAiAAAAAAAAACIAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cm"
            + "FuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgxLCAyKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
            + "ICAgICAKAADAPwAAAMBQSwMELQAAAAAAAAAhAAwtsbT//////////wsAFABsYXllci9iLm5weQEAEACEAAAAAAAAAIQAAAAAAAAAk05VTVBZAQB2AHsnZG"
            + "VzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
            + "ICAgICAgICAgICAgICAgICAgICAgICAgIAoHAAAAUEsBAi0DLQAAAAAAAAAhAP3PpQiIAAAAiAAAAAUAAAAAAAAAAAAAAIABAAAAAHcubnB5UEsBAi0DLQ"
            + "AAAAAAAAAhAAwtsbSEAAAAhAAAAAsAAAAAAAAAAAAAAIABvwAAAGxheWVyL2IubnB5UEsFBgAAAAACAAIAbAAAAIABAAAAAA==";
    /** {@code numpy.savez_compressed(f, w=float32 zeros (3, 2))}. */
    private static final String DEFLATED = "UEsDBC0AAAAIAAAAIQD7kLqP//////////8FABQAdy5ucHkBABAAmAAAAAAAAABJAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUp"
            + "SYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkaaOgq1CmQDLgYcAABQSwECLQMtAAAACAAAACEA+5C6j0kAAACYAAAABQAAAAAAAAAAAAAAgAEAAAAAdy5u"
            + "cHlQSwUGAAAAAAEAAQAzAAAAgAAAAAAA";

    @TempDir
    Path folder;

    @Test
    void readsWhatSavezWrites() throws IOException {
        Map<String, NDArray> arrays = Npz.read(fixture(STORED));
        assertEquals(List.of("w", "layer/b"), List.copyOf(arrays.keySet()));
        assertEquals(Shape.of(1, 2), arrays.get("w").shape());
        assertArrayEquals(new double[] {1.5, -2}, arrays.get("w").toDoubles());
        assertEquals(7, arrays.get("layer/b").item());
    }

    @Test
    void readsWhatSavezCompressedWrites() throws IOException {
        NDArray w = Npz.read(fixture(DEFLATED)).get("w");
        assertEquals(Shape.of(3, 2), w.shape());
        assertArrayEquals(new double[6], w.toDoubles());
    }

    @Test
    void arraysComeBackInTheirOrderAndTheSameArraysGiveTheSameFile() throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        arrays.put("z/kernel", NDArray.of(new float[] {1, 2}, 2, 1));
        arrays.put("a", NDArray.of(new boolean[] {true}, 1));
        Path file = folder.resolve("a.npz");
        Npz.write(file, arrays);
        Map<String, NDArray> back = Npz.read(file);
        assertEquals(List.of("z/kernel", "a"), List.copyOf(back.keySet()));
        assertEquals(arrays.get("z/kernel").bytes(), back.get("z/kernel").bytes());
        assertEquals(DType.BOOL, back.get("a").dtype());
        byte[] first = Files.readAllBytes(file);
        Npz.write(file, arrays);
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    /** Writes an array of a megabyte more than the heap has, and reads it again. */
    static final class Large {
        private Large() {}

        public static void main(String[] file) throws IOException {
            NDArray large = NDArray.zeros(DType.UINT8, Shape.of((int) (Runtime.getRuntime().maxMemory() + (1 << 20))));
            large.setLong(large.elements() - 1, 7);
            Npz.write(Path.of(file[0]), Map.of("a", large));
            System.out.write((int) Npz.read(Path.of(file[0])).get("a").getLong(large.elements() - 1));
            System.out.flush();
        }
    }

    @Test
    void anArrayThatIsLargerThanTheHeapIsWrittenAndRead() throws Exception {
        Process child = JavaChild.start(Large.class, List.of("-Xmx32m", "-XX:MaxDirectMemorySize=128m"),
                folder.resolve("large.npz").toString());
        assertEquals(7, child.getInputStream().read());
        assertEquals(0, child.waitFor());
    }

    @Test
    void aTruncatedArchiveIsRefusedWithItsName() throws IOException {
        byte[] whole = Base64.getDecoder().decode(STORED);
        for (int length = 0; length < whole.length; length += 7) {
            Path file = folder.resolve("cut.npz");
            Files.write(file, Arrays.copyOf(whole, length));
            String message = assertThrows(IllegalArgumentException.class, () -> Npz.read(file)).getMessage();
            assertTrue(message.startsWith(file + " cannot be read as an .npz archive: "), message);
        }
    }

    @Test
    void aFlippedBitIsFoundByTheChecksum() throws IOException {
        byte[] bytes = Base64.getDecoder().decode(STORED);
        bytes[60 + 128] ^= 1;
        Path file = folder.resolve("flipped.npz");
        Files.write(file, bytes);
        String message = assertThrows(IllegalArgumentException.class, () -> Npz.read(file)).getMessage();
        assertTrue(message.contains("w.npy"), message);
    }

    @Test
    void anotherZipSaysWhichEntryIsForeign() throws IOException {
        Path file = folder.resolve("other.npz");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
        }
        String message = assertThrows(IllegalArgumentException.class, () -> Npz.read(file)).getMessage();
        assertEquals(file + " cannot be read as an .npz archive: its entry \"readme.txt\" is not an .npy file",
                message);
    }

    @Test
    void aFileOfAnotherKindSaysWhatItIs() throws IOException {
        for (String[] kind : new String[][] {
                {"\u0089HDF\r\n\u001a\n",
                        "it is an HDF5 file, as Keras writes it (.h5); with h5py and numpy.savez, Python makes an .npz archive of its arrays"},
                {"\u0093NUMPY\1\0", "it is an .npy file of one array"},
                {"{}", "it is no zip archive, as which numpy.savez and Clarion write it"}}) {
            Path file = Files.write(folder.resolve("model.h5"), kind[0].getBytes(StandardCharsets.ISO_8859_1));
            String message = assertThrows(IllegalArgumentException.class, () -> Npz.read(file)).getMessage();
            assertEquals(file + " cannot be read as an .npz archive: " + kind[1], message);
        }
    }

    @Test
    void twoArraysOfOneNameAreRefused() throws IOException {
        Path file = folder.resolve("twice.npz");
        var same = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(same)) {
            for (String name : List.of("a.npy", "b.npy")) {
                zip.putNextEntry(new ZipEntry(name));
                Npy.write(zip, NDArray.of(new int[] {1}, 1));
            }
        }
        Files.write(file, same.toString(StandardCharsets.ISO_8859_1).replace("b.npy", "a.npy")
                .getBytes(StandardCharsets.ISO_8859_1));
        String message = assertThrows(IllegalArgumentException.class, () -> Npz.read(file)).getMessage();
        assertEquals(file + " cannot be read as an .npz archive: it holds two arrays called \"a\"", message);
    }

    @ParameterizedTest
    @CsvSource({"'(536870911,)', 2147483644", "'(1073741823, 1)', 4294967292"})
    void whatAnArchivePromisesAndDoesNotHoldTakesNoMemory(String shape, long bytes) throws IOException {
        Path file = folder.resolve("promise.npz");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a.npy"));
            String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}";
            zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
            zip.write(header.getBytes(StandardCharsets.US_ASCII));
        }
        String message = assertThrows(IllegalArgumentException.class, () -> Npz.read(file)).getMessage();
        assertTrue(message.endsWith("it is truncated: its header promises " + bytes + " bytes of data for shape "
                + shape + ", 0 are there"), message);
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        Path file = folder.resolve("no/such/a.npz");
        var e = assertThrows(NoSuchFileException.class, () -> Npz.write(file, Map.of()));
        assertTrue(e.getReason().contains(file.getParent().toString()), e.getReason());
    }

    private Path fixture(String base64) throws IOException {
        return Files.write(folder.resolve("fixture.npz"), Base64.getDecoder().decode(base64));
    }
}
