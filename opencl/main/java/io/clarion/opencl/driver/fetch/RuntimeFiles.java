package io.clarion.opencl.driver.fetch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** The files of Intel's CPU runtime, by operating system and processor. */
record RuntimeFiles(String system, String processor) {
    /** Among the resources: the packages, their versions and the hashes of their wheels. */
    private static final String REQUIREMENTS = "intel-cpu.txt";

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

    /** Returns the packages of the Python package index that hold the runtime, as pip reads them. */
    String requirements() throws IOException {
        try (InputStream in = RuntimeFiles.class.getResourceAsStream(REQUIREMENTS)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Returns the library that an {@code .icd} file names; it finds its siblings by itself as long as they lie beside
     * it.
     */
    Path library(Path unpacked) throws IOException {
        String name = isWindows() ? "intelocl64.dll" : "libintelocl.so";
        try (Stream<Path> all = Files.walk(unpacked)) {
            return all.filter(file -> file.endsWith(name)).findFirst().orElseThrow(() -> new FileNotFoundException(
                    "the packages hold no " + name + ": install an OpenCL driver by hand"));
        }
    }
}
