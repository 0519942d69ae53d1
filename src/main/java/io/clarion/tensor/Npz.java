package io.clarion.tensor;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's {@code .npz} files: arrays by name in a zip archive, as {@code numpy.savez} and {@code savez_compressed}
 * write them.
 */
public final class Npz {
    private static final String SUFFIX = ".npy";
    /** The earliest that a zip can say: the same arrays give the same file. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /**
     * Returns the arrays in {@code file}, in its order.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it, if it is not an archive of such
     *                                  arrays, of which memory holds all
     */
    public static Map<String, NDArray> read(Path file) throws IOException {
        var arrays = new LinkedHashMap<String, NDArray>();
        try (var zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().filter(e -> !e.isDirectory()).toList()) {
                String name = arrayName(file, entry);
                if (arrays.put(name, array(file, zip, entry)) != null) {
                    throw new ZipException("it holds two arrays called \"" + name + "\"");
                }
            }
        } catch (ZipException | EOFException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read as an .npz archive: " + foreign(file).orElse(e.getMessage()), e);
        }
        return arrays;
    }

    /** Returns what a file is that is no archive at all; empty for one that begins as one. */
    private static Optional<String> foreign(Path file) throws IOException {
        String begin;
        try (InputStream in = Files.newInputStream(file)) {
            begin = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
        }
        return Optional.ofNullable(begin.startsWith("PK") ? null
                : begin.equals("\u0089HDF")
                        ? "it is an HDF5 file, as Keras writes it (.h5); with h5py and numpy.savez, Python makes an .npz archive of its arrays"
                        : begin.equals("\u0093NUM") ? "it is an .npy file of one array"
                                : "it is no zip archive, as which numpy.savez and Clarion write it");
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
            NDArray array = Npy.read(in, file + ", entry \"" + entry.getName() + "\",", available(file, entry));
            in.transferTo(OutputStream.nullOutputStream());
            if (sum.getValue() != entry.getCrc()) {
                throw new ZipException("the checksum of its entry \"" + entry.getName() + "\" is wrong");
            }
            return array;
        }
    }

    /** Returns the most bytes that an entry can have, whatever it says. */
    private static long available(Path file, ZipEntry entry) throws IOException {
        long stored = Math.min(Files.size(file), Math.max(0, entry.getCompressedSize()));
        return Math.min(Math.max(0, entry.getSize()),
                entry.getMethod() == ZipEntry.STORED ? stored : stored * StoredElements.MOST_DEFLATED);
    }

    /**
     * Writes {@code arrays} in their order, uncompressed; a file that is there is replaced once the new one is
     * complete.
     */
    public static void write(Path file, Map<String, NDArray> arrays) throws IOException {
        WholeFile.write(file, out -> {
            var zip = new ZipOutputStream(out);
            for (var named : arrays.entrySet()) {
                zip.putNextEntry(stored(named.getKey() + SUFFIX, named.getValue()));
                Npy.write(zip, named.getValue());
                zip.closeEntry();
            }
            zip.finish();
        });
    }

    private static ZipEntry stored(String name, NDArray content) throws IOException {
        var entry = new ZipEntry(name);
        var sum = new CRC32();
        Npy.write(new CheckedOutputStream(OutputStream.nullOutputStream(), sum), content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(Npy.size(content));
        entry.setCrc(sum.getValue());
        entry.setTimeLocal(TIME);
        return entry;
    }
}
