package io.clarion.opencl.schedule;

import io.clarion.graph.Storage;
import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.lang.ref.Cleaner;

/** A variable's value in a buffer of a device, which goes with the last reference to it: variables need no closing. */
public final class VariableBuffer implements Storage {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Object device;
    private final Object turn;
    private final Context context;
    private final Trace trace;
    private final DType dtype;
    private final Shape shape;
    private final Buffer buffer;
    private final Cleaner.Cleanable release;

    /** The given value on {@code device}, whose calls hold {@code turn}; {@code trace} is null if no times are wanted. */
    public VariableBuffer(Object device, Object turn, Context context, Trace trace, NDArray value) {
        this.device = device;
        this.turn = turn;
        this.context = context;
        this.trace = trace;
        this.dtype = value.dtype();
        this.shape = value.shape();
        Buffer made = context.allocate(value.bytes().remaining());
        this.buffer = made;
        this.release = CLEANER.register(this, made::close);
        write(value);
    }

    Buffer buffer() {
        return buffer;
    }

    @Override
    public Object device() {
        return device;
    }

    @Override
    public NDArray read() {
        NDArray value = NDArray.zeros(dtype, shape);
        move(Trace.Transfer.READ, value, () -> context.queue().read(buffer, 0, value.bytes()));
        return value;
    }

    @Override
    public void write(NDArray value) {
        move(Trace.Transfer.WRITE, value, () -> context.queue().write(buffer, 0, value.bytes()));
    }

    private void move(Trace.Transfer kind, NDArray value, Runnable moving) {
        synchronized (turn) {
            if (value.elements() > 0) {
                Trace.alone(trace, kind, value, "a variable", moving);
            }
        }
    }

    @Override
    public void inTurn(Runnable action) {
        synchronized (turn) {
            action.run();
        }
    }

    @Override
    public void close() {
        release.clean();
    }
}
