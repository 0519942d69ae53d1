package io.clarion.opencl.driver;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/**
 * Copies between host and device. JOCL makes an event and a waiting thread for each non-blocking transfer, to keep the
 * Java buffer alive; our callers do that themselves, so non-blocking calls go to JOCL's native method at once, and
 * through its public one only where reflection is refused.
 */
enum Transfer {
    READ("clEnqueueReadBuffer") {
        @Override
        int watched(cl_command_queue q, cl_mem m, boolean blocking, long offset, long bytes, Pointer host) {
            return CL.clEnqueueReadBuffer(q, m, blocking, offset, bytes, host, 0, null, null);
        }
    },
    WRITE("clEnqueueWriteBuffer") {
        @Override
        int watched(cl_command_queue q, cl_mem m, boolean blocking, long offset, long bytes, Pointer host) {
            return CL.clEnqueueWriteBuffer(q, m, blocking, offset, bytes, host, 0, null, null);
        }
    };

    /** OpenCL's function. */
    private final String call;
    private final MethodHandle direct;

    Transfer(String call) {
        this.call = call;
        this.direct = find(call + "Native");
    }

    String call() {
        return call;
    }

    int run(cl_command_queue q, cl_mem m, boolean blocking, long offset, long bytes, Pointer host) {
        if (direct == null || blocking) {
            return watched(q, m, blocking, offset, bytes, host);
        }
        try {
            return (int) direct.invokeExact(q, m, false, offset, bytes, host, 0, (cl_event[]) null, (cl_event) null);
        } catch (Throwable e) {
            throw new IllegalStateException("JOCL's native call failed", e);
        }
    }

    abstract int watched(cl_command_queue q, cl_mem m, boolean blocking, long offset, long bytes, Pointer host);

    private static MethodHandle find(String name) {
        try {
            Method method = CL.class.getDeclaredMethod(name, cl_command_queue.class, cl_mem.class, boolean.class,
                    long.class, long.class, Pointer.class, int.class, cl_event[].class, cl_event.class);
            method.setAccessible(true);
            return MethodHandles.lookup().unreflect(method);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
