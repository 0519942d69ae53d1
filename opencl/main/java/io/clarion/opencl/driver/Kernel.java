package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.Codes;
import io.clarion.opencl.driver.device.Info;
import io.clarion.opencl.driver.device.OpenClException;
import io.clarion.opencl.driver.device.Quirks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/**
 * A kernel with its arguments. Bind them once, queue it often; a bound buffer must stay open while the kernel is
 * queued. Arguments must not be bound by two threads at a time, nor while another thread queues the kernel.
 */
public final class Kernel extends Handle {
    private final Context context;
    private final Program program;
    private final String name;
    private final cl_kernel id;
    private final Buffer[] buffers;
    private final long[] local;
    private final boolean[] bound;
    private final long staticLocalBytes;
    private final long workGroupLimit;
    private final ByteBuffer holder = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
    private final Pointer held = Pointer.to(holder);
    private int unbound;

    Kernel(Context context, Program program, String name, cl_kernel id) {
        super("kernel " + name + " on " + context.device().id(), context.owned(),
                () -> Faults.free(context.device(), "clReleaseKernel", () -> CL.clReleaseKernel(id)));
        this.context = context;
        this.program = program;
        this.name = name;
        this.id = id;
        try {
            int arguments = (int) new Info((p, size, value, needed) -> Faults.run(context.device(), "clGetKernelInfo",
                    () -> CL.clGetKernelInfo(id, p, size, value, needed))).number(CL.CL_KERNEL_NUM_ARGS);
            this.buffers = new Buffer[arguments];
            this.local = new long[arguments];
            this.bound = new boolean[arguments];
            this.unbound = arguments;
            Quirks quirks = Quirks.of(context.device());
            this.staticLocalBytes = quirks.localBytes(groupInfo(CL.CL_KERNEL_LOCAL_MEM_SIZE));
            this.workGroupLimit = quirks.workGroupLimit(groupInfo(CL.CL_KERNEL_WORK_GROUP_SIZE), context.device());
        } catch (Info.Unanswered e) {
            close();
            throw new OpenClException(context.device().id(), "asking about kernel " + name, e.code, Codes.cure(e.code));
        }
    }

    /** Returns the kernel's name. */
    public String name() {
        return name;
    }

    /** Returns how many arguments it declares. */
    public int arguments() {
        return bound.length;
    }

    /** Binds a buffer to argument {@code i}. */
    public Kernel arg(int i, Buffer b) {
        if (b.context() != context) {
            throw new IllegalArgumentException("kernel " + name + ", argument " + i + ": the " + b
                    + " is of another context than the kernel, which is on " + context.device().id());
        }
        holder.putLong(0, b.mem().getNativePointer());
        set(i, Sizeof.cl_mem);
        buffers[i] = b;
        return this;
    }

    /** Binds an {@code int} or {@code uint} to argument {@code i}. */
    public Kernel arg(int i, int v) {
        holder.putInt(0, v);
        set(i, Integer.BYTES);
        return this;
    }

    /** Binds a {@code float} to argument {@code i}. */
    public Kernel arg(int i, float v) {
        holder.putFloat(0, v);
        set(i, Float.BYTES);
        return this;
    }

    /** Binds a {@code long} or {@code ulong} to argument {@code i}. */
    public Kernel arg(int i, long v) {
        holder.putLong(0, v);
        set(i, Long.BYTES);
        return this;
    }

    /** Binds a {@code double} to argument {@code i}. */
    public Kernel arg(int i, double v) {
        holder.putDouble(0, v);
        set(i, Double.BYTES);
        return this;
    }

    /** Gives argument {@code i}, a {@code local} pointer, so many bytes of local memory, one or more. */
    public Kernel local(int i, long bytes) {
        checkIndex(i);
        long before = local[i];
        local[i] = bytes;
        try {
            checkLocalMemory();
            bind(i, bytes, null);
        } catch (RuntimeException e) {
            local[i] = before;
            throw e;
        }
        return this;
    }

    /** Returns the private memory of a work-item, in bytes, as the driver counts it: spilled registers, on a GPU. */
    public long privateBytes() {
        alive();
        return groupInfo(CL.CL_KERNEL_PRIVATE_MEM_SIZE);
    }

    /** Returns the local memory of a work-group, in bytes, with what {@link #local} gave. */
    public long localBytes() {
        return staticLocalBytes + Arrays.stream(local).sum();
    }

    /** Returns the largest work-group that this kernel can run with on this device. */
    public long workGroupLimit() {
        return workGroupLimit;
    }

    /** Returns the number of which work-groups should be a multiple: a GPU's warp or wave. */
    public long preferredMultiple() {
        alive();
        return groupInfo(CL.CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);
    }

    /** Returns the native object, when the kernel can be queued: all arguments bound, none of the buffers closed. */
    cl_kernel ready() {
        alive();
        if (unbound != 0) {
            throw new IllegalStateException("kernel " + name + " takes " + bound.length
                    + " arguments, and these are not bound: " + unboundList());
        }
        for (int i = 0; i < buffers.length; i++) {
            if (buffers[i] != null && buffers[i].isClosed()) {
                throw new IllegalStateException("kernel " + name + ", argument " + i + ": " + buffers[i]);
            }
        }
        return id;
    }

    /** Throws where it wants more local memory than the device has: PoCL would abort the process. */
    void checkLocalMemory() {
        long wanted = localBytes();
        if (wanted > context.device().localMemory()) {
            throw new OpenClException(context.device().id(), "kernel " + name + " with " + wanted
                    + " bytes of local memory", CL.CL_OUT_OF_RESOURCES,
                    "the device has " + context.device().localMemory() + " a work-group: take smaller tiles");
        }
    }

    private void set(int i, long bytes) {
        checkIndex(i);
        bind(i, bytes, held);
        buffers[i] = null;
    }

    private void bind(int i, long bytes, Pointer value) {
        alive();
        int code = Faults.run(context.device(), "clSetKernelArg", () -> CL.clSetKernelArg(id, i, bytes, value));
        if (code != CL.CL_SUCCESS) {
            Codes.check(context.device(), "kernel " + name + ": binding " + bytes + " bytes to argument " + i, code);
        }
        if (!bound[i]) {
            bound[i] = true;
            unbound--;
        }
    }

    private void checkIndex(int i) {
        if (i < 0 || i >= bound.length) {
            throw new IllegalArgumentException("kernel " + name + ": argument " + i + " was given, and it has "
                    + bound.length + ", counted from 0");
        }
    }

    private String unboundList() {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < bound.length; i++) {
            if (!bound[i]) {
                list.append(list.isEmpty() ? "" : ", ").append(i);
            }
        }
        return list.toString();
    }

    private long groupInfo(int parameter) {
        return new Info((p, size, value, needed) -> Faults.run(context.device(), "clGetKernelWorkGroupInfo",
                () -> CL.clGetKernelWorkGroupInfo(id, context.nativeDevice(), p, size, value, needed)))
                .number(parameter);
    }
}
