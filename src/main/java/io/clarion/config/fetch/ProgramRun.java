package io.clarion.config.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reports how a program ended.
 *
 * @param code  its exit code
 * @param lines what it said, standard error included
 */
public record ProgramRun(int code, List<String> lines) {
    /**
     * Runs a program to its end.
     *
     * @param folder in which it runs; null for this process's
     * @param log    is told each of its lines
     * @throws IOException if there is none of that name
     */
    public static ProgramRun of(List<String> command, Path folder, Consumer<String> log)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(folder == null ? null : folder.toFile())
                .redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader said = process.inputReader()) {
            process.getOutputStream().close();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                lines.add(line.strip());
                log.accept(line.strip());
            }
            return new ProgramRun(process.waitFor(), lines);
        } finally {
            process.destroy();
        }
    }

    /** Returns whether the exit code says so. */
    public boolean succeeded() {
        return code == 0;
    }

    /** Returns the last line that speaks of an error, or else the last one. */
    public String lastError() {
        return lines.reversed().stream().filter(line -> line.startsWith("ERROR")).findFirst()
                .or(() -> lines.reversed().stream().findFirst()).orElse("nothing");
    }
}
