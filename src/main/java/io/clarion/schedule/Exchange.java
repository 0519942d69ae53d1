package io.clarion.schedule;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * In a call, who has to wait for what another device does.
 *
 * @param <W> what a device does
 */
final class Exchange<W> {
    /** What is waited for is late before who waits is. */
    private static final double IN_TIME = 0.9;
    private final Map<W, CompletableFuture<Void>> done = new HashMap<>();
    private final Function<W, Member> doer;
    private final AtomicReference<Member> late = new AtomicReference<>();
    private final long deadline;

    /**
     * For all that is waited for.
     *
     * @param doer     the device that does it
     * @param patience how long a device may take for its part of the call
     */
    Exchange(Collection<W> works, Function<W, Member> doer, Duration patience) {
        works.forEach(w -> done.put(w, new CompletableFuture<>()));
        this.doer = doer;
        this.deadline = System.nanoTime() + (long) (IN_TIME * patience.toNanos());
    }

    void done(W work) {
        done.get(work).complete(null);
    }

    /** Nobody has to wait any more, as what is waited for may never be. */
    void abandon() {
        done.values().forEach(f -> f.cancel(false));
    }

    /** Waits until something is done; false if that is in vain. */
    boolean await(W work) {
        try {
            done.get(work).get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (CancellationException e) {
            return false;
        } catch (TimeoutException e) {
            late.compareAndSet(null, doer.apply(work));
            abandon();
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Who was waited for too long. */
    Optional<Member> late() {
        return Optional.ofNullable(late.get());
    }
}
