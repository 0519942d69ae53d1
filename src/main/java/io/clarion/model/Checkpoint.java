package io.clarion.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Writes the weights to a file after each epoch in which a value is the best so far: Keras's ModelCheckpoint with
 * save_best_only.
 */
public final class Checkpoint implements Callback {
    private final Path file;
    private final Monitor monitor;
    private Model model;
    private double best;

    /** Makes a checkpoint of the smallest validation loss. */
    public Checkpoint(Path file) {
        this(file, Monitor.of("val_loss"));
    }

    public Checkpoint(Path file, Monitor monitor) {
        this.file = file;
        this.monitor = monitor;
    }

    @Override
    public void begin(Trainer trainer, Training training) {
        model = trainer.model();
        best = monitor.worst();
    }

    @Override
    public void epoch(Training.Epoch epoch) {
        double now = epoch.value(monitor.value());
        if (monitor.isBetter(now, best)) {
            best = now;
            try {
                model.save(file);
            } catch (IOException e) {
                throw new UncheckedIOException("the weights cannot be saved in " + file, e);
            }
        }
    }
}
