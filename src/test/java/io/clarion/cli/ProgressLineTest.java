package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.cli.terminal.ProgressLine;
import io.clarion.cli.terminal.TrainingDisplay;
import io.clarion.model.Score;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
    private static final List<
            String> WORDS = List.of("loss 0.650", "accuracy 0.824", "4512/8000", " 12 s left", "788 samples/s");
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @ParameterizedTest
    @CsvSource({
            " 20, 'epoch 1/3 ████▊    '",
            " 40, 'epoch 1/3 ████████           loss 0.650'",
            " 80, 'epoch 1/3 ████████▌           loss 0.650  accuracy 0.824  4512/8000   12 s left'",
            "100, 'epoch 1/3 ██████████▊              loss 0.650  accuracy 0.824  4512/8000   12 s left  788 samples/s'"})
    void theBarKeepsTenColumnsAndTheLossItsPlace(int columns, String line) {
        new ProgressLine(out, columns, true).show("epoch 1/3", 0.47, WORDS);
        assertEquals(line, lines().get(0));
    }

    @Test
    void withoutBlocksTheBarIsOfSigns() {
        new ProgressLine(out, 80, false).show("epoch 1/3", 0.5, WORDS);
        assertTrue(lines().get(0).startsWith("epoch 1/3 [========        ]  loss 0.650"), lines().get(0));
    }

    @Test
    void aFullBarHasNoMoreColumnsThanItMay() {
        for (double part : new double[] {0, 0.001, 0.999, 1, 1.5}) {
            bytes.reset();
            new ProgressLine(out, 80, true).show("epoch 1/3", part, WORDS);
            assertEquals(79, lines().get(0).length());
        }
    }

    @Test
    void whatWasShownBeforeIsOverwritten() {
        var line = new ProgressLine(out, 80, true);
        line.show("a long line");
        line.show("short");
        line.clear();
        line.clear();
        assertEquals("\ra long line\rshort      \r     \r", bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void compilingIsSaidUntilTheFirstBatchIsThere() {
        var display = new TrainingDisplay(new Terminal(List.of(), null).context(), 3, 8000,
                new ProgressLine(out, 80, true));
        display.compiling(12);
        display.compiling(1);
        display.batch(1, new Score(128, Map.of("loss", 2.4, "acc", 0.1)));
        assertEquals(List.of("epoch 1/3  compiling 12 kernels", "epoch 1/3  compiling 1 kernel"),
                lines().subList(0, 2).stream().map(String::strip).toList());
        assertTrue(lines().get(2).contains("loss 2.400  accuracy 0.100   128/8000"), lines()::toString);
    }

    private List<String> lines() {
        return Arrays.stream(bytes.toString(StandardCharsets.UTF_8).split("\r")).filter(line -> !line.isEmpty())
                .toList();
    }
}
