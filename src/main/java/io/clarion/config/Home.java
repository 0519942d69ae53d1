package io.clarion.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the user's files are. */
public final class Home {
    private Home() {}

    /** Clarion's own folder: system property {@code clarion.home}, else CLARION_HOME, else {@code ~/.clarion}. */
    public static Path clarion() {
        return Environment.value("clarion.home", "CLARION_HOME").map(Path::of).orElseGet(() -> user().resolve(".clarion"));
    }

    /**
     * Returns the folders in which something of Clarion's may lie: what system property {@code clarion.home} names, what CLARION_HOME
     * names, and {@code ~/.clarion}. The first is {@link #clarion()}.
     */
    public static List<Path> clarionFolders() {
        return Stream.of(clarion(), Path.of(System.getenv().getOrDefault("CLARION_HOME", "")), user().resolve(".clarion"))
                .filter(folder -> !folder.toString().isBlank()).map(Path::toAbsolutePath).distinct().toList();
    }

    /** Keras's folder: {@code ~/.keras}. */
    public static Path keras() {
        return user().resolve(".keras");
    }

    /** The file for the times of all commands: system property {@code clarion.trace}, else CLARION_TRACE; empty if none are wanted. */
    public static Optional<Path> trace() {
        return Environment.value("clarion.trace", "CLARION_TRACE").map(Path::of);
    }

    private static Path user() {
        return Path.of(System.getProperty("user.home"));
    }
}
