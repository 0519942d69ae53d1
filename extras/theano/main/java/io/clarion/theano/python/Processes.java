package io.clarion.theano.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs a program to its end. */
final class Processes {
    /** What a program said, standard error included, and its exit code. */
    record Result(int code, List<String> lines) {
        boolean succeeded() {
            return code == 0;
        }

        /** Returns the last line that speaks of an error, or else the last one. */
        String lastError() {
            return lines.reversed().stream().filter(line -> line.startsWith("ERROR")).findFirst()
                    .or(() -> lines.reversed().stream().findFirst()).orElse("nothing");
        }
    }

    private Processes() {}

    /** Runs a command, telling {@code log} each of its lines; an {@link IOException} says that there is none of that name. */
    static Result run(List<String> command, Consumer<String> log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader said = process.inputReader()) {
            process.getOutputStream().close();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                lines.add(line.strip());
                log.accept(line.strip());
            }
            return new Result(process.waitFor(), lines);
        } finally {
            process.destroy();
        }
    }
}
