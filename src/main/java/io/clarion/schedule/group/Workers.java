package io.clarion.schedule.group;

import io.clarion.engine.DeviceFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that wait for devices, so that nobody else waits longer than the patience for one that never answers. */
public final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    /** How long closing waits for what still runs, at most. */
    private static final Duration LEAVE = Duration.ofSeconds(10);
    private final boolean isAlone;
    private final Duration patience;
    private final ExecutorService threads = Executors.newCachedThreadPool(r -> {
        var thread = new Thread(r, "clarion-split");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Makes the worker threads for so many devices: one alone is waited for without end, as nobody could do its work.
     */
    Workers(int devices, Duration patience) {
        this.isAlone = devices == 1;
        this.patience = patience;
    }

    /** Returns how long a device may take for its part of a call. */
    public Duration patience() {
        return patience;
    }

    /** Is told of a failure. */
    public interface Mourner {
        void failed(GroupDevice member, int epoch, DeviceFailure why);
    }

    /**
     * Returns what {@code action} gives for each member, all at once; those that fail are taken out, and are not in the
     * result.
     */
    public <T> Map<GroupDevice, T> each(List<GroupDevice> some, Function<GroupDevice, T> action) {
        return each(some, action, GroupDevice::fail);
    }

    /**
     * Returns what {@code action} gives for each member, all at once.
     *
     * @param mourner is told of those that fail or do not answer in time, which are not in the result
     */
    public <T> Map<GroupDevice, T> each(List<GroupDevice> some, Function<GroupDevice, T> action, Mourner mourner) {
        Map<GroupDevice, T> results = new LinkedHashMap<>();
        if (isAlone) {
            attempt(some.get(0), () -> action.apply(some.get(0)), results, mourner);
            return results;
        }
        List<Future<T>> begun = some.stream().map(m -> threads.submit(() -> action.apply(m))).toList();
        long deadline = System.nanoTime() + patience.toNanos();
        RuntimeException thrown = null;
        for (int i = 0; i < some.size(); i++) {
            int at = i;
            try {
                attempt(some.get(i), () -> answer(some.get(at), begun.get(at), deadline), results, mourner);
            } catch (RuntimeException e) {
                thrown = thrown == null ? e : thrown;
            }
        }
        if (thrown != null) {
            throw thrown;
        }
        return results;
    }

    private static <T> void attempt(GroupDevice member, Supplier<T> action, Map<GroupDevice, T> results,
            Mourner mourner) {
        int epoch = member.epoch();
        try {
            results.put(member, action.get());
        } catch (NoDeviceLeft e) {
            throw e;
        } catch (DeviceFailure e) {
            mourner.failed(member, epoch, e);
        }
    }

    /**
     * Returns what {@code action} gives, which waits for a device: in a thread of its own, as that may never answer.
     *
     * @param late gets what comes after the patience was over
     */
    public <T> T ask(GroupDevice member, Supplier<T> action, Consumer<T> late) {
        if (isAlone) {
            return action.get();
        }
        Future<T> future = threads.submit(action::get);
        try {
            return answer(member, future, System.nanoTime() + patience.toNanos());
        } catch (Unanswered e) {
            aside(() -> {
                try {
                    late.accept(answer(member, future, System.nanoTime() + Duration.ofDays(1).toNanos()));
                } catch (DeviceFailure tooLate) {
                    LOG.info("{}, when nobody waited any more: {}", member, tooLate.getMessage());
                }
            });
            throw e;
        }
    }

    private <T> T answer(GroupDevice member, Future<T> future, long deadline) {
        try {
            return future.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        } catch (TimeoutException e) {
            throw new Unanswered(member + " did not answer within " + patience.toMillis() / 1e3 + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new CompletionException(e.getCause());
        }
    }

    /** A device was waited for too long. */
    private static final class Unanswered extends DeviceFailure {
        private static final long serialVersionUID = 1L;

        Unanswered(String message) {
            super(message);
        }
    }

    /** Does what may take for ever, as a device is waited for that has failed. */
    void aside(Runnable action) {
        threads.execute(action);
    }

    /** Waits a while for what still runs. */
    void close() {
        threads.shutdown();
        try {
            threads.awaitTermination(Math.min(patience.toMillis(), LEAVE.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
