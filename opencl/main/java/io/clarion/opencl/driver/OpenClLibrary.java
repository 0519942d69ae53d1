package io.clarion.opencl.driver;

import io.clarion.opencl.driver.LoaderFacts.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.jocl.CL;

/**
 * Loads libOpenCL and then JOCL. JOCL's class cannot be used for the rest of the JVM's life once it failed to find the
 * library, so the library is brought in first: the system's, or the loader in JavaCPP's jar.
 * {@code -Dclarion.loader=bundled} takes the latter at once.
 */
final class OpenClLibrary {
    private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);

    private OpenClLibrary() { }

    static LoaderFacts load() {
        try {
            Source source = bringIn();
            CL.setExceptionsEnabled(false);
            return new LoaderFacts(source, loadedFile(), Optional.empty());
        } catch (LinkageError | RuntimeException e) {
            return new LoaderFacts(Source.NONE, Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
        }
    }

    private static Source bringIn() {
        boolean bundled = "bundled".equals(System.getProperty("clarion.loader"));
        if (!bundled && (OS.contains("mac") || systemHasIt())) {
            return Source.SYSTEM;
        }
        Loader.load(org.bytedeco.opencl.global.OpenCL.class);
        return Source.BUNDLED;
    }

    private static boolean systemHasIt() {
        if (OS.contains("win")) {
            return loads(() -> System.loadLibrary("OpenCL"));
        }
        return usualFolders().map(folder -> folder.resolve("libOpenCL.so.1")).filter(Files::exists)
                .anyMatch(file -> loads(() -> System.load(file.toString())))
                || loads(() -> Loader.load(Loader.class)) && loads(() -> Loader.loadGlobal("libOpenCL.so.1"));
    }

    /** Where the dynamic linker looks at least; JavaCPP can ask it for the rest, and takes 150 ms for that. */
    private static Stream<Path> usualFolders() {
        String linkerPath = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        return Stream.concat(Stream.of(linkerPath.split(":")).filter(folder -> folder.startsWith("/")),
                Stream.of("/lib/" + arch + "-linux-gnu", "/usr/lib/" + arch + "-linux-gnu", "/lib64", "/usr/lib64",
                        "/lib", "/usr/lib")).map(Path::of);
    }

    private static boolean loads(Runnable loading) {
        try {
            loading.run();
            return true;
        } catch (LinkageError | RuntimeException e) {
            return false;
        }
    }

    private static Optional<String> loadedFile() {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("libOpenCL")).map(line -> line.substring(line.indexOf('/'))).findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
