package io.clarion.opencl.driver.doctor;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platform;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.opencl.driver.library.Finding;
import io.clarion.opencl.driver.library.HostSystem;
import io.clarion.opencl.driver.library.IcdFiles;
import io.clarion.opencl.driver.library.LibraryTrial;
import io.clarion.opencl.driver.library.LoaderFacts;
import io.clarion.opencl.driver.library.OpenClLibrary;
import io.clarion.opencl.driver.library.SignalGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers the question "why is my device not there?". */
public final class Doctor {
    private Doctor() {}

    /** Looks at the loader, platforms, registered drivers, device nodes and known pitfalls; takes some seconds. */
    public static List<Finding> examine() {
        HostSystem machine = HostSystem.here();
        List<Platform> platforms = Platforms.all();
        List<Finding> findings = new ArrayList<>(loader(Platforms.loader()));
        findings.addAll(signals(SignalGuard.guarded(), SignalGuard.missing()));
        findings.addAll(platforms(platforms));
        findings.addAll(machine.isWindows() ? WindowsDrivers.examine() : IcdFiles.examine(machine, LibraryTrial::of));
        findings.addAll(DeviceNodes.examine(machine));
        findings.addAll(Pitfalls.examine(machine, platforms));
        return List.copyOf(findings);
    }

    static List<Finding> loader(LoaderFacts loader) {
        String where = loader.path().map(path -> " (" + path + ")").orElse("");
        return List.of(switch (loader.source()) {
            case SYSTEM -> Finding.fine("the system's OpenCL loader is in use" + where);
            case BUNDLED -> Finding.note("the system has no OpenCL loader, the one that comes along is in use" + where,
                    "it does as well; a system's own is the package ocl-icd-libopencl1 or ocl-icd");
            case NONE -> Finding.problem("no OpenCL loader: " + loader.error().orElse("unknown why"),
                    "install ocl-icd-libopencl1 (Debian, Ubuntu), ocl-icd (Fedora, Arch) or a graphics driver (Windows); or add "
                            + "the artifact " + OpenClLibrary.ARTIFACT
                            + ", which brings a loader, to the program's dependencies");
        });
    }

    public static List<Finding> signals(List<String> guarded, Optional<String> missing) {
        List<Finding> findings = new ArrayList<>();
        if (!guarded.isEmpty()) {
            findings.add(Finding.fine("the JVM's signal handlers are kept from " + String.join(", ", guarded)));
        }
        missing.ifPresent(why -> findings.add(Finding.problem(
                "drivers with LLVM inside (PoCL, Intel's for CPUs) may take the JVM's "
                        + "signal handlers, which ends the process: " + why,
                "start the JVM with LD_PRELOAD=$JAVA_HOME/lib/libjsig.so")));
        return findings;
    }

    static List<Finding> platforms(List<Platform> platforms) {
        List<Finding> findings = new ArrayList<>();
        for (Platform platform : platforms) {
            platform.error().ifPresent(error -> findings.add(Finding.note(
                    "platform " + platform.index() + ", \"" + platform.name() + "\": " + error,
                    "needs nothing where another platform serves the device")));
            for (DeviceInfo device : platform.devices()) {
                findings.add(device.unusable()
                        .map(why -> Finding.problem(device.id() + " (" + device.name() + ") is not used: " + why,
                                "update its driver, or use another platform for the same device"))
                        .orElseGet(() -> Finding.fine(device.id() + " is " + device.name() + ", driver "
                                + device.driverVersion())));
            }
        }
        if (platforms.stream().noneMatch(p -> p.devices().stream().anyMatch(d -> d.unusable().isEmpty()))) {
            findings.add(Finding.problem("no device that could be used",
                    "install the OpenCL driver of your GPU's vendor, or PoCL for the CPU (Debian, Ubuntu: "
                            + "pocl-opencl-icd; Fedora, Arch: pocl)"));
        }
        return findings;
    }

    static boolean serves(List<Platform> platforms, String key) {
        return platforms.stream().anyMatch(p -> p.key().equals(key) && !p.devices().isEmpty());
    }
}
