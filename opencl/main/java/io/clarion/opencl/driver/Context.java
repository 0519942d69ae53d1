package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.BinaryRejected;
import io.clarion.opencl.driver.device.Codes;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.KernelBuildException;
import io.clarion.opencl.driver.device.MemoryAccount;
import io.clarion.opencl.driver.device.OpenClException;
import io.clarion.opencl.driver.device.OutOfDeviceMemory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/** A device opened for work: it makes buffers, programs and the queue, and closing it closes them all. */
public final class Context extends Handle {
    /** Zero-byte buffers take this much: OpenCL knows no empty ones. */
    private static final long LEAST_BUFFER = 16;

    private final DeviceInfo device;
    private final boolean profiling;
    private final cl_context id;
    private final cl_device_id[] devices;
    private final Set<Release> owned = ConcurrentHashMap.newKeySet();
    private final long memory;
    private final MemoryAccount account;
    private final MemoryAccount own = MemoryAccount.empty();
    private final LongConsumer held;
    private Queue queue;
    private Queue transfers;

    private Context(DeviceInfo device, boolean profiling, long memory, LongConsumer held, cl_context id) {
        super("context on " + device.id(), ConcurrentHashMap.newKeySet(),
                () -> Faults.free(device, "clReleaseContext", () -> CL.clReleaseContext(id)));
        this.device = device;
        this.profiling = profiling;
        this.memory = memory;
        this.held = held;
        this.id = id;
        this.devices = new cl_device_id[] {device.nativeIds().device()};
        this.account = MemoryAccount.of(device);
    }

    /** Opens a device without profiling. */
    public static Context open(DeviceInfo device) {
        return open(device, false, device.globalMemory(), bytes -> {});
    }

