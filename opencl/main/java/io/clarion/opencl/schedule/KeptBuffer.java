package io.clarion.opencl.schedule;

import io.clarion.graph.Tensor;
import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.tensor.DType;
import io.clarion.tensor.DeviceArray;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;

/** An output in the buffer that kernels wrote it to. */
final class KeptBuffer implements DeviceArray {
    private final Object turn;
    private final Context context;
    private final Trace trace;
    private final Slots home;
    private final DType dtype;
    private final Shape shape;
    private final Buffer buffer;
    private boolean isClosed;

    /**
     * Makes an array of what {@code buffer} has as soon as all that was queued has run.
     *
     * @param turn  what the device's calls hold
     * @param trace null if no times are wanted
     * @param home  gets the buffer back
     */
    KeptBuffer(Object turn, Context context, Trace trace, Slots home, Tensor output, Buffer buffer) {
        this.turn = turn;
        this.context = context;
        this.trace = trace;
        this.home = home;
        this.dtype = output.dtype();
        this.shape = output.shape();
        this.buffer = buffer;
    }

    boolean isOn(Context other) {
        return context == other;
    }

    /** Returns the buffer. To be asked for in turn. */
    Buffer buffer() {
        if (isClosed) {
            throw new IllegalStateException(this + " is closed");
        }
        if (buffer.isClosed()) {
            throw new IllegalStateException(
                    this + " went when the device was closed or began anew; value() reads one before");
        }
        return buffer;
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
        NDArray value = NDArray.zeros(dtype, shape);
        synchronized (turn) {
            Buffer now = buffer();
            if (value.elements() > 0) {
                Trace.alone(trace, Trace.Transfer.READ, value, "an output",
                        () -> context.queue().read(now, 0, value.bytes()));
            }
        }
        return value;
    }

    @Override
    public void close() {
        synchronized (turn) {
            if (!isClosed) {
                isClosed = true;
                home.back(buffer);
            }
        }
    }

    @Override
    public String toString() {
        return dtype.word() + shape + " on " + context.device().id();
    }
}
