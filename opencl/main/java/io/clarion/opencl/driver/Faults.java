package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jocl.CL;

/** Faults of drivers on purpose, for tests: all calls of OpenCL that work on an open device pass here. */
public final class Faults {
    private static volatile Plan plan;

    private Faults() {}

    /** Says what is to fail. */
    @FunctionalInterface
    public interface Plan {
        /**
         * Returns what a call gives instead of being made. To be hung, or gone for good, a device lets this wait, or
         * give a code for ever.
         *
         * @param device the device's id
         * @param call   the function, such as {@code "clFinish"}; those that release are made, whatever they give
         * @return OpenCL's code; 0 for the call to be made
         */
        int code(String device, String call);
    }

    /** Has {@code faults} happen from now on; none if it is null. */
    public static void inject(Plan faults) {
        plan = faults;
    }

    /** Returns the code of a call that is made, or that a fault has in its place. */
    static int run(DeviceInfo device, String call, IntSupplier made) {
        int fault = of(device, call);
        return fault != CL.CL_SUCCESS ? fault : made.getAsInt();
    }

    /** Returns what a call gives that says its code in {@code code}; null if a fault has its place. */
    static <T> T make(DeviceInfo device, String call, int[] code, Supplier<T> made) {
        code[0] = of(device, call);
        return code[0] != CL.CL_SUCCESS ? null : made.get();
    }

    /** Returns the code of a call that frees something, which is made in any case. */
    static int free(DeviceInfo device, String call, IntSupplier made) {
        int code = made.getAsInt();
        int fault = of(device, call);
        return fault != CL.CL_SUCCESS ? fault : code;
    }

    private static int of(DeviceInfo device, String call) {
        Plan now = plan;
        return now == null ? CL.CL_SUCCESS : now.code(device.id(), call);
    }
}
