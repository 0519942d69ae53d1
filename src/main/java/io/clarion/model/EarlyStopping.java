package io.clarion.model;

import io.clarion.model.optimizer.Settings;

/** Ends training once a value has not become better for more than {@code patience} epochs. */
public final class EarlyStopping implements Callback {
    private final Monitor monitor;
    private final int patience;
    private double best;
    private int waited;
    private boolean stops;

    /** Makes a stopping rule as Keras does: at the first epoch whose validation loss is not better. */
    public EarlyStopping() {
        this(Monitor.of("val_loss"), 0);
    }

    public EarlyStopping(Monitor monitor, int patience) {
        Settings.atLeast(0, "the patience of early stopping", patience);
        this.monitor = monitor;
        this.patience = patience;
    }

    @Override
    public void begin(Trainer trainer, Training training) {
        best = monitor.worst();
        waited = 0;
        stops = false;
    }

    @Override
    public void epoch(Training.Epoch epoch) {
        double now = epoch.value(monitor.value());
        if (monitor.isBetter(now, best)) {
            best = now;
            waited = 0;
        } else if (waited++ >= patience) {
            stops = true;
        }
    }

    @Override
    public boolean stops() {
        return stops;
    }
}
