package io.clarion.reference;

import io.clarion.graph.Storage;
import io.clarion.tensor.NDArray;

/** A variable's value on the host, rounded to the variable's type as any engine would keep it. Thread-safe. */
final class HostStorage implements Storage {
    private final ReferenceDevice device;
    private volatile NDArray value;

    HostStorage(ReferenceDevice device, NDArray value) {
        this.device = device;
        this.value = value.copy();
    }

    @Override
    public ReferenceDevice device() {
        return device;
    }

    @Override
    public NDArray read() {
        return value.copy();
    }

    /**
     * Returns the value as numbers; a value that is replaced meanwhile is the old one or the new one, not a mixture.
     */
    double[] numbers() {
        return value.toDoubles();
    }

    @Override
    public void write(NDArray replacement) {
        value = replacement.copy();
    }

    @Override
    public void inTurn(Runnable action) {
        synchronized (device) {
            action.run();
        }
    }

    @Override
    public void close() {
        // The garbage collector frees it.
    }
}
