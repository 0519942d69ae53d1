package io.clarion.engine;

import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import io.clarion.tensor.Value;
import java.util.List;

/** An output of a device that works in the host's memory, or that leaves its outputs there. */
public final class HostArray implements DeviceArray {
    private final DType dtype;
    private final Shape shape;
    private volatile NDArray array;

    /** Makes an array of values that nobody changes any more. */
    HostArray(NDArray array) {
        this.dtype = array.dtype();
        this.shape = array.shape();
        this.array = array;
    }

    /** Returns the values themselves, to be read. */
    public NDArray array() {
        NDArray now = array;
        if (now == null) {
            throw new IllegalStateException(this + " is closed");
        }
        return now;
    }

    /** Reads values that are not sparse from their devices. */
    public static List<NDArray> onHost(List<? extends Value> values) {
        return values.stream().map(HostArray::onHost).toList();
    }

    /** Reads a value that is not sparse from its device. */
    public static NDArray onHost(Value value) {
        return switch (value) {
            case NDArray array -> array;
            case HostArray kept -> kept.array();
            case DeviceArray kept -> kept.value();
            case SparseArray sparse -> throw new IllegalArgumentException("call: " + sparse
                    + " was given for one placeholder; it is three arrays");
        };
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public NDArray value() {
        return array().copy();
    }

    @Override
    public void close() {
        array = null;
    }

    @Override
    public String toString() {
        return dtype.word() + shape + " on the host";
    }
}
