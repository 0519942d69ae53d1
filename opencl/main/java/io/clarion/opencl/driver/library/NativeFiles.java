package io.clarion.opencl.driver.library;

import io.clarion.config.Home;
import io.clarion.config.fetch.ScratchFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.LibUtils;

/**
 * The native libraries of JOCL and JavaCPP, which lie in jars and are loaded from files: in a folder of the user's own,
 * whole.
 *
 * <p>JOCL takes its library from the temporary folder, whoever put a file of that name there, and JavaCPP does where
 * the home cannot be written.
 */
final class NativeFiles {
    private static final String JOCL = "JOCL_2_0_6";
    /** A class of JOCL's jar that loads no library. */
    private static final Class<?> JOCLS_JAR = LibUtils.class;
    private static final String TEMPORARY = "java.io.tmpdir";
    private static final String JAVACPP_CACHE = "org.bytedeco.javacpp.cachedir";

    private NativeFiles() {}

    /** Loads JOCL's class with its library. To be called before anything else touches that class. */
    static synchronized void loadJocl() {
        String before = System.getProperty(TEMPORARY);
        try {
            Path folder = folder();
            extract("/lib/" + LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(JOCL)), folder);
            // JOCL knows no other way to be told; Java's own temporary files stay where they were.
            System.setProperty(TEMPORARY, folder.toString());
            CL.setExceptionsEnabled(false);
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException(
                    "JOCL's library cannot be written to a file: " + e + "; CLARION_HOME names a folder for it", e);
        } finally {
            System.setProperty(TEMPORARY, before);
        }
    }

    /**
     * Names a folder for JavaCPP's libraries where it would take the temporary one. To be called before JavaCPP is
     * used.
     */
    static void prepareJavaCpp() {
        if (System.getProperty(JAVACPP_CACHE) == null && !hasUsualCache()) {
            try {
                System.setProperty(JAVACPP_CACHE, Files.createDirectories(folder().resolve("javacpp")).toString());
            } catch (IOException | UncheckedIOException e) {
                // JavaCPP says what it lacks.
            }
        }
    }

    private static boolean hasUsualCache() {
        try {
            return isWritable(Path.of(System.getProperty("user.home", "")).resolve(".javacpp/cache"));
        } catch (InvalidPathException e) {
            return false; // the locale has no characters for the user's home
        }
    }

    /** Returns whether a folder can be written, or made. */
    static boolean isWritable(Path folder) {
        Path there = folder;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return folder.isAbsolute() && there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    /** Returns Clarion's folder for them, or one of this process where that cannot be written. */
    static Path folder() throws IOException {
        Path home = Home.clarion();
        return isWritable(home.toAbsolutePath()) ? Files.createDirectories(home.resolve("native")) : Temporary.FOLDER;
    }

    /** Writes a file of JOCL's jar into a folder, unless it is there as it should be. */
    static void extract(String resource, Path folder) throws IOException {
        try (InputStream in = JOCLS_JAR.getResourceAsStream(resource)) {
            if (in == null) {
                return; // JOCL says that there is none for this system
            }
            byte[] library = in.readAllBytes();
            Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
            if (!Files.isRegularFile(file) || !Arrays.equals(library, Files.readAllBytes(file))) {
                Path whole = Files.createTempFile(folder, "native-", ".part");
                Files.write(whole, library);
                Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Made where it is needed, for the user alone, and gone with the process. */
    private static final class Temporary {
        static final Path FOLDER = made();

        private static Path made() {
            try {
                return ScratchFolder.ofProcess("clarion-native-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
