package io.clarion.config.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for half-done work, gone when it is closed, and when the program is stopped before. */
public final class ScratchFolder implements AutoCloseable {
    private final Path folder;
    private final Thread atExit;

    private ScratchFolder(Path folder) {
        this.folder = folder;
        this.atExit = new Thread(() -> delete(folder), "clarion scratch folder");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Returns a new folder inside {@code parent}, so that what it holds can be moved to beside it in one step. */
    public static ScratchFolder in(Path parent) throws IOException {
        return new ScratchFolder(Files.createTempDirectory(parent, "fetch-"));
    }

    /** Returns a new folder among the temporary files, for this user alone, that is gone when the process ends. */
    public static Path ofProcess(String prefix) throws IOException {
        Path folder = Files.createTempDirectory(prefix);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "clarion folder of this process"));
        return folder;
    }

    /** Returns a new folder of this name in it. */
    public Path folder(String name) throws IOException {
        return Files.createDirectory(folder.resolve(name));
    }

    @Override
    public void close() {
        delete(folder);
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The program is being stopped, and the hook at work.
        }
    }

    /** Deletes a folder and all in it, as far as that can be done. */
    public static void delete(Path folder) {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            return;
        }
        for (Path path : deepestFirst) {
            path.toFile().delete();
        }
    }
}
