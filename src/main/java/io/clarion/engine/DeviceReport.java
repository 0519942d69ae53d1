package io.clarion.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * The facts about a device.
 *
 * @param id           {@code platform:index}, such as "pocl:0"
 * @param type         "CPU", "GPU", "ACCELERATOR" or "CUSTOM"
 * @param driver       the driver's version
 * @param version      the version of OpenCL, or what the engine has in its place
 * @param computeUnits the number of cores or multiprocessors
 * @param memory       global memory in bytes
 * @param unusable     why Clarion will not use it; empty if it will
 */
public record DeviceReport(String id, String name, String vendor, String type, String driver, String version,
        int computeUnits, long memory, boolean fp16, boolean fp64, Optional<String> unusable) {

    public boolean isUsable() {
        return unusable.isEmpty();
    }

    /**
     * Returns the memory of this machine in bytes, for devices that compute in it; the JVM's where that is not told.
     */
    public static long hostMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize() : Runtime.getRuntime().maxMemory();
    }
}
