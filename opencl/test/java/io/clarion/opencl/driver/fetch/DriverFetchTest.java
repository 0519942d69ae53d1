package io.clarion.opencl.driver.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverFetchTest {
    private static final RuntimeFiles LINUX = new RuntimeFiles("linux", "amd64");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    @TempDir
    private Path home;
    @TempDir
    private Path elsewhere;

    @Test
    void fetchedDriverIsNamedByAnIcdFileInPlace() throws IOException {
        DriverFetch fetch = fetch(Map.of(), DriverFetchTest::wheel, LINUX);
        DriverFetch.Installed installed = assertInstanceOf(DriverFetch.Installed.class, fetch.fetch());
        Path icd = installed.vendorsFolder().resolve("intel-cpu.icd");
        assertEquals("library", Files.readString(Path.of(Files.readString(icd).strip())));
        assertEquals(installed.vendorsFolder(), fetch.installedVendorsFolder().orElseThrow());
        assertEquals(List.of("intel-cpu"), inDrivers());
    }

    @Test
    void secondFetchTakesWhatIsThere() {
        fetch(Map.of(), DriverFetchTest::wheel, LINUX).fetch();
        DriverFetch second = fetch(Map.of(), failing("there is no network"), LINUX);
        assertInstanceOf(DriverFetch.Installed.class, second.fetch());
    }

    @Test
    void aDriverInAnotherOfTheFoldersServes() {
        new DriverFetch(List.of(elsewhere), Map.of(), new PrintStream(said, true), DriverFetchTest::wheel, LINUX)
                .fetch();
        DriverFetch fetch = fetch(Map.of(), failing("must not be asked"), LINUX);
        assertEquals(elsewhere.resolve("drivers/intel-cpu/vendors"), fetch.installedVendorsFolder().orElseThrow());
        assertInstanceOf(DriverFetch.Installed.class, fetch.fetch());
    }

    @Test
    void fetchSaysSizeLicenceAndHowToRefuseBeforeItBegins() {
        Wheels wheels = (packages, folder) -> {
            String before = said.toString();
            assertTrue(before.contains("310 MB"), before);
            assertTrue(before.contains("License"), before);
            assertTrue(before.contains("CLARION_FETCH_DRIVER=no"), before);
            return wheel(packages, folder);
        };
        assertInstanceOf(DriverFetch.Installed.class, fetch(Map.of(), wheels, LINUX).fetch());
    }

    @Test
    void refusedDriverIsNeitherFetchedNorUsed() {
        fetch(Map.of(), DriverFetchTest::wheel, LINUX).fetch();
        DriverFetch refused = fetch(Map.of("CLARION_FETCH_DRIVER", "no"), failing("must not be asked"), LINUX);
        assertInstanceOf(DriverFetch.Refused.class, refused.fetch());
        assertTrue(refused.installedVendorsFolder().isEmpty());
    }

    @Test
    void failedFetchSaysWhyAndLeavesNothing() throws IOException {
        DriverFetch fetch = fetch(Map.of(), failing("there is no network"), LINUX);
        DriverFetch.Unavailable unavailable = assertInstanceOf(DriverFetch.Unavailable.class, fetch.fetch());
        assertTrue(unavailable.reason().contains("there is no network"), unavailable.reason());
        assertEquals(List.of(), inDrivers());
    }

    @Test
    void machineWithoutPythonSaysWhatToInstall() {
        Wheels wheels = Wheels.byPip(new PrintStream(said), List.of(List.of("no-such-python")));
        DriverFetch.Outcome outcome = fetch(Map.of(), wheels, LINUX).fetch();
        String reason = assertInstanceOf(DriverFetch.Unavailable.class, outcome).reason();
        assertTrue(reason.contains("python3-pip"), reason);
    }

    /**
     * A pip.py of the user's folder, or of PYTHONPATH, is not run, and what comes has to have the hashes that are
     * written here.
     */
    @Test
    void pipRunsIsolatedInAFolderOfItsOwnAndChecksHashes() throws IOException {
        Path log = home.resolve("log");
        Path python = Files.writeString(home.resolve("python"),
                "pwd >>" + log + "; echo \"$@\" >>" + log + "; cat requirements.txt >>" + log + "\n");
        Wheels wheels = Wheels.byPip(new PrintStream(said), List.of(List.of("/bin/sh", python.toString())));
        assertInstanceOf(DriverFetch.Unavailable.class, fetch(Map.of(), wheels, LINUX).fetch());
        List<String> lines = Files.readAllLines(log);
        assertEquals(2,
                lines.stream().filter(
                        line -> line.startsWith(home.resolve("drivers").toString()) && line.endsWith("/fetched"))
                        .count(),
                lines::toString);
        assertEquals(2, lines.stream().filter(line -> line.startsWith("-I -m pip ")).count(), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.contains("--require-hashes --requirement")), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("intel-opencl-rt==")), lines::toString);
    }

    @Test
    void everyPackageHasAVersionAndHashes() throws IOException {
        List<String> requirements = LINUX.requirements().replace("\\\n", " ").lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank()).toList();
        assertEquals(7, requirements.size());
        requirements
                .forEach(line -> assertTrue(line.matches("[a-z-]+==[0-9.]+( +--hash=sha256:[0-9a-f]{64})+ *"), line));
        assertTrue(!LINUX.requirements().contains("://"));
    }

    @Test
    void otherProcessorsHaveNoSuchDriver() {
        RuntimeFiles arm = new RuntimeFiles("linux", "aarch64");
        DriverFetch fetch = fetch(Map.of(), failing("must not be asked"), arm);
        assertInstanceOf(DriverFetch.Unavailable.class, fetch.fetch());
    }

    @Test
    void driverThatAnotherProcessInstalledMeanwhileServesBoth() throws IOException {
        DriverFetch other = fetch(Map.of(), DriverFetchTest::wheel, LINUX);
        Wheels slow = (packages, folder) -> {
            assertInstanceOf(DriverFetch.Installed.class, other.fetch());
            return wheel(packages, folder);
        };
        assertInstanceOf(DriverFetch.Installed.class, fetch(Map.of(), slow, LINUX).fetch());
        assertEquals(List.of("intel-cpu"), inDrivers());
    }

    @Test
    void wheelCannotWriteOutsideItsFolder() {
        Wheels wheels = (packages, folder) -> List.of(zip(folder, "x-1.data/data/../../../outside"));
        assertInstanceOf(DriverFetch.Unavailable.class, fetch(Map.of(), wheels, LINUX).fetch());
    }

    @Test
    void machineWhoseVendorsFolderIsEmptyNamesNoDriver() throws IOException {
        Map<String, String> environment = Map.of("OCL_ICD_VENDORS", home.toString());
        assertTrue(!fetch(environment, DriverFetchTest::wheel, LINUX).machineNamesADriver());
        Files.writeString(home.resolve("some.icd"), "libsome.so");
        assertTrue(fetch(environment, DriverFetchTest::wheel, LINUX).machineNamesADriver());
    }

    /** Folders of processes that were killed piled up among the temporary files. */
    @Test
    void processesShareTheFolderThatNamesTheFetchedDriverBesideOthers() throws IOException {
        Path vendors = assertInstanceOf(DriverFetch.Installed.class,
                fetch(Map.of(), DriverFetchTest::wheel, LINUX).fetch()).vendorsFolder();
        Path other = Files.writeString(elsewhere.resolve("other.icd"), "libother.so");
        Path union = LoaderEnvironment.union(List.of(other), vendors);
        assertTrue(union.startsWith(home), union::toString);
        assertEquals("libother.so", Files.readString(union.resolve("other.icd")));
        assertEquals(Files.readString(vendors.resolve("intel-cpu.icd")),
                Files.readString(union.resolve("clarion-intel-cpu.icd")));
        assertEquals(union, LoaderEnvironment.union(List.of(other), vendors));
        Files.writeString(other, "libanother.so");
        assertTrue(!union.equals(LoaderEnvironment.union(List.of(other), vendors)));
    }

    private DriverFetch fetch(Map<String, String> environment, Wheels wheels, RuntimeFiles files) {
        return new DriverFetch(List.of(home, elsewhere), environment, new PrintStream(said, true), wheels, files);
    }

    private List<String> inDrivers() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("drivers"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static Wheels failing(String message) {
        return (packages, folder) -> {
            throw new IOException(message);
        };
    }

    private static List<Path> wheel(String requirements, Path folder) throws IOException {
        return List.of(zip(folder, "x-1.data/data/lib/libintelocl.so", "x-1.data/data/lib/libintelocl.so.1",
                "x-1.dist-info/METADATA"));
    }

    private static Path zip(Path folder, String... names) throws IOException {
        Path zip = folder.resolve("x-1-py3-none-any.whl");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write("library".getBytes());
            }
        }
        return zip;
    }
}
