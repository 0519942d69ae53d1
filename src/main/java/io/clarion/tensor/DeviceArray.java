package io.clarion.tensor;

/**
 * An output that stays on the device that computed it, for functions to be given: one on that device uses it where it
 * is, all others a copy. It outlives its function, not its device. Never changes. Thread-safe.
 */
public non-sealed interface DeviceArray extends Value, AutoCloseable {
    /**
     * Returns a copy on the host.
     *
     * @throws IllegalStateException if this was closed, or its device was closed or has begun anew
     */
    NDArray value();

    /** Frees what the device holds of it. */
    @Override
    void close();
}
