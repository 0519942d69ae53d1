package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.Codes;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;

/**
 * Runs commands on a device, one after the other in the order of the calls. Calls return at once, but for
 * {@link #read}, {@link #write} and {@link #finish}. To be used by one thread at a time, but for {@link #move}.
 */
public final class Queue extends Handle {
    /** Heap buffers go through direct memory in pieces of this many bytes. */
    private static final int PIECE = 1 << 20;
    /**
     * Where a device works in the host's memory, the host is sooner done with so many bytes itself, for which it waits
     * for the device first.
     */
    private static final int MAPPED = 1 << 16;

    private final Context context;
    private final cl_command_queue id;
    private final Staging staging;
    private final ByteBuffer pattern = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
    private final Pointer patternPointer = Pointer.to(pattern);

    Queue(Context context, cl_command_queue id, Set<Release> owned, Staging staging) {
        super("queue on " + context.device().id(), owned, () -> {
            staging.release();
            EndOfJvm.closing(id);
            return Faults.free(context.device(), "clReleaseCommandQueue", () -> CL.clReleaseCommandQueue(id));
        });
        this.context = context;
        this.id = id;
        this.staging = staging;
        EndOfJvm.opened(id);
    }

    /** Returns where it was made. */
    public Context context() {
        return context;
    }

    /**
     * Queues a kernel with the arguments it has now.
     *
     * @param global the number of work-items along 1 to 3 axes
     * @param local  the work-group along the same axes; null leaves it to the driver
     */
    public void enqueue(Kernel kernel, long[] global, long[] local) {
        launch(kernel, global, local, null);
    }

    /**
     * Queues a kernel like {@link #enqueue}, to be waited for or, with profiling, timed; the caller closes the event.
     */
    public Event enqueueTimed(Kernel kernel, long[] global, long[] local) {
        cl_event event = new cl_event();
        launch(kernel, global, local, event);
        return new Event(context, event);
    }

    /** Returns an event for all that was queued so far; the caller closes it. */
    public Event mark() {
        alive();
        cl_event event = new cl_event();
        check("queueing a marker", Faults.run(context.device(), "clEnqueueMarkerWithWaitList",
                () -> CL.clEnqueueMarkerWithWaitList(id, 0, null, event)));
        return new Event(context, event);
    }

    /** Hands to the device all that was queued so far, and returns an event for it like {@link #mark}. */
    public Event sent() {
        Event sent = mark();
        try {
            flush();
        } catch (RuntimeException e) {
            sent.close();
            throw e;
        }
        return sent;
    }

    private void launch(Kernel kernel, long[] global, long[] local, cl_event event) {
        alive();
        cl_kernel ready = kernel.ready();
        int code = Faults.run(context.device(), "clEnqueueNDRangeKernel",
                () -> EndOfJvm.heldBack(() -> CL.clEnqueueNDRangeKernel(id, ready, global.length, null, global, local,
                        0, null, event)));
        if (code != CL.CL_SUCCESS) {
            check("queueing kernel " + kernel.name() + " with " + Arrays.toString(global) + " work-items in groups of "
                    + (local == null ? "the driver's choice" : Arrays.toString(local)) + " (its limit is "
                    + kernel.workGroupLimit() + ")", code);
        }
        Reference.reachabilityFence(kernel);
    }

