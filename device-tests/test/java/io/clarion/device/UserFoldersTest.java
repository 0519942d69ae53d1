package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.cli.Main;
import io.clarion.opencl.driver.fetch.DriverFetch;
import io.clarion.opencl.driver.fetch.LoaderEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jocl.LibUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All devices are there whatever the user's home, the locale and the temporary folder are like. */
class UserFoldersTest {
    private static final String LIBRARY = LibUtils
            .createLibraryFileName(LibUtils.createPlatformLibraryName("JOCL_2_0_6"));

    @TempDir
    Path folder;

    private Path temporary;

    @BeforeEach
    void temporaryFilesAreOfThisTest() throws IOException {
        temporary = Files.createDirectory(folder.resolve("tmp"));
    }

    /**
     * Returns what {@code clarion devices} prints; each device of this machine must be in it, those of a driver in the
     * user's real home too.
     */
    private String devices(Map<String, String> variables, String... options) throws Exception {
        var environment = new HashMap<>(variables);
        DriverFetch.ofThisMachine().installedVendorsFolder().map(LoaderEnvironment::variables)
                .ifPresent(environment::putAll);
        var all = new ArrayList<>(List.of("-Djava.io.tmpdir=" + temporary));
        all.addAll(List.of(options));
        ChildJvm child = ChildJvm.run(Main.class, all, environment, "devices");
        assertEquals(0, child.exit(), child::output);
        Devices.all().forEach(d -> assertTrue(child.output().contains(d.facts().id()), child::output));
        assertTrue(child.output().contains("reference:0"), child::output);
        return child.output();
    }

    /**
     * In the locale of POSIX, Java has no path for such a home; this ended every command, those of the reference engine
     * too.
     */
    @Test
    void aHomeThatTheLocaleCannotNameIsDoneWithout() throws Exception {
        String said = devices(Map.of("LC_ALL", "POSIX"), "-Duser.home=" + folder + "/j\u00f6rg");
        assertTrue(said.contains("CLARION_HOME names another folder"), said);
    }

    /** Java says ? for it, which was taken for a folder. */
    @Test
    void aUserWithoutAHomeGetsNoFolderWhereTheyAre() throws Exception {
        devices(Map.of(), "-Duser.home=?");
        assertFalse(Files.exists(Path.of("?")));
    }

    /** JOCL loads what has its library's name there; an empty file ended OpenCL for all users of the machine. */
    @Test
    void aLibraryThatSomebodyPutIntoTheTemporaryFolderIsNotLoaded() throws Exception {
        Path planted = Files.createFile(temporary.resolve(LIBRARY));
        devices(Map.of(), "-Dclarion.home=" + folder.resolve("home"));
        assertEquals(0, Files.size(planted));
        assertTrue(Files.size(folder.resolve("home/native").resolve(LIBRARY)) > 0);
    }

    @Test
    void aLibraryThatIsNotAsItShouldBeIsWrittenAnew() throws Exception {
        Path damaged = Files.createDirectories(folder.resolve("home/native")).resolve(LIBRARY);
        Files.writeString(damaged, "not a library");
        devices(Map.of(), "-Dclarion.home=" + folder.resolve("home"));
        assertTrue(Files.size(damaged) > 100);
        try (Stream<Path> files = Files.list(damaged.getParent())) {
            assertEquals(List.of(), files.filter(f -> f.toString().endsWith(".part")).toList());
        }
    }
}
