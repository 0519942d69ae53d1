package io.clarion.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A program at a terminal of its own, 80 columns wide, or in a pipe. A terminal is made by {@code script}, which Linux
 * systems have; where it is not, by Python; where neither is, there is a pipe, and Ctrl-C is the signal that a terminal
 * would send.
 */
final class Pty implements AutoCloseable {
    private static final long MOST_SECONDS = 120;
    private static final char CTRL_C = 3;
    private final Process process;
    private final boolean atTerminal;
    private final StringBuilder output = new StringBuilder();

    private Pty(List<String> command, boolean atTerminal) throws IOException {
        this.atTerminal = atTerminal;
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("LC_ALL", "C.UTF-8", "TERM", "xterm"));
        process = builder.start();
        Thread.ofPlatform().daemon().start(this::read);
    }

    /** Starts a class of the tests' class path at a terminal, if there can be one. */
    static Pty atTerminal(Path folder, Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> java = java(main, options, arguments);
        Path script = folder.resolve("command.sh");
        Files.writeString(script, "stty cols 80 rows 24\nexec "
                + java.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ")) + "\n");
        if (runs("script", "--version")) {
            return new Pty(List.of("script", "-q", "-e", "-c", "sh " + script, "/dev/null"), true);
        }
        if (runs("python3", "-c", "import pty")) {
            return new Pty(List.of("python3", "-c",
                    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', sys.argv[1]])))",
                    script.toString()), true);
        }
        return inPipe(main, options, arguments);
    }

    /** Starts a class of the tests' class path with what it prints in a pipe. */
    static Pty inPipe(Class<?> main, List<String> options, String... arguments) throws IOException {
        return new Pty(java(main, options, arguments), false);
    }

    private static List<String> java(Class<?> main, List<String> options, String... arguments) {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dstdout.encoding=UTF-8"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        byte[] bytes = new byte[1 << 12];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                synchronized (output) {
                    output.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                    output.notifyAll();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the program has printed what {@code wanted} looks for. */
    void await(Predicate<String> wanted) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        synchronized (output) {
            while (!wanted.test(output.toString())) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || !process.isAlive()) {
                    throw new AssertionError("never came: " + output);
                }
                output.wait(Math.min(left, 1000));
            }
        }
    }

    /** Presses Ctrl-C. */
    void interrupt() throws IOException, InterruptedException {
        if (atTerminal) {
            process.getOutputStream().write(CTRL_C);
            process.getOutputStream().flush();
        } else {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        }
    }

    boolean isAtTerminal() {
        return atTerminal;
    }

    /** Waits for the end; returns all that was printed. */
    String end() throws InterruptedException {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + output);
        }
        synchronized (output) {
            return output.toString();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
