package io.clarion.opencl.driver.doctor;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platform;
import io.clarion.opencl.driver.library.Finding;
import io.clarion.opencl.driver.library.HostSystem;
import io.clarion.opencl.driver.library.PoclCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Known driver and installation problems, with their cures. */
final class Pitfalls {
    private static final Pattern VERSION = Pattern.compile("\\b(\\d{3,}\\.\\d+(?:\\.\\d+)?)\\b");

    private Pitfalls() {}

    static List<Finding> examine(HostSystem machine, List<Platform> platforms) {
        List<Finding> findings = new ArrayList<>();
        if (machine.isMac()) {
            findings.add(Finding.note("macOS has OpenCL 1.2, deprecated and without double precision on GPUs", ""));
        }
        if (machine.isLinux()) {
            poclCache(machine, platforms).ifPresent(findings::add);
            mesa(machine, platforms).ifPresent(findings::add);
            nvidia(machine, platforms).ifPresent(findings::add);
            wsl(machine, platforms).ifPresent(findings::add);
            findings.addAll(cards(machine, platforms));
        }
        return findings;
    }

    static Optional<Finding> mesa(HostSystem machine, List<Platform> platforms) {
        boolean installed = platforms.stream().anyMatch(p -> p.key().equals("rusticl"))
                || libraries(machine, "libRusticlOpenCL.so*").findAny().isPresent();
        return installed && !Doctor.serves(platforms, "rusticl") && machine.variable("RUSTICL_ENABLE").isEmpty()
                ? Optional.of(Finding.note(
                        "Mesa's rusticl is installed and offers no device: RUSTICL_ENABLE is not set",
                        "export RUSTICL_ENABLE=radeonsi (AMD), iris (Intel), nouveau (NVIDIA), panfrost (Mali) or llvmpipe "
                                + "(the CPU) to have it"))
                : Optional.empty();
    }

    /**
     * Returns why NVIDIA's driver offers no device. The kernel's module and the user's library must be of one version;
     * containers often have only one of them.
     */
    static Optional<Finding> nvidia(HostSystem machine, List<Platform> platforms) {
        Optional<String> module = machine.read("/proc/driver/nvidia/version").flatMap(Pitfalls::version);
        if (module.isEmpty() || Doctor.serves(platforms, "nvidia")) {
            return Optional.empty();
        }
        List<String> libraries = libraries(machine, "libnvidia-opencl.so.*").map(file -> file.getFileName().toString())
                .flatMap(name -> version(name).stream()).distinct().toList();
        if (libraries.isEmpty()) {
            return Optional.of(Finding.problem(
                    "NVIDIA's kernel module " + module.get() + " runs, and libnvidia-opencl is not "
                            + "there",
                    machine.isContainer() ? "start the container with --gpus all and "
                            + "NVIDIA_DRIVER_CAPABILITIES=compute,utility"
                            : "install NVIDIA's OpenCL package (Debian: "
                                    + "nvidia-opencl-icd, Ubuntu: libnvidia-compute-" + module.get().split("\\.")[0]
                                    + ")"));
        }
        if (!libraries.contains(module.get())) {
            return Optional.of(Finding.problem("NVIDIA's kernel module is " + module.get() + ", its OpenCL library "
                    + String.join(", ", libraries),
                    "restart the machine, so that the module of the library's version is loaded"));
        }
        return Optional.of(Finding.problem(
                "NVIDIA's kernel module and OpenCL library " + module.get() + " are there, and offer "
                        + "no device",
                "see that " + machine.path("/etc/OpenCL/vendors") + "/nvidia.icd exists and holds the line "
                        + "libnvidia-opencl.so.1, and that /dev/nvidia-uvm exists (nvidia-modprobe -u makes it)"));
    }

    static Optional<Finding> wsl(HostSystem machine, List<Platform> platforms) {
        boolean gpu = platforms.stream().flatMap(p -> p.devices().stream())
                .anyMatch(d -> d.type() == DeviceInfo.Type.GPU);
        return machine.isWsl() && !gpu
                ? Optional.of(Finding.note("this is WSL2, where NVIDIA's and AMD's drivers bring no OpenCL",
                        "run on Windows itself to use their GPUs; Intel's compute runtime and, for the CPU, PoCL work in WSL2"))
                : Optional.empty();
    }

    /** Graphics cards on the PCI bus whose vendor's platform offers no device. */
    static List<Finding> cards(HostSystem machine, List<Platform> platforms) {
        return HostSystem.list(machine.path("/sys/bus/pci/devices"), "*").stream()
                .filter(card -> HostSystem.read(card.resolve("class")).orElse("").startsWith("0x03"))
                .map(card -> HostSystem.read(card.resolve("vendor")).orElse(""))
                .distinct().flatMap(vendor -> Card.of(vendor).stream())
                .filter(card -> platforms.stream().flatMap(p -> p.devices().stream())
                        .noneMatch(d -> d.type() == DeviceInfo.Type.GPU && card.made(d)))
                .map(card -> Finding.problem("there is a GPU of " + card.vendor + ", and no OpenCL platform offers it",
                        card.cure + (machine.isContainer() ? "; in a container also " + card.container : "")))
                .toList();
    }

    private enum Card {
        INTEL("0x8086", "Intel", "intel",
                "install intel-opencl-icd (Debian, Ubuntu) or intel-compute-runtime (Fedora, Arch)",
                "--device /dev/dri"),
        AMD("0x1002", "AMD", "advanced micro devices|amd", "install ROCm's OpenCL (rocm-opencl-runtime), or Mesa's "
                + "mesa-opencl-icd with RUSTICL_ENABLE=radeonsi", "--device /dev/kfd --device /dev/dri"),
        NVIDIA("0x10de", "NVIDIA", "nvidia", "install NVIDIA's driver with its OpenCL package",
                "--gpus all and NVIDIA_DRIVER_CAPABILITIES=compute,utility");

        private final String pciVendor;
        private final String vendor;
        private final Pattern names;
        private final String cure;
        private final String container;

        Card(String pciVendor, String vendor, String names, String cure, String container) {
            this.pciVendor = pciVendor;
            this.vendor = vendor;
            this.names = Pattern.compile(names, Pattern.CASE_INSENSITIVE);
            this.cure = cure;
            this.container = container;
        }

        static Optional<Card> of(String pciVendor) {
            return Stream.of(values()).filter(card -> card.pciVendor.equals(pciVendor)).findFirst();
        }

        boolean made(DeviceInfo device) {
            return names.matcher(device.vendor() + " " + device.name()).find();
        }
    }

    private static Optional<String> version(String text) {
        Matcher m = VERSION.matcher(text);
        return m.find() ? Optional.of(m.group(1)) : Optional.empty();
    }

    private static Stream<Path> libraries(HostSystem machine, String glob) {
        return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")
                .map(machine::path).filter(Files::isDirectory)
                .flatMap(folder -> HostSystem.list(folder, glob).stream());
    }

    /** Returns why PoCL has no device, where its folder is why. */
    static Optional<Finding> poclCache(HostSystem machine, List<Platform> platforms) {
        boolean isThere = platforms.stream().anyMatch(p -> p.key().equals("pocl"));
        return isThere && !Doctor.serves(platforms, "pocl") ? PoclCache.examine(machine) : Optional.empty();
    }
}
