package io.clarion.cli;

import io.clarion.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code clarion cache}: the folder of compiled kernels, whose files are called by their device and a hash. */
@Command(name = "cache", description = "Lists or clears the kernels that were compiled for the devices here.",
        synopsisSubcommandLabel = "(list | clear)")
final class CacheCommand {
    private static final Pattern ENTRY = Pattern.compile("(.+)-(\\d+)-([0-9a-f]+)\\.bin");
    private final Surroundings surroundings;

    CacheCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Command(name = "list", description = "Lists the compiled kernels, their devices and sizes.")
    int list() throws IOException {
        var table = new Table("device", "kernels", "size");
        long bytes = 0;
        for (Path file : files()) {
            Matcher entry = ENTRY.matcher(file.getFileName().toString());
            table.row(entry.matches() ? entry.group(1) + ":" + entry.group(2) : "?",
                    entry.matches() ? entry.group(3).substring(0, Math.min(12, entry.group(3).length())) : file.getFileName(),
                    size(Files.size(file)));
            bytes += Files.size(file);
        }
        if (!table.isEmpty()) {
            table.print(surroundings);
        }
        surroundings.say("%d files of compiled kernels, %s, in %s", files().size(), size(bytes), folder());
        return 0;
    }

    @Command(name = "clear", description = "Deletes the compiled kernels; they are compiled again when they are needed.")
    int clear() throws IOException {
        List<Path> files = files();
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        surroundings.say("%d files of compiled kernels deleted from %s", files.size(), folder());
        return 0;
    }

    private static Path folder() {
        return Home.clarion().resolve("kernels");
    }

    private static List<Path> files() throws IOException {
        if (!Files.isDirectory(folder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%.1f kB", bytes * 1e-3);
    }
}
