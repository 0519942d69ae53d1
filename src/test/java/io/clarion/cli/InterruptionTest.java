package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.tensor.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C while training: {@code --help} says that the weights are saved. */
class InterruptionTest {
    private static final Pattern BAR = Pattern.compile(
            "epoch 1/50 [█▏▎▍▌▋▊▉ ]{10,} {2}loss \\d+\\.\\d{3} {2}accuracy [01]\\.\\d{3} {2}[ 0-9]{4}/8000(?: .*)?");

    @TempDir
    Path home;

    @Test
    void atATerminalTheWeightsAreSavedAndTheBarFits() throws IOException, InterruptedException {
        try (Pty pty = Pty.atTerminal(home, Main.class, options(), arguments())) {
            pty.await(said -> said.contains(pty.isAtTerminal() ? "/8000" : "training a"));
            pty.interrupt();
            String said = pty.end();
            areSaved(said);
            if (pty.isAtTerminal()) {
                List<String> bars = Arrays.stream(said.replace("^C", "").split("[\r\n]+"))
                        .filter(line -> line.contains("/8000")).toList();
                assertTrue(
                        !bars.isEmpty()
                                && bars.stream().allMatch(line -> line.length() < 80 && BAR.matcher(line).matches()),
                        bars::toString);
            }
        }
    }

    @Test
    void inAPipeTheWeightsAreSaved() throws IOException, InterruptedException {
        try (Pty pipe = Pty.inPipe(Main.class, options(), arguments())) {
            pipe.await(said -> said.contains("training a"));
            pipe.interrupt();
            areSaved(pipe.end());
        }
    }

    private List<String> options() {
        return List.of("-Duser.home=" + home, "-Dclarion.home=" + home.resolve("clarion"),
                "-Dclarion.device=reference:0");
    }

    private String[] arguments() {
        return new String[] {"train", "mnist", "--model", "mlp", "--epochs", "50", "--save", file().toString()};
    }

    private Path file() {
        return home.resolve("weights.npz");
    }

    private void areSaved(String said) throws IOException {
        assertTrue(said.contains("stopped in epoch 1 of 50") && said.contains("weights saved in " + file()), said);
        assertEquals(4, Npz.read(file()).size());
    }
}
