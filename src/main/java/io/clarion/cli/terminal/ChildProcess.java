package io.clarion.cli.terminal;

import io.clarion.config.Home;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A Java program in a process of its own, with this one's java, class path, options and system properties: what a
 * driver does to it, a crash or a hang, is told and not suffered.
 *
 * @param mainClass the program, which ends with exit code 0 unless it crashes
 */
record ChildProcess(String mainClass) implements Children {
    private static final int LAST_WORDS = 12;
    private static final int READ_MILLIS = 2000;

    @Override
    public End run(List<String> arguments, Map<String, String> environment, Duration limit, Consumer<String> line) {
        Process child = start(arguments, environment);
        Thread atExit = new Thread(() -> end(child), "clarion end of child");
        Runtime.getRuntime().addShutdownHook(atExit);
        Deque<String> lastWords = new ConcurrentLinkedDeque<>();
        Thread out = reader(child.getInputStream(), line);
        Thread err = reader(child.getErrorStream(), words -> {
            lastWords.addLast(words);
            if (lastWords.size() > LAST_WORDS) {
                lastWords.removeFirst();
            }
        });
        try {
            boolean ended = child.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                end(child);
            }
            // Not before: to destroy a process, even one that has ended, closes its streams with all that is unread.
            out.join(READ_MILLIS);
            err.join(READ_MILLIS);
            return !ended ? new End.Hung(limit) : child.exitValue() == 0 ? new End.Done()
                    : new End.Crashed(child.exitValue(), String.join("\n", lastWords));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(child);
            return new End.Hung(limit);
        } finally {
            forget(atExit);
        }
    }

    private Process start(List<String> arguments, Map<String, String> environment) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options(String.join("-", arguments.subList(0, Math.min(2, arguments.size())))));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process child = builder.start();
            child.getOutputStream().close();
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("a child process could not be started: " + command.get(0), e);
        }
    }

    /**
     * Returns this JVM's options but for its agents, the properties set since, shared classes, and where a crash is to
     * be reported.
     */
    private static List<String> options(String job) {
        var options = new ArrayList<String>();
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(o -> !o.startsWith("-agent") && !o.startsWith("-javaagent")).forEach(options::add);
        System.getProperties().stringPropertyNames().stream()
                .filter(p -> p.startsWith("clarion.") || p.startsWith("keras.") || p.startsWith("org.slf4j.")
                        || p.equals("user.home"))
                .forEach(p -> options.add("-D" + p + "=" + System.getProperty(p)));
        options.add("--enable-native-access=ALL-UNNAMED");
        options.add("-XX:-CreateCoredumpOnCrash");
        options.addAll(sharedClasses(job));
        reports().ifPresent(folder -> options.add("-XX:ErrorFile=" + folder.resolve("hs_err_%p.log")));
        return options;
    }

    /**
     * Has the classes that a job loads kept beside the kernels, ready to be mapped by the next one: it starts in half
     * the time.
     */
    private static List<String> sharedClasses(String job) {
        return archive(job).map(file -> List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + file,
                "-Xlog:disable")).orElse(List.of());
    }

    /**
     * One for each class path as it is now, since a JVM neither uses nor replaces one of other jars; those of before
     * go. None for folders, of which a JVM keeps no classes.
     */
    private static Optional<Path> archive(String job) {
        String classPath = System.getProperty("java.class.path");
        List<File> jars = Arrays.stream(classPath.split(File.pathSeparator)).map(File::new).toList();
        if (!jars.stream().allMatch(File::isFile)) {
            return Optional.empty();
        }
        long[] changed = jars.stream().mapToLong(File::lastModified).toArray();
        String name = String.format(Locale.ROOT, "%s-%08x.jsa", job, Objects.hash(classPath, Arrays.hashCode(changed)));
        try {
            Path folder = Files.createDirectories(Home.clarion().resolve("classes"));
            try (DirectoryStream<Path> before = Files.newDirectoryStream(folder, job + "-*.jsa")) {
                for (Path file : before) {
                    if (!file.endsWith(name)) {
                        Files.deleteIfExists(file);
                    }
                }
            }
            return Optional.of(folder.resolve(name));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the folder for the JVM's reports of crashes, rather than the folder that the user happens to be in. */
    static Optional<Path> reports() {
        Path folder = Home.clarion().resolve("crashes");
        try {
            return Optional.of(Files.createDirectories(folder));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Thread reader(InputStream stream, Consumer<String> line) {
        return Thread.ofPlatform().daemon().start(() -> {
            try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                lines.lines().forEach(line);
            } catch (IOException | UncheckedIOException e) {
                // The child was ended while it was writing.
            }
        });
    }

    private static void end(Process child) {
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        child.destroyForcibly();
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The program is ending, and the hook with it.
        }
    }
}
