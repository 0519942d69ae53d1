package io.clarion.cli.terminal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C, or another wish that this process end, taken as a wish to stop early: until {@link #close}, the process waits
 * up to a minute for the work to come to an end that loses nothing.
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private final CountDownLatch wish = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread atExit = new Thread(this::wish, "clarion interruption");

    public Interruption() {
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private void wish() {
        wish.countDown();
        within(done, Duration.ofSeconds(PATIENCE_SECONDS));
    }

    private static boolean within(CountDownLatch latch, Duration time) {
        try {
            return latch.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Returns whether the work should stop. */
    @Override
    public boolean getAsBoolean() {
        return wish.getCount() == 0;
    }

    /** Waits for {@code time}, or until the work should stop, and says whether it should. */
    public boolean within(Duration time) {
        return within(wish, time);
    }

    @Override
    public void close() {
        done.countDown();
        if (!getAsBoolean()) {
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The wish came just now, and the process ends anyway.
            }
        }
    }
}
