package io.clarion.cli.terminal;

import io.clarion.model.Callback;
import io.clarion.model.Score;
import io.clarion.model.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Shows training: a bar at a terminal, else a line an epoch and, where epochs are long, some in between. While kernels
 * are compiled, a terminal says so.
 */
public final class TrainingDisplay implements Callback, AutoCloseable {
    private static final long LINE_EVERY_NANOS = 10_000_000_000L;
    private static final long BAR_EVERY_NANOS = 100_000_000L;
    private final CliContext context;
    private final int epochs;
    private final int samples;
    /** Null unless a person is watching. */
    private final ProgressLine line;
    private volatile int epoch = 1;
    private long lastShown = System.nanoTime();
    private long firstBatchEnd;
    private int firstBatch;
    private boolean diverged;

    /**
     * @param samples a whole epoch's
     */
    public TrainingDisplay(CliContext context, int epochs, int samples) {
        this(context, epochs, samples, context.isInteractive()
                ? new ProgressLine(context.out(), ProgressLine.columnsOfTerminal(), context.printsBlocks()) : null);
    }

    /** @param line where to show a bar; null to print lines */
    public TrainingDisplay(CliContext context, int epochs, int samples, ProgressLine line) {
        this.context = context;
        this.epochs = epochs;
        this.samples = samples;
        this.line = line;
    }

    /**
     * Shows that a driver is compiling so many kernels, from whatever thread; not that it has done so, which the next
     * bar shows.
     */
    public void compiling(int kernels) {
        if (line != null && kernels > 0) {
            line.show(title() + "  compiling " + kernels + (kernels == 1 ? " kernel" : " kernels"));
        }
    }

    @Override
    public void batch(int epoch, Score soFar) {
        this.epoch = epoch;
        long now = System.nanoTime();
        boolean isFirst = firstBatch == 0;
        if (isFirst) {
            // Compiling, which is part of the first batch, says nothing of the speed of the others.
            firstBatch = soFar.samples();
            firstBatchEnd = now;
        }
        if (!Double.isFinite(soFar.loss()) && !diverged) {
            diverged = true;
            clear(); // a warning of it follows
        } else if (line != null && (isFirst || now - lastShown > BAR_EVERY_NANOS)) {
            lastShown = now;
            bar(soFar, now);
        } else if (line == null && !isFirst && now - lastShown > LINE_EVERY_NANOS) {
            lastShown = now;
            double speed = speed(soFar, now);
            context.say("%s  %5d/%d  loss %.3f  accuracy %.3f  %.0f samples/s  %.0f s left", title(), soFar.samples(),
                    samples,
                    soFar.loss(), soFar.accuracy(), speed,
                    (samples * (double) (epochs - epoch + 1) - soFar.samples()) / speed);
        }
    }

    private void bar(Score soFar, long now) {
        double speed = speed(soFar, now);
        var words = new ArrayList<>(List.of(text("loss %.3f", soFar.loss()), text("accuracy %.3f", soFar.accuracy()),
                text("%" + Integer.toString(samples).length() + "d/%d", soFar.samples(), samples)));
        if (speed > 0) {
            words.add(text("%3.0f s left", (samples - soFar.samples()) / speed));
            words.add(text("%.0f samples/s", speed));
        }
        line.show(title(), (double) soFar.samples() / samples, words);
    }

    /** Samples a second since the first batch of the epoch; NaN before there are any. */
    private double speed(Score soFar, long now) {
        return (soFar.samples() - firstBatch) / ((now - firstBatchEnd) * 1e-9);
    }

    private String title() {
        return text("epoch %d/%d", epoch, epochs);
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    @Override
    public void epoch(Training.Epoch e) {
        clear();
        context.say("epoch %d/%d  loss %.4f  accuracy %.4f  test loss %.4f  test accuracy %.4f  %.1f s  %.0f samples/s",
                e.number(), epochs, e.train().loss(), e.train().accuracy(), e.test().loss(), e.test().accuracy(),
                e.seconds(),
                e.throughput());
        firstBatch = 0;
        lastShown = System.nanoTime();
        epoch = e.number() + 1;
    }

    @Override
    public void close() {
        clear();
    }

    /** Takes an unfinished bar away. */
    private void clear() {
        if (line != null) {
            line.clear();
        }
    }
}
