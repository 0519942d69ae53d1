package io.clarion.opencl.driver.fetch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What Intel's CPU runtime consists of, by operating system and processor. */
record RuntimeFiles(String system, String processor) {
    /** The compiler, the runtime, its mathematical functions, its threads and its memory; and the licence. */
    private static final List<String> PACKAGES = List.of("intel-opencl-rt", "intel-cmplr-lib-rt", "intel-cmplr-lib-ur",
            "intel-cmplr-lic-rt", "tbb", "tcmlib", "umf");

    static RuntimeFiles ofThisMachine() {
        return new RuntimeFiles(System.getProperty("os.name").toLowerCase(Locale.ROOT), System.getProperty("os.arch"));
    }

    boolean existForThisMachine() {
        return (isLinux() || isWindows()) && (processor.equals("amd64") || processor.equals("x86_64"));
    }

    boolean isLinux() {
        return system.startsWith("linux");
    }

    private boolean isWindows() {
        return system.startsWith("windows");
    }

    /** The packages of the Python package index that hold the runtime. */
    List<String> packages() {
        return PACKAGES;
    }

    /** The library that an {@code .icd} file names; it finds its siblings by itself as long as they lie beside it. */
    Path library(Path unpacked) throws IOException {
        String name = isWindows() ? "intelocl64.dll" : "libintelocl.so";
        try (Stream<Path> all = Files.walk(unpacked)) {
            return all.filter(file -> file.endsWith(name)).findFirst().orElseThrow(() -> new FileNotFoundException(
                    "the packages " + PACKAGES + " hold no " + name + ": install an OpenCL driver by hand"));
        }
    }
}
