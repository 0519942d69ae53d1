package io.clarion.graph;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.function.Function;

/**
 * A tensor with a value that lasts from call to call and that updates replace.
 *
 * <p>The value starts on the host and moves to the device of the first function that uses it; a function on another
 * device moves it there. Thread-safe.
 */
public final class Variable implements AutoCloseable {
    private final String name;
    private final DType dtype;
    private final Shape shape;
    private NDArray host;
    private Storage storage;

    /** A variable with the given first value, which is copied. */
    public Variable(NDArray value, String name) {
        this.name = name;
        this.dtype = value.dtype();
        this.shape = value.shape();
        this.host = value.copy();
    }

    public String name() {
        return name;
    }

    public DType dtype() {
        return dtype;
    }

    public Shape shape() {
        return shape;
    }

    /** A copy of the value. */
    public synchronized NDArray value() {
        return storage == null ? host.copy() : storage.read();
    }

    /** Replaces the value, converted to this variable's type; another shape is an error. */
    public synchronized void set(NDArray value) {
        if (!value.shape().equals(shape)) {
            throw new IllegalArgumentException("set_value: variable " + name + " has shape " + shape
                    + ", the new value has " + value.shape());
        }
        if (storage == null) {
            host = value.cast(dtype).copy();
        } else {
            storage.write(value.cast(dtype));
        }
    }

    /** The storage on {@code device}, which {@code make} creates from a host value if the value is elsewhere. */
    public synchronized Storage on(Object device, Function<NDArray, Storage> make) {
        if (storage == null || storage.device() != device) {
            Storage moved = make.apply(value());
            close();
            storage = moved;
            host = null;
        }
        return storage;
    }

    /** Takes the value back to the host and frees what the device held of it. */
    @Override
    public synchronized void close() {
        if (storage != null) {
            host = storage.read();
            storage.close();
            storage = null;
        }
    }

    /** As {@link #close}, if the value is on {@code device}. */
    public synchronized void leave(Object device) {
        if (storage != null && storage.device() == device) {
            close();
        }
    }

    @Override
    public String toString() {
        return name + " " + dtype.word() + shape;
    }
}
