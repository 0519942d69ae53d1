package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * Host memory that a device reaches by itself, through which small transfers go: from other memory of the host drivers
 * copy into such of their own first, and wait for it. It grows to what is wanted between two calls of {@link #arrived}.
 */
final class Staging {
    private static final int LEAST = 1 << 16;
    private static final int MOST = 1 << 26;
    private static final int APART = 64;

    private final DeviceInfo device;
    private final cl_context context;
    private final cl_command_queue queue;
    private final List<Runnable> arrivals = new ArrayList<>();
    private cl_mem mem;
    private ByteBuffer memory = ByteBuffer.allocate(0);
    private int taken;
    private long wanted;

    Staging(DeviceInfo device, cl_context context, cl_command_queue queue) {
        this.device = device;
        this.context = context;
        this.queue = queue;
    }

    /** Returns a copy of what is to be written, or {@code src} itself where it does not fit. */
    ByteBuffer leaving(ByteBuffer src) {
        ByteBuffer place = place(src.remaining());
        return place == null ? src : place.put(0, src, src.position(), src.remaining());
    }

    /**
     * Returns where to read to in place of {@code dst}, which gets it in {@link #arrived}; {@code dst} itself where it
     * does not fit.
     */
    ByteBuffer arriving(ByteBuffer dst) {
        ByteBuffer place = place(dst.remaining());
        if (place == null) {
            return dst;
        }
        int at = dst.position();
        arrivals.add(() -> dst.put(at, place, 0, place.remaining()));
        return place;
    }

    private ByteBuffer place(int bytes) {
        long rounded = (bytes + APART - 1L) / APART * APART;
        wanted += rounded;
        if (taken + rounded > memory.capacity()) {
            return null;
        }
        ByteBuffer place = memory.slice(taken, bytes).order(ByteOrder.nativeOrder());
        taken += (int) rounded;
        return place;
    }

    /**
     * Copies what has arrived to where it was to be read to. To be called when the queue has run all that was queued.
     */
    void arrived() {
        arrivals.forEach(Runnable::run);
        forget();
        if (wanted > memory.capacity() && memory.capacity() < MOST) {
            grow((int) Math.clamp(Long.highestOneBit(2 * wanted - 1), LEAST, MOST));
        }
        wanted = 0;
    }

    /** Says that nothing will arrive. */
    void forget() {
        arrivals.clear();
        taken = 0;
    }

    /** Makes the memory anew, of so many bytes. Without the memory, transfers are as they were. */
    private void grow(int bytes) {
        release();
        int[] code = new int[1];
        mem = Faults.make(device, "clCreateBuffer", code,
                () -> CL.clCreateBuffer(context, CL.CL_MEM_ALLOC_HOST_PTR | CL.CL_MEM_READ_WRITE, bytes, null, code));
        if (code[0] == CL.CL_SUCCESS) {
            ByteBuffer mapped = Faults.make(device, "clEnqueueMapBuffer", code,
                    () -> CL.clEnqueueMapBuffer(queue, mem, true, CL.CL_MAP_READ | CL.CL_MAP_WRITE, 0, bytes, 0, null,
                            null, code));
            memory = code[0] == CL.CL_SUCCESS && mapped != null ? mapped : memory;
        } else {
            mem = null;
        }
    }

    void release() {
        if (mem != null) {
            if (memory.capacity() > 0) {
                CL.clEnqueueUnmapMemObject(queue, mem, memory, 0, null, null);
                CL.clFinish(queue);
            }
            CL.clReleaseMemObject(mem);
        }
        mem = null;
        memory = ByteBuffer.allocate(0);
    }
}
