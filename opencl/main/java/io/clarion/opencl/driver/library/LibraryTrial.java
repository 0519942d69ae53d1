package io.clarion.opencl.driver.library;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;

/** Loads a driver's library in a JVM of its own, which may crash or hang. */
public final class LibraryTrial {
    private static final int SECONDS = 20;

    private LibraryTrial() {}

    /** Returns what went wrong when {@code library}, a path or a bare name, was loaded; empty where nothing did. */
    public static Optional<String> of(String library) {
        Process child = null;
        try {
            File output = File.createTempFile("clarion-trial", ".txt");
            try {
                child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+SuppressFatalErrorMessage", "-cp", classPath(), LibraryTrial.class.getName(), library)
                        .redirectErrorStream(true).redirectOutput(output).start();
                child.getOutputStream().close();
                if (!child.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    return Optional.of("loading it did not end within " + SECONDS + " seconds");
                }
                return verdict(child.exitValue(), HostSystem.read(output.toPath()).orElse(""));
            } finally {
                output.delete();
            }
        } catch (IOException e) {
            return Optional.of("it could not be tried: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("trying it was interrupted");
        } finally {
            if (child != null) {
                child.destroyForcibly();
            }
        }
    }

    private static Optional<String> verdict(int exit, String output) {
        return switch (exit) {
            case 0 -> Optional.empty();
            case 3 -> Optional.of(output.lines().reduce((first, last) -> last).orElse("it does not load"));
            default -> Optional.of("loading it ended the process with exit code " + exit);
        };
    }

    private static String classPath() {
        return System.getProperty("java.class.path", "") + File.pathSeparator
                + System.getProperty("jdk.module.path", "");
    }

    /**
     * Tries a library as the child: exit code 0 where {@code args[0]} loads, 3 and the reason in the last line where
     * not.
     */
    public static void main(String[] args) {
        int exit = 0;
        try {
            load(args[0]);
        } catch (LinkageError | RuntimeException e) {
            System.out.println(String.valueOf(e.getMessage()).lines().findFirst().orElse("it does not load"));
            exit = 3;
        }
        System.out.flush();
        Runtime.getRuntime().halt(exit);
    }

    /**
     * Loads a file as Java does; a bare name, which the dynamic linker looks for, by JavaCPP or Java 22's foreign
     * functions.
     */
    private static void load(String library) {
        if (library.startsWith("/")) {
            System.load(library);
            return;
        }
        try {
            Loader.load(Loader.class);
        } catch (LinkageError e) {
            lookUp(library); // a library's user may have left JavaCPP out
            return;
        }
        Loader.loadGlobal(library);
    }

    private static void lookUp(String library) {
        try {
            Class<?> arena = Class.forName("java.lang.foreign.Arena");
            Class.forName("java.lang.foreign.SymbolLookup").getMethod("libraryLookup", String.class, arena)
                    .invoke(null, library, arena.getMethod("global").invoke(null));
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("trying it takes Java 22 or the artifact " + OpenClLibrary.ARTIFACT, e);
        }
    }
}
