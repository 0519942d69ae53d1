package io.clarion.cli;

import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.Table;
import io.clarion.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * {@code clarion cache}: the folder of compiled kernels. A file {@code .bin} is a program, called by its device and a
 * hash; a file {@code .in} is a kernel, and holds the name of the program in which it is.
 */
@Command(name = "cache", description = "Lists or clears the kernels that were compiled for the devices here.",
        synopsisSubcommandLabel = "(list | clear)")
final class CacheCommand {
    private static final Pattern PROGRAM = Pattern
            .compile("(.+?)-(\\d+)(?:-(\\d+of\\d+))?-([0-9a-f]{12})[0-9a-f]*\\.bin");
    private final CliContext context;

    CacheCommand(CliContext context) {
        this.context = context;
    }

    @Command(name = "list", description = "Lists the compiled programs, their devices, kernels and sizes.")
    int list() throws IOException {
        List<Path> files = files();
        Map<String,
                Long> kernels = files.stream().filter(file -> file.toString().endsWith(".in"))
                        .map(CacheCommand::program)
                        .collect(Collectors.groupingBy(program -> program, Collectors.counting()));
        var table = new Table("device", "program", "kernels", "size");
        int programs = 0;
        for (Path file : files) {
            String name = file.getFileName().toString();
            Matcher program = PROGRAM.matcher(name);
            if (program.matches()) {
                programs++;
                table.row(
                        program.group(1) + ":" + program.group(2)
                                + (program.group(3) == null ? "" : "/" + program.group(3)),
                        program.group(4), kernels.getOrDefault(name, 0L), size(file.toFile().length()));
            }
        }
        if (!table.isEmpty()) {
            table.print(context);
        }
        context.say("%d compiled programs, %s with what belongs to them, in %s", programs,
                size(files.stream().mapToLong(file -> file.toFile().length()).sum()), folder());
        return 0;
    }

    /** Returns the file name of the program in which a kernel is; empty if another process has just removed it. */
    private static String program(Path kernel) {
        try {
            return Files.readString(kernel).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Command(name = "clear",
            description = "Deletes the compiled kernels; they are compiled again when they are needed.")
    int clear() throws IOException {
        List<Path> files = files();
        long bytes = 0;
        for (Path file : files) {
            bytes += file.toFile().length();
            Files.deleteIfExists(file);
        }
        context.say("%d files deleted from %s, %s", files.size(), folder(), size(bytes));
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
