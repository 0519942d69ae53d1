package io.clarion.cli;

import io.clarion.cli.terminal.Children.End;
import io.clarion.cli.terminal.CliContext;
import io.clarion.engine.Engine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a command printed, where children are played by a script. */
final class Terminal {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final List<List<String>> children = new ArrayList<>();
    private final List<Engine> engines;
    private final List<String> lines;
    private final End end;

    /**
     * A terminal on a machine with these engines, where each child prints {@code lines} and ends as {@code end} says.
     */
    Terminal(List<Engine> engines, End end, String... lines) {
        this.engines = engines;
        this.end = end;
        this.lines = List.of(lines);
    }

    int run(String... arguments) {
        return Main.run(context(), arguments);
    }

    CliContext context() {
        return new CliContext(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> engines, (child, environment, limit, line) -> {
                    children.add(child);
                    lines.forEach(line);
                    return end;
                });
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
