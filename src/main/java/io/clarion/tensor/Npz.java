package io.clarion.tensor;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** NumPy's {@code .npz} files: arrays by name in a zip archive, as {@code numpy.savez} and {@code savez_compressed} write them. */
public final class Npz {
    private static final String SUFFIX = ".npy";
    /** The earliest that a zip can say: the same arrays give the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /**
     * The arrays in {@code file}, in its order.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it, if it is not an archive of such arrays
     */
    public static Map<String, NDArray> read(Path file) throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        try (var zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().filter(e -> !e.isDirectory()).toList()) {
                arrays.put(arrayName(file, entry), array(file, zip, entry));
            }
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(file + " cannot be read as an .npz archive: " + e.getMessage(), e);
        }
        return arrays;
    }

    private static String arrayName(Path file, ZipEntry entry) {
        String name = entry.getName();
        if (!name.endsWith(SUFFIX)) {
            throw new IllegalArgumentException(file + " cannot be read as an .npz archive: its entry \"" + name
                    + "\" is not an .npy file");
        }
        return name.substring(0, name.length() - SUFFIX.length());
    }

    private static NDArray array(Path file, ZipFile zip, ZipEntry entry) throws IOException {
        var sum = new CRC32();
        try (InputStream in = new BufferedInputStream(new CheckedInputStream(zip.getInputStream(entry), sum))) {
            NDArray array = Npy.read(in, file + ", entry \"" + entry.getName() + "\",");
            in.transferTo(OutputStream.nullOutputStream());
            if (sum.getValue() != entry.getCrc()) {
                throw new ZipException("the checksum of its entry \"" + entry.getName() + "\" is wrong");
            }
            return array;
        }
    }

    /** Writes {@code arrays} in their order, uncompressed; a file that is there is replaced once the new one is complete. */
    public static void write(Path file, Map<String, NDArray> arrays) throws IOException {
        WholeFile.write(file, out -> {
            var zip = new ZipOutputStream(out);
            for (var named : arrays.entrySet()) {
                var bytes = new ByteArrayOutputStream();
                Npy.write(bytes, named.getValue());
                zip.putNextEntry(stored(named.getKey() + SUFFIX, bytes.toByteArray()));
                bytes.writeTo(zip);
                zip.closeEntry();
            }
            zip.finish();
        });
    }

    private static ZipEntry stored(String name, byte[] content) {
        var entry = new ZipEntry(name);
        var sum = new CRC32();
        sum.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        entry.setTimeLocal(TIME);
        return entry;
    }
}
