package io.clarion.opencl.driver;

import java.util.Set;
import java.util.function.IntSupplier;
import org.jocl.cl_mem;

/** Memory on a device. */
public final class Buffer extends Handle {
    private final Context context;
    private final long bytes;
    private final cl_mem mem;

    Buffer(Context context, long bytes, cl_mem mem, Set<Release> owned, IntSupplier freeing) {
        super("buffer of " + bytes + " bytes on " + context.device().id(), owned, freeing);
        this.context = context;
        this.bytes = bytes;
        this.mem = mem;
    }

    /** Returns the bytes that were asked for. */
    public long bytes() {
        return bytes;
    }

    /** Returns where it was made. */
    public Context context() {
        return context;
    }

    cl_mem mem() {
        alive();
        return mem;
    }

    /** Returns the native object, for a range that must lie within it. */
    cl_mem mem(String operation, long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > bytes || offset + length < 0) {
            throw new IndexOutOfBoundsException(operation + ": " + length + " bytes from offset " + offset
                    + " do not lie within the " + this);
        }
        return mem();
    }
}
