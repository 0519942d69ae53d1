package io.clarion.opencl.driver.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platform;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.opencl.driver.library.Finding;
import io.clarion.opencl.driver.library.Finding.Severity;
import io.clarion.opencl.driver.library.HostSystem;
import io.clarion.opencl.driver.library.IcdFiles;
import io.clarion.opencl.driver.library.LibraryTrial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    Path root;

    private HostSystem linux(Map<String, String> environment) {
        return new HostSystem(root, environment, "linux");
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void thisMachineIsExamined() {
        List<Finding> findings = Doctor.examine();
        for (DeviceInfo device : Platforms.usableDevices()) {
            assertTrue(findings.stream().anyMatch(f -> f.what().contains(device.id())), findings.toString());
        }
        assertTrue(findings.stream().allMatch(f -> f.severity() != Severity.PROBLEM || !f.cure().isEmpty()));
    }

    @Test
    void brokenIcdFilesAreNamedAndTheOthersTried() throws IOException {
        file("etc/OpenCL/vendors/a.icd", "/nowhere/libgone.so\n");
        file("etc/OpenCL/vendors/b.icd", "\n");
        file("etc/OpenCL/vendors/c.icd", "libbad.so");
        file("etc/OpenCL/vendors/d.icd", "libgood.so\n");
        List<Finding> findings = IcdFiles.examine(linux(Map.of()),
                library -> library.equals("libgood.so") ? Optional.empty() : Optional.of("wrong ELF class"));
        assertEquals(List.of(Severity.PROBLEM, Severity.PROBLEM, Severity.PROBLEM, Severity.FINE),
                findings.stream().map(Finding::severity).toList());
        assertTrue(findings.get(0).what().contains("does not exist"));
        assertTrue(findings.get(2).what().contains("wrong ELF class"));
    }

    @Test
    void anotherVendorsFolderIsPointedOut() {
        List<Finding> findings = IcdFiles.examine(linux(Map.of("OCL_ICD_VENDORS", root.toString())),
                l -> Optional.empty());
        assertTrue(findings.get(0).what().startsWith("OCL_ICD_VENDORS is set"));
        assertTrue(findings.get(1).what().contains("registers no driver"));
    }

    @Test
    void aLibraryThatDoesNotLoadIsTriedInAnotherProcess() throws IOException {
        file("libtext.so", "not a library");
        assertTrue(LibraryTrial.of(root.resolve("libtext.so").toString()).isPresent());
        assertTrue(LibraryTrial.of("libnobodyhasthis.so.77").isPresent());
    }

    @Test
    void poclWithoutAFolderForWhatItCompilesIsExplained() throws IOException {
        file("home/a file", "");
        String home = root.resolve("home/a file").toString();
        var pocl = new Platform(0, "Portable Computing Language", "The pocl project", "", List.of(), List.of(),
                Optional.of("it has no devices"));
        Finding finding = Pitfalls.poclCache(linux(Map.of("HOME", home)), List.of(pocl)).orElseThrow();
        assertTrue(finding.what().contains(home) && finding.cure().contains("POCL_CACHE_DIR"), finding.what());
        assertFalse(Pitfalls.poclCache(linux(Map.of("HOME", home, "POCL_CACHE_DIR", root.toString())), List.of(pocl))
                .isPresent());
        assertFalse(Pitfalls.poclCache(linux(Map.of("HOME", home)), List.of()).isPresent());
    }

    @Test
    void rusticlWithoutItsVariableIsExplained() throws IOException {
        file("usr/lib/x86_64-linux-gnu/libRusticlOpenCL.so.1", "");
        assertTrue(Pitfalls.mesa(linux(Map.of()), List.of()).orElseThrow().cure().contains("RUSTICL_ENABLE"));
        assertFalse(Pitfalls.mesa(linux(Map.of("RUSTICL_ENABLE", "iris")), List.of()).isPresent());
    }

    @Test
    void anNvidiaLibraryOfAnotherVersionThanTheModuleIsAProblem() throws IOException {
        file("proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 2024");
        assertTrue(Pitfalls.nvidia(linux(Map.of()), List.of()).orElseThrow().what()
                .contains("libnvidia-opencl is not there"));
        file("usr/lib/x86_64-linux-gnu/libnvidia-opencl.so.550.90.07", "");
        Finding mismatch = Pitfalls.nvidia(linux(Map.of()), List.of()).orElseThrow();
        assertTrue(mismatch.what().contains("535.183.01") && mismatch.what().contains("550.90.07"), mismatch.what());
        assertTrue(mismatch.cure().contains("restart"));
    }

    @Test
    void aGpuWithoutAPlatformIsSeenOnThePciBus() throws IOException {
        file("sys/bus/pci/devices/0000:01:00.0/class", "0x030000\n");
        file("sys/bus/pci/devices/0000:01:00.0/vendor", "0x1002\n");
        file("sys/bus/pci/devices/0000:02:00.0/class", "0x020000\n");
        file("sys/bus/pci/devices/0000:02:00.0/vendor", "0x8086\n");
        List<Finding> findings = Pitfalls.cards(linux(Map.of("container", "docker")), List.of());
        assertEquals(1, findings.size());
        assertTrue(findings.get(0).what().contains("AMD") && findings.get(0).cure().contains("--device /dev/kfd"));
    }

    @Test
    void wslIsKnownByItsKernel() throws IOException {
        file("proc/version", "Linux version 5.15.146.1-microsoft-standard-WSL2");
        assertTrue(Pitfalls.wsl(linux(Map.of()), List.of()).isPresent());
    }

    @Test
    void windowsRegistryIsRead() {
        List<Finding> findings = WindowsDrivers.read("""
                HKEY_LOCAL_MACHINE\\SOFTWARE\\Khronos\\OpenCL\\Vendors
                    driver.dll    REG_DWORD    0x0
                    off.dll    REG_DWORD    0x1
                """);
        assertEquals(List.of(Severity.FINE, Severity.PROBLEM), findings.stream().map(Finding::severity).toList());
        assertEquals(Severity.NOTE, WindowsDrivers.read("ERROR: not found").get(0).severity());
    }

    @Test
    void deviceNodesAreLookedAt() throws IOException {
        file("dev/dri/renderD128", "");
        file("dev/kfd", "");
        assertEquals(2, DeviceNodes.nodes(linux(Map.of())).size());
    }
}