    /**
     * Opens a device.
     *
     * @param profiling whether {@link Event#nanos()} works; some drivers then run a little slower
     * @param memory    the most bytes that its buffers may have together
     * @param held      is told by how many bytes the memory of open buffers grows, a negative number where it shrinks,
     *                  from any thread
     * @throws OpenClException where {@link DeviceInfo#unusable()} says why, or the driver refuses
     */
    public static Context open(DeviceInfo device, boolean profiling, long memory, LongConsumer held) {
        device.unusable().ifPresent(why -> {
            throw new OpenClException(device.id() + " (" + device.name() + ") cannot be used: " + why, device.id(),
                    "opening", CL.CL_DEVICE_NOT_AVAILABLE, "choose another device");
        });
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.nativeIds().platform());
        int[] code = new int[1];
        cl_context id = Faults.make(device, "clCreateContext", code, () -> CL.clCreateContext(properties, 1,
                new cl_device_id[] {device.nativeIds().device()}, null, null, code));
        Codes.check(device, "opening", code[0]);
        return new Context(device, profiling, memory, held, id);
    }

    /** Returns the device that was opened. */
    public DeviceInfo device() {
        return device;
    }

    /** Returns whether commands can be timed. */
    public boolean profiling() {
        return profiling;
    }

    /** Returns how many native objects are open that this context made: buffers, programs, kernels, queues, events. */
    public int liveHandles() {
        return owned.size();
    }

    /** Returns the bytes of this context's open buffers. */
    public long liveBytes() {
        return own.live();
    }

    /** Returns the bytes that this process holds on the device in other contexts. */
    public long bytesOfOthers() {
        return account.live() - own.live();
    }

    /**
     * Returns a buffer with undefined content.
     *
     * @param bytes 0 or more
     * @throws OutOfDeviceMemory where it does not fit
     */
    public Buffer allocate(long bytes) {
        alive();
        if (bytes < 0) {
            throw new IllegalArgumentException("allocate: a buffer of " + bytes + " bytes was asked, 0 is the least");
        }
        long taken = Math.max(bytes, LEAST_BUFFER);
        if (taken > device.maxAllocation() || !own.take(taken, memory)) {
            throw OutOfDeviceMemory.asking(device, bytes, own.live(), memory, CL.CL_INVALID_BUFFER_SIZE);
        }
        if (!account.take(taken, device.globalMemory())) {
            own.give(taken);
            throw OutOfDeviceMemory.asking(device, bytes, account.live(), device.globalMemory(),
                    CL.CL_INVALID_BUFFER_SIZE);
        }
        int[] code = new int[1];
        cl_mem mem = Faults.make(device, "clCreateBuffer", code,
                () -> CL.clCreateBuffer(id, CL.CL_MEM_READ_WRITE, taken, null, code));
        if (code[0] != CL.CL_SUCCESS) {
            account.give(taken);
            own.give(taken);
            throw OutOfDeviceMemory.asking(device, bytes, account.live(), device.globalMemory(), code[0]);
        }
        held.accept(taken);
        MemoryAccount ofDevice = account;
        MemoryAccount ofContext = own;
        LongConsumer whoCounts = held;
        return new Buffer(this, bytes, mem, owned, () -> {
            ofDevice.give(taken);
            ofContext.give(taken);
            whoCounts.accept(-taken);
            return Faults.free(device, "clReleaseMemObject", () -> CL.clReleaseMemObject(mem));
        });
    }

    /**
     * Makes sure that buffers would fit, if they were alone on the device, without making any.
     *
     * @throws OutOfDeviceMemory if they would not
     */
    public void require(List<Long> bytes) {
        long all = bytes.stream().mapToLong(b -> b).sum();
        long largest = bytes.stream().mapToLong(b -> b).max().orElse(0);
        if (all > memory || largest > device.maxAllocation()) {
            throw OutOfDeviceMemory.asking(device, all, largest, own.live(), memory);
        }
    }

    /**
     * Returns a buffer that is the host's memory, from its position to its limit, and has what that holds now: a device
     * that works in the host's memory uses it in place if it is aligned as OpenCL's largest type, by 128 bytes. The
     * memory, that of a direct buffer, must live unchanged until all that reads the buffer has run.
     */
    public Buffer over(ByteBuffer memory) {
        return over(memory, CL.CL_MEM_READ_ONLY);
    }

    /** Returns a buffer like {@link #over}, for kernels to write: {@link Queue#settle} has the host see it. */
    public Buffer into(ByteBuffer memory) {
        return over(memory, CL.CL_MEM_READ_WRITE);
    }

    private Buffer over(ByteBuffer memory, long access) {
        alive();
        int[] code = new int[1];
        cl_mem mem = Faults.make(device, "clCreateBuffer", code,
                () -> CL.clCreateBuffer(id, access | CL.CL_MEM_USE_HOST_PTR,
                        memory.remaining(), Pointer.to(memory).withByteOffset(memory.position()), code));
        Codes.check(device, "making a buffer of " + memory.remaining() + " bytes of the host", code[0]);
        return new Buffer(this, memory.remaining(), mem, owned,
                () -> Faults.free(device, "clReleaseMemObject", () -> CL.clReleaseMemObject(mem)));
    }

    /**
     * Compiles OpenCL C.
     *
     * @param options of the OpenCL compiler, such as {@code "-cl-std=CL1.2 -DTILE=8"}; may be empty
     * @throws KernelBuildException where the compiler does not take it
     */
    public Program build(String source, String options) {
        alive();
        int[] code = new int[1];
        cl_program program = Faults.make(device, "clCreateProgramWithSource", code,
                () -> CL.clCreateProgramWithSource(id, 1, new String[] {source}, null, code));
        Codes.check(device, "creating a program", code[0]);
        Program made = new Program(this, program, owned);
        int built = built(program, options);
        if (built != CL.CL_SUCCESS) {
            String log = made.log();
            made.close();
            throw new KernelBuildException(device, built, options, log,
                    FailedSources.keep(device, source, options, log));
        }
        return made;
    }

    /**
     * Takes a program that {@link Program#binary()} gave.
     *
     * @param sealed  may come from a file that anything happened to: a driver only sees what it once gave itself
     * @param options the ones of the source's build
     * @throws BinaryRejected where this driver does not take it: build from source then
     */
    public Program load(byte[] sealed, String options) {
        alive();
        byte[] binary = SealedBinary.open(device, sealed)
                .orElseThrow(() -> new BinaryRejected(device, CL.CL_INVALID_BINARY));
        int[] status = new int[1];
        int[] code = new int[1];
        cl_program program = Faults.make(device, "clCreateProgramWithBinary", code,
                () -> CL.clCreateProgramWithBinary(id, 1, devices,
                        new long[] {binary.length}, new byte[][] {binary}, status, code));
        if (code[0] != CL.CL_SUCCESS || program == null) {
            throw new BinaryRejected(device, code[0]);
        }
        Program made = new Program(this, program, owned);
        int built = status[0] != CL.CL_SUCCESS ? status[0] : built(program, options);
        if (built != CL.CL_SUCCESS) {
            made.close();
            throw new BinaryRejected(device, built);
        }
        return made;
    }

    private int built(cl_program program, String options) {
        return Faults.run(device, "clBuildProgram",
                () -> DeepStack.call(() -> CL.clBuildProgram(program, 1, devices, options, null, null)));
    }

    /** Returns the context's queue for kernels, in order; made at the first call. */
    public synchronized Queue queue() {
        alive();
        if (queue == null || queue.isClosed()) {
            queue = made();
        }
        return queue;
    }

    /** Returns a further queue, for transfers beside kernels by {@link Queue#move}; made at the first call. */
    public synchronized Queue transfers() {
        alive();
        if (transfers == null || transfers.isClosed()) {
            transfers = made();
        }
        return transfers;
    }

    @SuppressWarnings("deprecation") // the call that every version of OpenCL has
    private Queue made() {
        int[] code = new int[1];
        var made = Faults.make(device, "clCreateCommandQueue", code,
                () -> CL.clCreateCommandQueue(id, devices[0], profiling ? CL.CL_QUEUE_PROFILING_ENABLE : 0, code));
        Codes.check(device, "making the queue", code[0]);
        return new Queue(this, made, owned, new Staging(device, id, made));
    }

    /** Waits until the memory of all that was queued for kernels is free again, and says nothing of what failed. */
    public synchronized void drain() {
        if (queue != null && !queue.isClosed()) {
            queue.drain();
        }
    }

    /** Waits for the queues, then closes all that this context made, and itself. */
    @Override
    public synchronized void close() {
        if (!isClosed()) {
            drain();
            if (transfers != null && !transfers.isClosed()) {
                transfers.drain();
            }
            List.copyOf(owned).forEach(Release::free);
            super.close();
        }
    }

    Set<Release> owned() {
        return owned;
    }

    cl_device_id nativeDevice() {
        return devices[0];
    }
}
