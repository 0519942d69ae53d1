package io.clarion.opencl;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.Finding;
import io.clarion.engine.PlatformReport;
import io.clarion.opencl.compile.strategy.TuningTable;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.opencl.driver.doctor.Doctor;
import io.clarion.opencl.driver.fetch.DriverFetch;
import io.clarion.opencl.driver.fetch.LoaderEnvironment;
import io.clarion.opencl.driver.fetch.Relaunch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The engine that runs on any OpenCL device. */
public final class OpenClEngine implements Engine {
    private final Map<String, OpenClDevice> open = new HashMap<>();

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public String title() {
        return "OpenCL";
    }

    @Override
    public Role role() {
        return Role.DEFAULT;
    }

    /** Fetches a CPU driver where there is none, or none with a device: see {@link DriverFetch}. */
    @Override
    public OptionalInt provide() {
        DriverFetch fetch = DriverFetch.ofThisMachine();
        if (!fetch.machineNamesADriver()) {
            if (fetch.fetch() instanceof DriverFetch.Unavailable(String reason)) {
                System.err.println(reason);
            }
        } else if (Platforms.usableDevices().isEmpty() && !Relaunch.isRelaunched()
                && fetch.fetch() instanceof DriverFetch.Installed installed) {
            return OptionalInt.of(Relaunch.with(LoaderEnvironment.variables(installed.vendorsFolder())));
        }
        return OptionalInt.empty();
    }

    @Override
    public List<PlatformReport> survey() {
        return Platforms.loader().error().map(why -> List.of(Reports.ofMissingLoader(why)))
                .orElseGet(() -> Platforms.all().stream().map(Reports::of).toList());
    }

    @Override
    public Optional<DeviceReport> part(String id) {
        return Platforms.named(id).map(Reports::of);
    }

    @Override
    public synchronized Device open(String id) {
        return open.computeIfAbsent(id, key -> {
            var facts = Platforms.named(key)
                    .orElseThrow(() -> new IllegalArgumentException("there is no OpenCL device " + key + "; there are "
                            + Platforms.all().stream().flatMap(p -> p.devices().stream()).map(d -> d.id()).toList()));
            return new OpenClDevice(facts, TuningTable.strategy(facts), () -> forget(key));
        });
    }

    private synchronized void forget(String id) {
        open.remove(id);
    }

    @Override
    public List<Finding> diagnose() {
        return Doctor.examine().stream()
                .map(f -> new Finding(severity(f.severity()), f.what(), f.cure())).toList();
    }

    private static Finding.Severity severity(io.clarion.opencl.driver.library.Finding.Severity severity) {
        return switch (severity) {
            case FINE -> Finding.Severity.GOOD;
            case NOTE -> Finding.Severity.WARNING;
            case PROBLEM -> Finding.Severity.ERROR;
        };
    }
}
