package io.clarion.schedule.group;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The rendezvous of a call: where devices wait for what others do, or for a part of it.
 *
 * @param <W> what a device does
 */
public final class Rendezvous<W> {
    /** What is waited for is late before who waits is. */
    private static final double IN_TIME = 0.9;
    private static final long ALL = Long.MAX_VALUE;
    private final Map<W, GroupDevice> doers;
    private final long deadline;
    /** How much is done of what is begun. */
    private final Map<W, Long> reached = new HashMap<>();
    private GroupDevice late;
    private boolean isAborted;

    /**
     * Makes a rendezvous for all that is waited for, and the devices that do it, which stay as they are.
     *
     * @param patience how long a device may take for its part of the call
     */
    public Rendezvous(Map<W, GroupDevice> doers, Duration patience) {
        this.doers = doers;
        this.deadline = System.nanoTime() + (long) (IN_TIME * patience.toNanos());
    }

    public void done(W work) {
        reached(work, ALL);
    }

    /** Says that so much is done of something. */
    public synchronized void reached(W work, long amount) {
        reached.put(work, amount);
        notifyAll();
    }

    /** Aborts the rendezvous: releases all waiters; later arrivals return at once. */
    public synchronized void abort() {
        isAborted = true;
        notifyAll();
    }

    /** Waits until something is done; false if that is in vain. */
    public boolean await(W work) {
        return await(work, ALL);
    }

    /** Waits until so much is done of something, if any device does it; false if that is in vain. */
    public synchronized boolean await(W work, long amount) {
        while (!isAborted && doers.containsKey(work) && reached.getOrDefault(work, 0L) < amount) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                late = doers.get(work);
                abort();
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(e);
            }
        }
        return !isAborted;
    }

    /** Returns the device that was waited for too long. */
    public synchronized Optional<GroupDevice> late() {
        return Optional.ofNullable(late);
    }
}
