package io.clarion.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C, or another wish that this process end, taken as a wish to stop early: until {@link #close}, the process waits
 * up to ten seconds for the work to come to an end that loses nothing.
 */
final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread atExit = new Thread(this::wish, "clarion interruption");
    private volatile boolean wished;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private void wish() {
        wished = true;
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the work should stop. */
    @Override
    public boolean getAsBoolean() {
        return wished;
    }

    @Override
    public void close() {
        done.countDown();
        if (!wished) {
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // The wish came just now, and the process ends anyway.
            }
        }
    }
}
