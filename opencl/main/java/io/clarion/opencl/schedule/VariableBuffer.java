package io.clarion.opencl.schedule;

import io.clarion.graph.Storage;
import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.lang.ref.Cleaner;

/** A variable's value in a buffer of a device, which goes with the last reference to it: variables need no closing. */
final class VariableBuffer implements Storage {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Object device;
    private final Object turn;
    private final Context context;
    private final Trace trace;
    private final DType dtype;
    private final Shape shape;
    private final Buffer buffer;
    private final Cleaner.Cleanable release;
    /** How many reads and writes are at work. */
    private int moving;
    private boolean isClosed;

    /**
     * Makes a buffer of the given value on {@code device}, whose calls hold {@code turn}.
     *
     * @param trace  null if no times are wanted
     * @param buffer as large as the value, which it closes
     */
    VariableBuffer(Object device, Object turn, Context context, Trace trace, NDArray value, Buffer buffer) {
        this.device = device;
        this.turn = turn;
        this.context = context;
        this.trace = trace;
        this.dtype = value.dtype();
        this.shape = value.shape();
        this.buffer = buffer;
        this.release = CLEANER.register(this, buffer::close);
        write(value);
    }

    Buffer buffer() {
        return buffer;
    }

    @Override
    public Object device() {
        return device;
    }

    /** Returns the bytes that it has of the device. */
    long bytes() {
        return buffer.bytes();
    }

    /** Returns a copy of the value; of one that was discarded meanwhile, zeros. */
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

    private void move(Trace.Transfer kind, NDArray value, Runnable transfer) {
        synchronized (turn) {
            if (value.elements() > 0 && begin()) {
                try {
                    Trace.alone(trace, kind, value, "a variable", transfer);
                } finally {
                    end();
                }
            }
        }
    }

    /** Returns whether it is open, as it stays then until {@link #end}: who closes it waits for nobody. */
    private synchronized boolean begin() {
        moving += isClosed ? 0 : 1;
        return !isClosed;
    }

    private synchronized void end() {
        moving--;
        if (moving == 0 && isClosed) {
            release.clean();
        }
    }

    @Override
    public void inTurn(Runnable action) {
        synchronized (turn) {
            action.run();
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (moving == 0) {
            release.clean();
        }
    }
}
