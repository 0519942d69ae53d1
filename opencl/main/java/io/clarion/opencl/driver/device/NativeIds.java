package io.clarion.opencl.driver.device;

import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** OpenCL's own references to a device; not for other packages. */
public record NativeIds(cl_platform_id platform, cl_device_id device) {
    @Override
    public String toString() {
        return "-";
    }
}
