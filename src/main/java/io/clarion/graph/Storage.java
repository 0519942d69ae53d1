package io.clarion.graph;

import io.clarion.tensor.NDArray;

/** A device's storage, in which it keeps the value of a {@link Variable}. */
public interface Storage extends AutoCloseable {
    /** Returns the device that this storage belongs to. */
    Object device();

    /** Returns a copy of the value on the host. */
    NDArray read();

    /** Replaces the value; {@code value} has the variable's shape and type. */
    void write(NDArray value);

    /** Does {@code action} while nothing else reads or changes the value, such as a call of a function. */
    void inTurn(Runnable action);

    @Override
    void close();
}
