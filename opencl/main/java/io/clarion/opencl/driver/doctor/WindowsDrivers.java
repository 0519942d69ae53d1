package io.clarion.opencl.driver.doctor;

import io.clarion.opencl.driver.library.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The drivers that are registered in Windows' registry. */
final class WindowsDrivers {
    private static final String KEY = "HKLM\\SOFTWARE\\Khronos\\OpenCL\\Vendors";

    private WindowsDrivers() {}

    static List<Finding> examine() {
        try {
            Process query = new ProcessBuilder("reg", "query", KEY).redirectErrorStream(true).start();
            query.getOutputStream().close();
            String answer = new String(query.getInputStream().readAllBytes());
            query.waitFor(10, TimeUnit.SECONDS);
            return read(answer);
        } catch (IOException e) {
            return List.of(Finding.note("the registry could not be asked: " + e.getMessage(), ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Reads what {@code reg query} printed: lines of a library, REG_DWORD, and 0x0 where it is enabled. */
    static List<Finding> read(String answer) {
        List<Finding> findings = new ArrayList<>();
        for (String line : answer.lines().filter(l -> l.contains("REG_DWORD")).toList()) {
            String library = line.substring(0, line.indexOf("REG_DWORD")).strip();
            boolean enabled = line.strip().endsWith("0x0");
            findings.add(!enabled
                    ? Finding.problem(library + " is registered, and disabled", "set its value below " + KEY
                            + " to 0")
                    : Path.of(library).isAbsolute() && !Files.exists(Path.of(library))
                            ? Finding.problem(library + " is registered, and does not exist", "install its driver anew")
                            : Finding.fine(library + " is registered"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.note(KEY + " registers no driver",
                    "GPU drivers of today register with their display adapter instead, so this may need nothing; "
                            + "otherwise install the driver of the GPU's vendor, not the one of Windows Update"));
        }
        return findings;
    }
}
