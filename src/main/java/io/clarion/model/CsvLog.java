package io.clarion.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes a line for each epoch to a file of comma-separated values, after one with their names: epoch, loss, …,
 * val_loss, …
 */
public final class CsvLog implements Callback {
    private final Path file;
    private boolean begun;

    /** Returns a file that is there is replaced when training begins. */
    public CsvLog(Path file) {
        this.file = file;
    }

    @Override
    public void begin(Trainer trainer, Training training) {
        begun = false;
    }

    @Override
    public void epoch(Training.Epoch epoch) {
        Map<String, Double> values = epoch.values();
        var lines = new ArrayList<String>();
        if (!begun) {
            lines.add("epoch," + String.join(",", values.keySet()));
        }
        lines.add(epoch.number() + "," + String.join(",", values.values().stream().map(String::valueOf).toList()));
        write(lines);
        begun = true;
    }

    private void write(List<String> lines) {
        try {
            Files.write(file, lines, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    begun ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the log " + file + " cannot be written", e);
        }
    }
}
