package io.clarion.opencl;

import io.clarion.engine.DeviceReport;
import io.clarion.engine.PlatformReport;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platform;
import java.util.List;
import java.util.Optional;

/** The driver's facts in the words of {@code io.clarion.engine}. */
final class Reports {
    private Reports() {}

    /** Stands for all platforms where no loader could list them. */
    static PlatformReport ofMissingLoader(String why) {
        return new PlatformReport("opencl", "loader", "", "", List.of(), Optional.of(why));
    }

    static PlatformReport of(Platform p) {
        return new PlatformReport("opencl", p.name(), p.vendor(), p.version(),
                p.devices().stream().map(Reports::of).toList(), p.error());
    }

    static DeviceReport of(DeviceInfo d) {
        return new DeviceReport(d.id(), d.name(), d.vendor(), d.type().name(), d.driverVersion(), d.openclVersion(),
                d.computeUnits(), d.globalMemory(), d.fp16(), d.fp64(), d.unusable());
    }
}
