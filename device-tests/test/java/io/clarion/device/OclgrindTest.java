package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kernel file under Oclgrind: no access outside a buffer, no read of what was never written, no race. */
class OclgrindTest {
    private static Optional<Path> library() {
        return Stream
                .of("/usr/lib/oclgrind", "/usr/local/lib/oclgrind", "/usr/local/lib", "/usr/lib",
                        "/usr/lib/x86_64-linux-gnu",
                        "/usr/lib/aarch64-linux-gnu", "/opt/homebrew/lib")
                .map(folder -> Path.of(folder, "liboclgrind-rt-icd.so"))
                .filter(Files::exists).findFirst();
    }

    private static boolean isMissing() throws IOException {
        boolean missing = library().isEmpty();
        assertFalse(missing && Devices.isRequired("oclgrind"),
                "clarion.require names oclgrind, and liboclgrind-rt-icd.so is in no "
                        + "usual folder: install Oclgrind (Debian: oclgrind)");
        if (missing) {
            Unchecked.note("the kernels' accesses of memory", "Oclgrind (Debian: oclgrind)");
        }
        return missing;
    }

    /**
     * Returns what Oclgrind reported while a child ran. Kernels are not optimised: of what LLVM 14 makes of them
     * otherwise, Oclgrind 21.10 interprets selections and branches wrongly, right down to the results.
     */
    private static String reported(Path folder, String... arguments) throws Exception {
        Path log = folder.resolve("oclgrind.log");
        Path vendors = Files.createDirectories(folder.resolve("vendors"));
        Files.writeString(vendors.resolve("oclgrind.icd"), library().orElseThrow() + "\n");
        ChildJvm child = ChildJvm.run(OclgrindGraphs.class, List.of("-Dclarion.cache=off", "-Dclarion.home=" + folder),
                Map.of("OCL_ICD_VENDORS", vendors.toString(), "CLARION_FETCH_DRIVER", "no", "OCLGRIND_LOG",
                        log.toString(),
                        "OCLGRIND_BUILD_OPTIONS", "-cl-opt-disable", "OCLGRIND_DATA_RACES", "1",
                        "OCLGRIND_UNINITIALIZED", "1", "OCLGRIND_MAX_ERRORS", "20"),
                arguments);
        assertEquals(0, child.exit(), child::output);
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Test
    void noKernelStraysReadsTheUnwrittenOrRaces(@TempDir Path folder) throws Exception {
        if (!isMissing()) {
            assertEquals("", reported(folder));
        }
    }

    /** Without this, an empty report could mean that nobody looked. */
    @Test
    void aWriteBehindABufferIsReported(@TempDir Path folder) throws Exception {
        if (!isMissing()) {
            String report = reported(folder, "behind");
            assertTrue(report.contains("Invalid write"), report);
        }
    }
}
