package io.clarion.opencl.driver.library;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The system that the doctor looks at: a file system and an environment, which tests can make up.
 *
 * @param root        of the file system
 * @param environment its variables
 * @param os          {@code os.name} in lower case
 */
public record HostSystem(Path root, Map<String, String> environment, String os) {
    public static HostSystem here() {
        return new HostSystem(Path.of(System.getProperty("java.home")).getRoot(), System.getenv(),
                System.getProperty("os.name").toLowerCase(Locale.ROOT));
    }

    public boolean isLinux() {
        return os.contains("linux");
    }

    public boolean isMac() {
        return os.contains("mac");
    }

    public boolean isWindows() {
        return os.contains("win") && !isMac();
    }

    /** Returns whether this is Windows' Linux, whose kernel is Microsoft's. */
    public boolean isWsl() {
        return isLinux() && read("/proc/version").orElse("").toLowerCase(Locale.ROOT).contains("microsoft");
    }

    public boolean isContainer() {
        return Files.exists(path("/.dockerenv")) || Files.exists(path("/run/.containerenv"))
                || environment.containsKey("container") || environment.containsKey("KUBERNETES_SERVICE_HOST");
    }

    /** Returns an absolute path of the machine, below the root. */
    public Path path(String absolute) {
        return root.resolve(absolute.replaceFirst("^/", ""));
    }

    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    public Optional<String> read(String absolute) {
        return read(path(absolute));
    }

    public static Optional<String> read(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file)).strip());
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    /** Returns what lies in a folder and matches a glob, sorted; nothing where there is no such folder. */
    public static List<Path> list(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
            entries.forEach(found::add);
        } catch (IOException | SecurityException e) {
            return List.of();
        }
        found.sort(null);
        return found;
    }
}
