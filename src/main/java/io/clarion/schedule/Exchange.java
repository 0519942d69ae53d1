package io.clarion.schedule;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * In a call, who has to wait for what another device does, or for how much of it.
 *
 * @param <W> what a device does
 */
final class Exchange<W> {
    /** What is waited for is late before who waits is. */
    private static final double IN_TIME = 0.9;
    private static final long ALL = Long.MAX_VALUE;
    private final Map<W, Member> doers;
    private final long deadline;
    /** How much is done of what is begun. */
    private final Map<W, Long> reached = new HashMap<>();
    private Member late;
    private boolean isAbandoned;

    /**
     * For all that is waited for, and the devices that do it, which stay as they are.
     *
     * @param patience how long a device may take for its part of the call
     */
    Exchange(Map<W, Member> doers, Duration patience) {
        this.doers = doers;
        this.deadline = System.nanoTime() + (long) (IN_TIME * patience.toNanos());
    }

    void done(W work) {
        reached(work, ALL);
    }

    /** Says that so much is done of something. */
    synchronized void reached(W work, long amount) {
        reached.put(work, amount);
        notifyAll();
    }

    /** Nobody has to wait any more, as what is waited for may never be, nor goes on who comes to wait later. */
    synchronized void abandon() {
        isAbandoned = true;
        notifyAll();
    }

    /** Waits until something is done; false if that is in vain. */
    boolean await(W work) {
        return await(work, ALL);
    }

    /** Waits until so much is done of something, if any device does it; false if that is in vain. */
    synchronized boolean await(W work, long amount) {
        while (!isAbandoned && doers.containsKey(work) && reached.getOrDefault(work, 0L) < amount) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                late = doers.get(work);
                abandon();
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
        }
        return !isAbandoned;
    }

    /** Who was waited for too long. */
    synchronized Optional<Member> late() {
        return Optional.ofNullable(late);
    }
}
