package io.clarion.cli;

import io.clarion.model.Callback;
import io.clarion.model.Score;
import io.clarion.model.Training;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows training: a progress bar at a terminal, else a line an epoch and, where epochs are long, some in between. */
final class TrainingDisplay implements Callback, AutoCloseable {
    private static final long LINE_EVERY_NANOS = 10_000_000_000L;
    private final Surroundings surroundings;
    private final int epochs;
    private final int samples;
    private ProgressBar bar;
    private long lastLine = System.nanoTime();
    private long firstBatchEnd;
    private int firstBatch;

    /**
     * @param samples a whole epoch's
     */
    TrainingDisplay(Surroundings surroundings, int epochs, int samples) {
        this.surroundings = surroundings;
        this.epochs = epochs;
        this.samples = samples;
    }

    @Override
    public void batch(int epoch, Score soFar) {
        if (surroundings.isInteractive()) {
            if (bar == null) {
                bar = bar(epoch);
            }
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.3f  accuracy %.3f", soFar.loss(), soFar.accuracy()));
            bar.stepTo(soFar.samples());
        } else if (firstBatch == 0) {
            // Compiling, which is part of the first batch, says nothing of the speed of the others.
            firstBatch = soFar.samples();
            firstBatchEnd = System.nanoTime();
        } else if (System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
            lastLine = System.nanoTime();
            double speed = (soFar.samples() - firstBatch) / ((lastLine - firstBatchEnd) * 1e-9);
            surroundings.say("epoch %d/%d  %5d/%d  loss %.3f  accuracy %.3f  %.0f samples/s  %.0f s left", epoch, epochs,
                    soFar.samples(), samples, soFar.loss(), soFar.accuracy(), speed,
                    (samples * (double) (epochs - epoch + 1) - soFar.samples()) / speed);
        }
    }

    private ProgressBar bar(int epoch) {
        return new ProgressBarBuilder().setTaskName("epoch " + epoch + "/" + epochs).setInitialMax(samples)
                .setUnit(" samples", 1).showSpeed().setUpdateIntervalMillis(100).clearDisplayOnFinish()
                .setStyle(surroundings.printsBlocks() ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII).build();
    }

    @Override
    public void epoch(Training.Epoch e) {
        clear();
        surroundings.say("epoch %d/%d  loss %.4f  accuracy %.4f  test loss %.4f  test accuracy %.4f  %.1f s  %.0f samples/s",
                e.number(), epochs, e.train().loss(), e.train().accuracy(), e.test().loss(), e.test().accuracy(), e.seconds(),
                e.throughput());
        firstBatch = 0;
        lastLine = System.nanoTime();
    }

    @Override
    public void close() {
        clear();
    }

    /** Takes an unfinished bar away. */
    void clear() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
