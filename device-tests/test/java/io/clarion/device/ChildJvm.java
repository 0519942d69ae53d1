package io.clarion.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A class of this module's tests run in a JVM of its own, or another program. */
record ChildJvm(int exit, String output) {
    private static final long MOST_MINUTES = 8;

    /** Runs {@code main} with system properties, environment variables and arguments. */
    static ChildJvm run(Class<?> main, List<String> options, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=target/hs_err_pid%p.log"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return run(command, environment);
    }

    /** Runs a program; what it says to both of its streams is its output. */
    static ChildJvm run(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path said = Files.createTempFile("child", ".txt");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String output = new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
            return new ChildJvm(ended ? process.exitValue() : -1,
                    ended ? output : output + "\nended after " + MOST_MINUTES + " minutes");
        } finally {
            Files.deleteIfExists(said);
        }
    }

    /** Returns where a program is, on the PATH or among Clarion's tools. */
    static Optional<String> found(String program) {
        var folders = new ArrayList<>(
                List.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator)));
        Optional.ofNullable(System.getenv("CLARION_HOME")).ifPresent(home -> folders.add(home + "/tools"));
        folders.add(System.getProperty("user.home") + "/.clarion/tools");
        return folders.stream().filter(f -> !f.isEmpty()).map(f -> Path.of(f, program)).filter(Files::isExecutable)
                .map(Path::toString).findFirst();
    }
}
