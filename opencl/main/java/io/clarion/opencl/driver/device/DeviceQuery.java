package io.clarion.opencl.driver.device;

import java.util.List;
import org.jocl.CL;

/** Asks a driver for the facts of a {@link DeviceInfo}. */
final class DeviceQuery {
    // Not in JOCL.
    private static final int PREFERRED_WORK_GROUP_SIZE_MULTIPLE = 0x1067;
    private static final int WARP_SIZE_NV = 0x4003;
    private static final int WAVEFRONT_WIDTH_AMD = 0x4043;

    private DeviceQuery() {}

    @SuppressWarnings("deprecation") // unified memory has no newer query
    static DeviceInfo ask(String id, String platformName, NativeIds ids) {
        Info info = new Info((p, size, value, needed) -> CL.clGetDeviceInfo(ids.device(), p, size, value, needed));
        List<String> extensions = info.words(CL.CL_DEVICE_EXTENSIONS);
        return new DeviceInfo(id, platformName,
                info.text(CL.CL_DEVICE_NAME), info.text(CL.CL_DEVICE_VENDOR), type(info.number(CL.CL_DEVICE_TYPE)),
                info.text(CL.CL_DRIVER_VERSION), info.text(CL.CL_DEVICE_VERSION),
                info.text(CL.CL_DEVICE_OPENCL_C_VERSION), info.text(CL.CL_DEVICE_PROFILE),
                info.flag(CL.CL_DEVICE_ENDIAN_LITTLE), count(info, CL.CL_DEVICE_ADDRESS_BITS),
                count(info, CL.CL_DEVICE_MAX_COMPUTE_UNITS), count(info, CL.CL_DEVICE_MAX_CLOCK_FREQUENCY),
                info.number(CL.CL_DEVICE_GLOBAL_MEM_SIZE), info.number(CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                info.number(CL.CL_DEVICE_LOCAL_MEM_SIZE), info.number(CL.CL_DEVICE_LOCAL_MEM_TYPE) == CL.CL_LOCAL,
                info.number(CL.CL_DEVICE_MAX_WORK_GROUP_SIZE), info.sizes(CL.CL_DEVICE_MAX_WORK_ITEM_SIZES),
                preferredMultiple(info, extensions),
                count(info, CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT),
                count(info, CL.CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT),
                count(info, CL.CL_DEVICE_GLOBAL_MEM_CACHELINE_SIZE), info.number(CL.CL_DEVICE_GLOBAL_MEM_CACHE_SIZE),
                info.flag(CL.CL_DEVICE_HOST_UNIFIED_MEMORY), sharesFinely(info),
                extensions.contains("cl_khr_fp16"), extensions.contains("cl_khr_fp64"),
                (info.number(CL.CL_DEVICE_SINGLE_FP_CONFIG) & CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0,
                info.flag(CL.CL_DEVICE_AVAILABLE), info.flag(CL.CL_DEVICE_COMPILER_AVAILABLE), extensions,
                info.number(CL.CL_DEVICE_PROFILING_TIMER_RESOLUTION), ids);
    }

    private static int preferredMultiple(Info info, List<String> extensions) {
        return info.text(CL.CL_DEVICE_VERSION).startsWith("OpenCL 3.") ? count(info, PREFERRED_WORK_GROUP_SIZE_MULTIPLE)
                : extensions.contains("cl_nv_device_attribute_query") ? count(info, WARP_SIZE_NV)
                        : extensions.contains("cl_amd_device_attribute_query") ? count(info, WAVEFRONT_WIDTH_AMD) : 0;
    }

    /**
     * Returns whether the device reads the host's memory wherever it lies. Those alone are asked that know the
     * question: it is of OpenCL 2.0.
     */
    private static boolean sharesFinely(Info info) {
        return !info.text(CL.CL_DEVICE_VERSION).startsWith("OpenCL 1.")
                && (info.number(CL.CL_DEVICE_SVM_CAPABILITIES) & CL.CL_DEVICE_SVM_FINE_GRAIN_SYSTEM) != 0;
    }

    private static DeviceInfo.Type type(long bits) {
        return (bits & CL.CL_DEVICE_TYPE_GPU) != 0 ? DeviceInfo.Type.GPU
                : (bits & CL.CL_DEVICE_TYPE_CPU) != 0 ? DeviceInfo.Type.CPU
                        : (bits & CL.CL_DEVICE_TYPE_ACCELERATOR) != 0 ? DeviceInfo.Type.ACCELERATOR
                                : DeviceInfo.Type.CUSTOM;
    }

    private static int count(Info info, int parameter) {
        return (int) info.number(parameter);
    }
}
