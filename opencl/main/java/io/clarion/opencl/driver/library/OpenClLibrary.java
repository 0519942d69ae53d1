package io.clarion.opencl.driver.library;

import io.clarion.opencl.driver.fetch.DriverFetch;
import io.clarion.opencl.driver.fetch.LoaderEnvironment;
import io.clarion.opencl.driver.library.LoaderFacts.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * Loads libOpenCL and then JOCL. JOCL's class cannot be used for the rest of the JVM's life once it failed to find the
 * library, so the library is brought in first: the system's, or the loader in JavaCPP's jar.
 * {@code -Dclarion.loader=bundled} takes the latter at once.
 *
 * <p>JavaCPP and its jars come with the program; a user of the library may have left them out.
 */
public final class OpenClLibrary {
    /** The artifact that brings a loader and JavaCPP, with their native libraries. */
    public static final String ARTIFACT = "org.bytedeco:opencl-platform";
    private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);

    private OpenClLibrary() {}

    /** Loads both, having shown the loader, which looks for drivers only once, the one that was fetched. */
    public static LoaderFacts load() {
        try {
            NativeFiles.prepareJavaCpp();
            PoclCache.provide(HostSystem.here());
            DriverFetch.ofThisMachine().installedVendorsFolder().ifPresent(LoaderEnvironment::show);
            Source source = bringIn();
            NativeFiles.loadJocl();
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
        try {
            Loader.load(org.bytedeco.opencl.global.OpenCL.class);
            return Source.BUNDLED;
        } catch (LinkageError e) {
            throw new IllegalStateException((bundled ? "clarion.loader asks for the loader that comes along"
                    : "the system has no libOpenCL") + ", and the artifact " + ARTIFACT + ", which brings one, "
                    + (e instanceof NoClassDefFoundError ? "is not on the class path"
                            : "does not load: " + e.getMessage()),
                    e);
        }
    }

    private static boolean systemHasIt() {
        if (OS.contains("win")) {
            return loads(() -> System.loadLibrary("OpenCL"));
        }
        return usualFolders().map(folder -> folder.resolve("libOpenCL.so.1")).filter(Files::exists)
                .anyMatch(file -> loads(() -> System.load(file.toString())))
                || linkerFinds("libOpenCL.so.1");
    }

    /** Asks the dynamic linker, by JavaCPP, which takes 150 ms for that, or where that is not there by JOCL. */
    private static boolean linkerFinds(String name) {
        try {
            Loader.load(Loader.class);
            return loads(() -> Loader.loadGlobal(name));
        } catch (LinkageError e) {
            return loads(NativeFiles::loadJocl);
        }
    }

    /** Returns where the dynamic linker looks at least. */
    static Stream<Path> usualFolders() {
        String linkerPath = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
        String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        return Stream.concat(Stream.of(linkerPath.split(":")).filter(folder -> folder.startsWith("/")),
                Stream.of("/lib/" + arch + "-linux-gnu", "/usr/lib/" + arch + "-linux-gnu", "/lib64", "/usr/lib64",
                        "/lib", "/usr/lib"))
                .map(Path::of);
    }

    static boolean loads(Runnable loading) {
        try {
            loading.run();
            return true;
        } catch (LinkageError | RuntimeException e) {
            return false;
        }
    }

    private static Optional<String> loadedFile() {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("libOpenCL")).map(line -> line.substring(line.indexOf('/')))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
