package io.clarion.engine;

import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.graph.Storage;
import io.clarion.graph.Variable;
import io.clarion.tensor.NDArray;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/**
 * Knows which variables have their values on a device and what memory these take, and takes them back to the host when
 * it closes. Thread-safe.
 */
public final class ResidentVariables {
    private final Device device;
    private final DeviceMetrics metrics;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Variable> residents = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    /** Read by values that come, written by the end of them. */
    private final ReentrantReadWriteLock coming = new ReentrantReadWriteLock();
    private volatile boolean isClosed;

    /** Knows of none so far; {@code metrics} is told the memory that they take. */
    public ResidentVariables(Device device, DeviceMetrics metrics) {
        this.device = device;
        this.metrics = metrics;
    }

    /** Counts memory that the values take, or give back if {@code growth} is below 0. */
    public void held(long growth) {
        bytes.addAndGet(growth);
        metrics.held(growth);
    }

    /** Returns how much memory the values take. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * Returns where the device keeps a variable, which moves here if it is elsewhere.
     *
     * @param make makes the storage with the value that it is given
     * @throws DeviceFailure if the device has been closed
     */
    public Storage storage(Variable variable, Function<NDArray, Storage> make) {
        // Never waits: who asks may hold what those that come need.
        if (!coming.readLock().tryLock()) {
            throw closed();
        }
        try {
            return variable.on(device, value -> {
                requireOpen();
                residents.add(variable);
                return make.apply(value);
            });
        } finally {
            coming.readLock().unlock();
        }
    }

    /** Throws a {@link DeviceFailure} if the device has been closed. */
    public void requireOpen() {
        if (isClosed) {
            throw closed();
        }
    }

    private DeviceFailure closed() {
        return new DeviceFailure(device.report().id() + " has been closed");
    }

    /** Has no variable come any more. */
    public void close() {
        isClosed = true;
        // Those that were on their way are there now.
        coming.writeLock().lock();
        coming.writeLock().unlock();
    }

    /** Takes the values back to the host. */
    public void leave() {
        List.copyOf(residents).forEach(v -> v.leave(device));
    }

    /** Forgets the variables, whose values the device has lost. */
    public void forget() {
        residents.clear();
    }
}
