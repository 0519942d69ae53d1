package io.clarion.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** In a call, who has to wait for which segment of another device. */
final class Exchange {
    private final Map<Segment, CompletableFuture<Void>> done = new HashMap<>();
    private final AtomicReference<Member> late = new AtomicReference<>();
    private final long deadline;

    /** For these segments, each of which has to be done within so many nanoseconds. */
    Exchange(List<Segment> segments, long nanos) {
        segments.forEach(s -> done.put(s, new CompletableFuture<>()));
        this.deadline = System.nanoTime() + nanos;
    }

    void done(Segment segment) {
        done.get(segment).complete(null);
    }

    /** Nobody has to wait any more, as what is waited for may never be. */
    void abandon() {
        done.values().forEach(f -> f.cancel(false));
    }

    /** Waits for a segment; false if that is in vain. */
    boolean await(Segment segment) {
        try {
            done.get(segment).get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (CancellationException e) {
            return false;
        } catch (TimeoutException e) {
            late.compareAndSet(null, segment.member());
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