    /** Copies {@code src}, from its position to its limit, into a buffer, and waits; the position stays. */
    public void write(Buffer dst, long offset, ByteBuffer src) {
        dst.mem("write", offset, src.remaining());
        if (src.isDirect()) {
            transfer(Transfer.WRITE, dst, true, offset, src);
            return;
        }
        ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(PIECE, src.remaining()));
        for (int at = 0; at < src.remaining(); at += piece.capacity()) {
            piece.clear().limit(Math.min(piece.capacity(), src.remaining() - at));
            piece.put(0, src, src.position() + at, piece.remaining());
            transfer(Transfer.WRITE, dst, true, offset + at, piece);
        }
    }

    /** Copies from a buffer into {@code dst}, from its position to its limit, and waits; the position stays. */
    public void read(Buffer src, long offset, ByteBuffer dst) {
        src.mem("read", offset, dst.remaining());
        if (dst.isDirect()) {
            transfer(Transfer.READ, src, true, offset, dst);
            return;
        }
        ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(PIECE, dst.remaining()));
        for (int at = 0; at < dst.remaining(); at += piece.capacity()) {
            piece.clear().limit(Math.min(piece.capacity(), dst.remaining() - at));
            transfer(Transfer.READ, src, true, offset + at, piece);
            dst.put(dst.position() + at, piece, 0, piece.remaining());
        }
    }

    /**
     * Writes like {@link #write} without waiting: {@code src}, a direct buffer, must live unchanged until
     * {@link #finish}.
     */
    public void writeAsync(Buffer dst, long offset, ByteBuffer src) {
        if (!context.device().worksInHostMemory()) {
            transfer(Transfer.WRITE, dst, false, offset, staging.leaving(direct("writeAsync", src)));
        } else if (src.remaining() < MAPPED) {
            transfer(Transfer.WRITE, dst, false, offset, direct("writeAsync", src));
        } else {
            copyMapped(dst, offset, direct("writeAsync", src));
        }
    }

    /** Copies straight into the memory of a device that works in the host's, which is there once all before is done. */
    private void copyMapped(Buffer dst, long offset, ByteBuffer src) {
        alive();
        var mem = dst.mem("write", offset, src.remaining());
        int[] code = new int[1];
        ByteBuffer mapped = Faults.make(context.device(), "clEnqueueMapBuffer", code,
                () -> CL.clEnqueueMapBuffer(id, mem, true, CL.CL_MAP_WRITE, offset, src.remaining(), 0, null, null,
                        code));
        check("mapping " + src.remaining() + " bytes at " + offset + " of the " + dst, code[0]);
        mapped.put(0, src, src.position(), src.remaining());
        check("unmapping the " + dst, Faults.run(context.device(), "clEnqueueUnmapMemObject",
                () -> CL.clEnqueueUnmapMemObject(id, mem, mapped, 0, null, null)));
        Reference.reachabilityFence(dst);
    }

    /**
     * Reads like {@link #read} without waiting: {@code dst}, a direct buffer, must live and is not filled until
     * {@link #finish}.
     */
    public void readAsync(Buffer src, long offset, ByteBuffer dst) {
        transfer(Transfer.READ, src, false, offset, context.device().worksInHostMemory() ? direct("readAsync", dst)
                : staging.arriving(direct("readAsync", dst)));
    }

    /**
     * Has the memory that a buffer of {@link Context#into} is hold what was written to it so far, once {@link #finish}
     * is done. Where the device shares the host's memory at a fine grain it does anyway: with mappings behind its
     * kernels, Intel's runtime on one core and another driver on the other took 1.4 times as long.
     */
    public void settle(Buffer buffer) {
        alive();
        if (context.device().fineGrainedSystem()) {
            return;
        }
        var mem = buffer.mem("settle", 0, buffer.bytes());
        int[] code = new int[1];
        ByteBuffer mapped = Faults.make(context.device(), "clEnqueueMapBuffer", code,
                () -> CL.clEnqueueMapBuffer(id, mem, false, CL.CL_MAP_READ, 0, buffer.bytes(), 0, null, null, code));
        check("mapping the " + buffer, code[0]);
        check("unmapping the " + buffer, Faults.run(context.device(), "clEnqueueUnmapMemObject",
                () -> CL.clEnqueueUnmapMemObject(id, mem, mapped, 0, null, null)));
        Reference.reachabilityFence(buffer);
    }

    private static ByteBuffer direct(String operation, ByteBuffer host) {
        if (!host.isDirect()) {
            throw new IllegalArgumentException(operation + ": a heap buffer was given, and a driver that works while "
                    + "Java goes on needs one from ByteBuffer.allocateDirect");
        }
        return host;
    }

    private void transfer(Transfer kind, Buffer buffer, boolean blocking, long offset, ByteBuffer host) {
        alive();
        int bytes = host.remaining();
        var mem = buffer.mem(kind == Transfer.READ ? "read" : "write", offset, bytes);
        if (bytes == 0) {
            return;
        }
        int code = Faults.run(context.device(), kind.call(),
                () -> kind.run(id, mem, blocking, offset, bytes, Pointer.to(host).withByteOffset(host.position())));
        if (code != CL.CL_SUCCESS) {
            check((kind == Transfer.READ ? "reading " : "writing ") + bytes + " bytes at " + offset + " of the "
                    + buffer, code);
        }
        Reference.reachabilityFence(buffer);
        Reference.reachabilityFence(host);
    }

    /** Copies on the device; the two ranges may not overlap. */
    public void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long bytes) {
        alive();
        var from = src.mem("copy", srcOffset, bytes);
        var to = dst.mem("copy", dstOffset, bytes);
        if (bytes == 0) {
            return;
        }
        if (src == dst && Math.abs(srcOffset - dstOffset) < bytes) {
            throw new IllegalArgumentException("copy: " + bytes + " bytes from " + srcOffset + " to " + dstOffset
                    + " of the " + src + " overlap");
        }
        check("copying between buffers", Faults.run(context.device(), "clEnqueueCopyBuffer",
                () -> CL.clEnqueueCopyBuffer(id, from, to, srcOffset, dstOffset, bytes, 0, null, null)));
        Reference.reachabilityFence(src);
        Reference.reachabilityFence(dst);
    }

    /** Sets bytes of a buffer. */
    public void fill(Buffer dst, byte value, long offset, long bytes) {
        pattern.put(0, value);
        repeat(dst, 1, offset, bytes);
    }

    /** Sets ints of a buffer; offset and bytes are multiples of 4. */
    public void fill(Buffer dst, int value, long offset, long bytes) {
        if (offset % 4 != 0 || bytes % 4 != 0) {
            throw new IllegalArgumentException("fill: ints were to fill " + bytes + " bytes from offset " + offset
                    + ", and both must be multiples of 4");
        }
        pattern.putInt(0, value);
        repeat(dst, 4, offset, bytes);
    }

    private void repeat(Buffer dst, int unit, long offset, long bytes) {
        alive();
        var mem = dst.mem("fill", offset, bytes);
        if (bytes != 0) {
            check("filling the " + dst, Faults.run(context.device(), "clEnqueueFillBuffer",
                    () -> CL.clEnqueueFillBuffer(id, mem, patternPointer, unit, offset, bytes, 0, null, null)));
        }
        Reference.reachabilityFence(dst);
    }

    /** Hands what was queued to the device, without waiting. */
    public void flush() {
        alive();
        check("flushing the queue", Faults.run(context.device(), "clFlush", () -> CL.clFlush(id)));
    }

    /** Waits until all that was queued has run. */
    public void finish() {
        alive();
        int code = Faults.run(context.device(), "clFinish", () -> CL.clFinish(id));
        if (code != CL.CL_SUCCESS) {
            staging.forget();
        }
        check("waiting for the queue", code);
        staging.arrived();
    }

    /**
     * Queues transfers while no other thread does so here, and waits for them; where one fails, the host's memory is
     * free again before that is thrown.
     */
    public synchronized void move(Runnable queueing) {
        try {
            queueing.run();
            finish();
        } catch (RuntimeException e) {
            drain();
            throw e;
        }
    }

    /** Waits until the memory of all that was queued is free again, and says nothing of what failed. */
    void drain() {
        staging.forget();
        CL.clFinish(id);
    }

    private void check(String operation, int code) {
        Codes.check(context.device(), operation, code);
    }
}
