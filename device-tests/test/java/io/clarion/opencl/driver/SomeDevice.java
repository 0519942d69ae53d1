package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.DeviceInfo.Type;
import java.util.List;

/** Facts of devices that are not there. */
public final class SomeDevice {
    private SomeDevice() {}

    /** Returns the facts of an ordinary CPU or GPU. */
    public static DeviceInfo of(Type type) {
        boolean isCpu = type == Type.CPU;
        return new DeviceInfo("some:0", "Some platform", "Some device", "Acme", type, "1.2", "OpenCL 3.0",
                "OpenCL C 1.2", "FULL_PROFILE", true, 64, 8, 2000,
                8L << 30, 2L << 30, 32 << 10, !isCpu, 1024, List.of(1024L, 1024L, 64L), isCpu ? 1 : 32, isCpu ? 8 : 1,
                8, 64, 1 << 20, isCpu, false, false, true,
                false, true, true, List.of(), 1, null);
    }
}
