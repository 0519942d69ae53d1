package io.clarion.cli;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.Finding;
import io.clarion.engine.PlatformReport;
import java.util.List;
import java.util.Optional;

/** An engine with one good device, one that cannot be used and a platform that failed. */
record FakeEngine(List<Finding> findings) implements Engine {
    static final DeviceReport GOOD = new DeviceReport("fake:0", "Good Device", "Acme", "GPU", "1.2", "OpenCL 3.0", 8,
            16_000_000_000L, true, false, Optional.empty());
    static final DeviceReport BAD = new DeviceReport("fake:1", "Bad Device", "Acme", "CPU", "0.9", "OpenCL 1.0", 2,
            2_000_000_000L, false, false, Optional.of("it speaks OpenCL 1.0"));

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public String title() {
        return "Fake";
    }

    @Override
    public List<PlatformReport> survey() {
        return List.of(new PlatformReport(name(), "Acme CL", "Acme", "3.0", List.of(GOOD, BAD), Optional.empty()),
                new PlatformReport(name(), "Clover", "Mesa", "1.1", List.of(), Optional.of("no devices")));
    }

    @Override
    public Device open(String id) {
        throw new IllegalStateException("the fake device " + id + " cannot be opened");
    }

    @Override
    public List<Finding> diagnose() {
        return findings;
    }
}
