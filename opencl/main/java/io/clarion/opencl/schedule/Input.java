package io.clarion.opencl.schedule;

import io.clarion.opencl.driver.Buffer;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.Kernel;
import io.clarion.opencl.schedule.Trace.Transfer;
import io.clarion.tensor.NDArray;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;

/**
 * The place where kernels find an input: in a buffer of its own, in the caller's memory where the device can work in
 * it, or where a call left it on the device.
 */
final class Input {
    private final Context context;
    private final Trace trace;
    private final long bytes;
    private final LongFunction<Buffer> room;
    private final Place place = new Place();
    private Buffer own;
    private Buffer lent;

    /**
     * Makes an input of so many bytes, for which {@code room} gives a buffer; {@code trace} is null if no times are
     * wanted.
     */
    Input(Context context, Trace trace, long bytes, LongFunction<Buffer> room) {
        this.context = context;
        this.trace = trace;
        this.bytes = bytes;
        this.room = room;
    }

    void bind(Kernel kernel, int argument) {
        place.bind(kernel, argument);
    }

    Buffer buffer() {
        return place.buffer();
    }

    /** Has kernels read what the device has already. */
    void use(Buffer kept) {
        place.put(kept);
    }

    /**
     * Has kernels read an array, which is written by the queue of {@code chunks} if it cannot be used where it lies.
     */
    void write(TransferChunks chunks, NDArray array) {
        if (isUsable(context, array.bytes())) {
            chunks.inPlace(array, () -> use(array));
            return;
        }
        if (own == null) {
            own = room.apply(bytes);
        }
        place.put(own);
        chunks.each(array,
                (at, chunk) -> Trace.transfer(trace, chunks.queue(), Transfer.WRITE, chunk.remaining(), array,
                        () -> chunks.queue().writeAsync(own, at, chunk)));
    }

    private void use(NDArray array) {
        lent = context.over(array.bytes());
        place.put(lent);
        if (trace != null) {
            trace.uses(array);
        }
    }

    /** Returns whether the device can work in the host's memory, and that is worth it. */
    static boolean isUsable(Context context, ByteBuffer memory) {
        return context.device().worksInHostMemory() && memory.remaining() >= NDArray.ALIGNMENT
                && memory.alignmentOffset(0, NDArray.ALIGNMENT) == 0;
    }

    /** Gives the caller the memory back. */
    void leave() {
        if (lent != null) {
            place.take();
            lent.close();
            lent = null;
        }
    }

    /** Returns the bytes of its own buffer. */
    long held() {
        return own == null ? 0 : own.bytes();
    }

    /** Frees its own buffer; a call makes another. */
    void close() {
        leave();
        place.take();
        if (own != null) {
            own.close();
        }
        own = null;
    }
}
