package io.clarion.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.JavaChild;
import io.clarion.model.Idx;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Npy;
import io.clarion.tensor.Npz;
import io.clarion.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged .npy, .npz and IDX files, and those that promise or hold more than memory does. */
class ArrayFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(classes = {NpyFile.class, NpzFile.class, IdxFile.class})
    void damagedFilesAreReadOrRefused(Class<? extends Format> format) throws Exception {
        Sweep.of(format, folder);
    }

    /** Refuses with a sentence that names the format. */
    private abstract static class Arrays implements Format {
        @Override
        public boolean isDocumented(Exception e) {
            return e.getClass() == IllegalArgumentException.class && e.getMessage().contains(" cannot be read as an ");
        }

        /** All elements have to be there. */
        static void check(NDArray array) {
            if (array.elements() > 0) {
                array.get(array.elements() - 1);
            }
        }
    }

    private static byte[] npy(String type, String order, String shape, int bytes, int version) {
        byte[] text = ("{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }    \n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(12 + text.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        file.put(text).put(new byte[bytes]);
        return java.util.Arrays.copyOf(file.array(), file.position());
    }

    private static List<byte[]> npys() throws IOException {
        var files = new ArrayList<>(List.of(npy("<f4", "False", "(2, 3)", 24, 1), npy("|b1", "False", "(5,)", 5, 1),
                npy(">i8", "True", "(2, 2, 2)", 64, 2),
                npy("<f2", "True", "(3, 0, 2)", 0, 3), npy("<u8", "False", "()", 8, 1),
                npy("|i1", "False", "(1L, 40L)", 40, 1), npy(">f8", "True", "(30, 40)", 9600, 1)));
        for (DType dtype : DType.values()) {
            var out = new ByteArrayOutputStream();
            Npy.write(out, NDArray.zeros(dtype, Shape.of(3, 4)));
            files.add(out.toByteArray());
        }
        return files;
    }

    static final class NpyFile extends Arrays {
        @Override
        public List<byte[]> valid() throws IOException {
            return npys();
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("a.npy");
        }

        @Override
        public void read(Path file) throws IOException {
            check(Npy.read(file));
        }
    }

    static final class NpzFile extends Arrays {
        private final byte[] right = npy("<f4", "False", "(2, 3)", 24, 1);

        /** Archives, and arrays that become archives once they are damaged, so that checksums are right. */
        @Override
        public List<byte[]> valid() throws IOException {
            var files = new ArrayList<>(npys());
            List<byte[]> arrays = npys();
            for (int method : new int[] {ZipEntry.STORED, ZipEntry.DEFLATED}) {
                files.add(archive(method, arrays));
                files.add(archive(method, arrays.subList(0, 1)));
                files.add(archive(method, List.of()));
            }
            return files;
        }

        private static byte[] archive(int method, List<byte[]> arrays) throws IOException {
            var out = new ByteArrayOutputStream();
            try (var zip = new ZipOutputStream(out)) {
                for (int i = 0; i < arrays.size(); i++) {
                    var entry = new ZipEntry("layer/" + i + ".npy");
                    entry.setMethod(method);
                    if (method == ZipEntry.STORED) {
                        var sum = new java.util.zip.CRC32();
                        sum.update(arrays.get(i));
                        entry.setCrc(sum.getValue());
                        entry.setSize(arrays.get(i).length);
                    }
                    zip.putNextEntry(entry);
                    zip.write(arrays.get(i));
                }
            }
            return out.toByteArray();
        }

        @Override
        public byte[] wrapped(byte[] damaged, RandomGenerator random) throws IOException {
            boolean isArchive = damaged.length > 1 && damaged[0] == 'P' && damaged[1] == 'K';
            return isArchive ? damaged
                    : archive(random.nextBoolean() ? ZipEntry.STORED : ZipEntry.DEFLATED, List.of(damaged, right));
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("a.npz");
        }

        @Override
        public void read(Path file) throws IOException {
            Npz.read(file).values().forEach(Arrays::check);
        }
    }

    static final class IdxFile extends Arrays {
        @Override
        public List<byte[]> valid() throws IOException {
            var files = new ArrayList<byte[]>();
            int[] bytes = {1, 1, 2, 4, 4, 8};
            for (int i = 0; i < bytes.length; i++) {
                int type = new int[] {0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E}[i];
                files.add(ByteBuffer.allocate(12 + 15 * bytes[i]).putShort((short) 0).put((byte) type).put((byte) 2)
                        .putInt(3).putInt(5).array());
            }
            files.add(ByteBuffer.allocate(5).putInt(0x800).array());
            files.add(gzipped(files.get(0)));
            return files;
        }

        private static byte[] gzipped(byte[] plain) throws IOException {
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out)) {
                gzip.write(plain);
            }
            return out.toByteArray();
        }

        @Override
        public byte[] wrapped(byte[] damaged, RandomGenerator random) throws IOException {
            boolean isZipped = damaged.length > 0 && damaged[0] == 0x1F;
            return isZipped || random.nextBoolean() ? damaged : gzipped(damaged);
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("a.idx");
        }

        @Override
        public void read(Path file) throws IOException {
            check(Idx.read(file));
        }
    }

    /** Reads a file in the little memory that it was started with, and prints why that cannot be. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] file) throws IOException {
            Path path = Path.of(file[0]);
            try {
                System.out.println(file[0].endsWith(".npz") ? Npz.read(path)
                        : file[0].endsWith(".npy") ? Npy.read(path) : Idx.read(path));
            } catch (IllegalArgumentException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static String read(Path file) throws Exception {
        Process child = JavaChild.start(Reader.class, List.of("-Xmx64m", "-XX:MaxDirectMemorySize=64m"),
                file.toString());
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, child.waitFor());
        return said;
    }

    private static void zeros(OutputStream out, long bytes) throws IOException {
        byte[] some = new byte[1 << 16];
        for (long left = bytes; left > 0; left -= some.length) {
            out.write(some, 0, (int) Math.min(left, some.length));
        }
    }

    @Test
    void aGzipBombIsReadAsFarAsItsHeaderSays() throws Exception {
        Path file = folder.resolve("bomb.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(ByteBuffer.allocate(8).putInt(0x801).putInt(10).array());
            zeros(out, 100 << 20);
        }
        assertEquals(file + " cannot be read as an IDX file: it has more data than the 10 elements of its shape (10,)",
                read(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"idx", "npy", "npz"})
    void anArrayThatIsThereAndDoesNotFitMemoryIsRefused(String format) throws Exception {
        Path file = folder.resolve("large." + format);
        int elements = 100 << 20;
        byte[] header = format.equals("idx") ? ByteBuffer.allocate(8).putInt(0x801).putInt(elements).array()
                : npy("|u1", "False", "(" + elements + ",)", 0, 1);
        try (var out = Files.newOutputStream(file)) {
            if (format.equals("npz")) {
                var zip = new ZipOutputStream(out);
                zip.putNextEntry(new ZipEntry("a.npy"));
                zip.write(header);
                zeros(zip, elements);
                zip.close();
            } else {
                out.write(header);
                zeros(out, elements);
            }
        }
        String what = format.equals("npz") ? file + ", entry \"a.npy\", cannot be read as an .npy array"
                : file + " cannot be read as an " + (format.equals("idx") ? "IDX file" : ".npy array");
        assertEquals(what + ": its "
                + (format.equals("idx") ? "int32(104857600,) needs 0.4" : "uint8(104857600,) needs 0.1")
                + " GB of memory, which this program does not have; -Xmx, or -XX:MaxDirectMemorySize where that is set, gives it more",
                read(file));
    }

    @Test
    void whatAHeaderPromisesAndAFileDoesNotHoldTakesNoMemory() throws Exception {
        Path file = Files.write(folder.resolve("promise.npy"), npy("<f4", "False", "(500000000,)", 10, 1));
        assertEquals(file
                + " cannot be read as an .npy array: it is truncated: its header promises 2000000000 bytes of data for shape (500000000,), 10 are there",
                read(file));
        Path digits = Files.write(folder.resolve("promise.idx"),
                ByteBuffer.allocate(9).putInt(0x801).putInt(500_000_000).array());
        assertEquals(digits
                + " cannot be read as an IDX file: it is truncated: its header promises 500000000 bytes of data for shape (500000000,), 1 is there",
                read(digits));
    }
}
