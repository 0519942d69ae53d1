package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.Codes;
import io.clarion.opencl.driver.device.Info;
import io.clarion.opencl.driver.device.OpenClException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/** Compiled OpenCL C, for one device. */
public final class Program extends Handle {
    private final Context context;
    private final cl_program id;

    Program(Context context, cl_program id, Set<Release> owned) {
        super("program on " + context.device().id(), owned,
                () -> Faults.free(context.device(), "clReleaseProgram", () -> CL.clReleaseProgram(id)));
        this.context = context;
        this.id = id;
    }

    /** Returns where it was made. */
    public Context context() {
        return context;
    }

    /**
     * Returns what {@link Context#load} takes on the same driver and device, sealed; empty where the driver gives none.
     */
    public Optional<byte[]> binary() {
        alive();
        try {
            long size = info().number(CL.CL_PROGRAM_BINARY_SIZES);
            if (size <= 0) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(size));
            int code = Faults.run(context.device(), "clGetProgramInfo",
                    () -> CL.clGetProgramInfo(id, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, Pointer.to(Pointer.to(bytes)),
                            null));
            byte[] binary = new byte[bytes.capacity()];
            bytes.get(binary);
            return code == CL.CL_SUCCESS ? Optional.of(SealedBinary.seal(context.device(), binary)) : Optional.empty();
        } catch (Info.Unanswered e) {
            return Optional.empty();
        }
    }

    /** Returns what the compiler said; warnings are here too. Empty where it said nothing. */
    public String log() {
        alive();
        try {
            return new Info((p, size, value, needed) -> Faults.run(context.device(), "clGetProgramBuildInfo",
                    () -> CL.clGetProgramBuildInfo(id, context.nativeDevice(), p, size, value, needed)))
                    .text(CL.CL_PROGRAM_BUILD_LOG);
        } catch (Info.Unanswered e) {
            return "(" + e.getMessage() + ")";
        }
    }

    /**
     * Returns a kernel with arguments of its own; ask twice for two sets of arguments.
     *
     * @throws OpenClException where the program has no such kernel, or it wants more local memory than there is
     */
    public Kernel kernel(String name) {
        alive();
        int[] code = new int[1];
        cl_kernel kernel = Faults.make(context.device(), "clCreateKernel", code,
                () -> CL.clCreateKernel(id, name, code));
        if (code[0] == CL.CL_INVALID_KERNEL_NAME) {
            throw new OpenClException(context.device().id(), "kernel " + name, code[0],
                    "this program has " + String.join(", ", names()));
        }
        Codes.check(context.device(), "making kernel " + name, code[0]);
        Kernel made = new Kernel(context, this, name, kernel);
        try {
            made.checkLocalMemory();
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
        return made;
    }

    /** Returns whether the program has a kernel of that name. */
    public boolean has(String kernel) {
        alive();
        return names().contains(kernel);
    }

    private List<String> names() {
        try {
            return List.of(info().text(CL.CL_PROGRAM_KERNEL_NAMES).split(";"));
        } catch (Info.Unanswered e) {
            return List.of();
        }
    }

    private Info info() {
        return new Info((p, size, value, needed) -> Faults.run(context.device(), "clGetProgramInfo",
                () -> CL.clGetProgramInfo(id, p, size, value, needed)));
    }
}
