package io.clarion.opencl.driver.device;

import org.jocl.CL;

/** OpenCL's result codes: their names, and what to do about them. */
public final class Codes {
    private Codes() {}

    public static String name(int code) {
        return code == -1001 ? "CL_PLATFORM_NOT_FOUND_KHR" : CL.stringFor_errorCode(code);
    }

    /** Throws where {@code code} is not CL_SUCCESS; {@link OutOfDeviceMemory} where it says so. */
    public static void check(DeviceInfo device, String operation, int code) {
        if (code == CL.CL_SUCCESS) {
            return;
        }
        throw code == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
                ? OutOfDeviceMemory.during(device, operation, code)
                : new OpenClException(device.id() + " (" + device.name() + ")", operation, code, cure(code));
    }

    public static String cure(int code) {
        return switch (code) {
            case CL.CL_DEVICE_NOT_FOUND -> "the platform has no device: run the doctor to see why";
            case CL.CL_DEVICE_NOT_AVAILABLE -> "another process may hold the device exclusively; choose another device";
            case CL.CL_COMPILER_NOT_AVAILABLE -> "the driver has no compiler; install its full package";
            case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE -> "take a smaller batch, or close buffers";
            case CL.CL_OUT_OF_RESOURCES ->
                    "the driver ran out of memory, registers or time (a display's watchdog), or a "
                            + "kernel went outside its buffers: take a smaller batch, and check the kernel with Oclgrind";
            case CL.CL_OUT_OF_HOST_MEMORY ->
                    "the machine ran out of memory: take a smaller batch, or close other programs";
            case CL.CL_PROFILING_INFO_NOT_AVAILABLE -> "open the context with profiling";
            case CL.CL_BUILD_PROGRAM_FAILURE, CL.CL_COMPILE_PROGRAM_FAILURE -> "read the build log";
            case CL.CL_INVALID_BINARY -> "made by another driver or version: build from source";
            case CL.CL_INVALID_BUILD_OPTIONS -> "this driver does not know one of the options";
            case CL.CL_INVALID_KERNEL_NAME -> "the program has no kernel of this name";
            case CL.CL_INVALID_ARG_INDEX -> "the kernel has fewer arguments";
            case CL.CL_INVALID_ARG_SIZE -> "the kernel declares another type for this argument: int and float are 4 "
                    + "bytes, long and double 8";
            case CL.CL_INVALID_KERNEL_ARGS -> "bind every argument before the kernel is queued";
            case CL.CL_INVALID_WORK_GROUP_SIZE ->
                    "the work-group must divide the global size, stay within the kernel's "
                            + "workGroupLimit(), and be what reqd_work_group_size says";
            case CL.CL_INVALID_WORK_ITEM_SIZE -> "the work-group is longer along one axis than the device's "
                    + "maxWorkItemSizes";
            case CL.CL_INVALID_GLOBAL_WORK_SIZE -> "no axis of the global size may be 0";
            case CL.CL_INVALID_BUFFER_SIZE -> "larger than the device's maxAllocation: split it";
            case CL.CL_INVALID_CONTEXT -> "buffers, kernels and queue must come from the same context";
            case CL.CL_INVALID_VALUE -> "an offset, a length or an option lies outside what the driver takes";
            case -1001 -> "no OpenCL driver is registered: run the doctor to see why";
            default -> "the driver gives no more than this; an update of the driver may help";
        };
    }
}
