package io.clarion.model;

import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a line for each epoch: {@code epoch 1/3  loss 0.6504  acc 0.8244  val_loss 0.2511  13.3 s}. */
public final class ProgressLog implements Callback {
    private final PrintStream out;
    private int epochs;

    public ProgressLog(PrintStream out) {
        this.out = out;
    }

    @Override
    public void begin(Trainer trainer, Training training) {
        epochs = training.epochs();
    }

    @Override
    public void epoch(Training.Epoch epoch) {
        String values = epoch.values().entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.4f", e.getKey(), e.getValue()))
                .collect(Collectors.joining("  "));
        out.println(
                String.format(Locale.ROOT, "epoch %d/%d  %s  %.1f s", epoch.number(), epochs, values, epoch.seconds()));
    }
}
