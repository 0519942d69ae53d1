package io.clarion.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The folders of the user's files. */
public final class Home {
    private static final Map<Path, Path> CHECKED = new ConcurrentHashMap<>();
    private static final String NONE = "";

    private Home() {}

    /**
     * Returns Clarion's own folder: system property {@code clarion.home}, else CLARION_HOME, else {@code ~/.clarion}.
     * It is made at the first call, for this user alone; where it is another user's, or there is no home, it is one in
     * the temporary folder.
     */
    public static Path clarion() {
        return checked(Environment.value("clarion.home", "CLARION_HOME").map(Home::named)
                .or(() -> user().map(home -> home.resolve(".clarion"))).orElse(Path.of(NONE)));
    }

    /**
     * Returns the folders in which something of Clarion's may lie, and that nobody else can write: what system property
     * {@code clarion.home} names, what CLARION_HOME names, and {@code ~/.clarion}. The first is {@link #clarion()}.
     */
    public static List<Path> clarionFolders() {
        Stream<Path> others = Stream
                .of(Optional.ofNullable(System.getenv("CLARION_HOME")).filter(s -> !s.isBlank()).map(Home::named),
                        user().map(home -> home.resolve(".clarion")))
                .flatMap(Optional::stream).filter(OwnFolder::isTrusted);
        return Stream.concat(Stream.of(clarion()), others).map(Path::toAbsolutePath).distinct().toList();
    }

    /** Returns Keras's folder: {@code ~/.keras}. */
    public static Path keras() {
        return user().orElseGet(() -> checked(Path.of(NONE))).resolve(".keras");
    }

    /**
     * Returns the file for the times of all commands: system property {@code clarion.trace}, else CLARION_TRACE; empty
     * if none are wanted.
     */
    public static Optional<Path> trace() {
        return Environment.value("clarion.trace", "CLARION_TRACE").map(Path::of);
    }

    private static Path checked(Path folder) {
        return CHECKED.computeIfAbsent(folder, f -> !f.toString().equals(NONE) ? OwnFolder.made(f)
                : OwnFolder.instead("there is no home folder that Java can name (user.home is \""
                        + System.getProperty("user.home") + "\")"));
    }

    /**
     * Java puts ? for the home of an unknown user, and U+FFFD for what it cannot name in the locale, POSIX's before
     * all.
     */
    private static Optional<Path> user() {
        try {
            return Optional.of(Path.of(System.getProperty("user.home", NONE))).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Path named(String folder) {
        try {
            return Path.of(folder);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("clarion.home or CLARION_HOME is \"" + folder
                    + "\", which is no path here ("
                    + e.getReason()
                    + "); a path of ASCII characters, or a locale that has the others, such as LC_ALL=C.UTF-8, would do",
                    e);
        }
    }
}
