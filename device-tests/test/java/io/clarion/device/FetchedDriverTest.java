package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.clarion.opencl.driver.device.Platforms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver that was fetched is seen by every process that asks OpenCL for devices, whatever folder it has for itself.
 */
class FetchedDriverTest {
    @TempDir
    Path folder;

    /** The file of a driver that this process has loaded. */
    private static Path driver() throws IOException {
        assertNotEquals(List.of(), Platforms.usableDevices());
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.matches(".*/lib(intelocl|pocl|RusticlOpenCL)\\.so.*"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst().orElseThrow();
        }
    }

    private String devices(Path fetchedInto, String... options) throws Exception {
        Path vendors = Files.createDirectories(fetchedInto.resolve("drivers/intel-cpu/vendors"));
        Files.writeString(vendors.resolve("intel-cpu.icd"), driver() + "\n");
        Path none = Files.createDirectories(folder.resolve("none"));
        ChildJvm child = ChildJvm.run(Lister.class, List.of(options),
                Map.of("OCL_ICD_VENDORS", none.toString(), "CLARION_HOME", folder.resolve("variable").toString()));
        assertEquals(0, child.exit(), child::output);
        return child.output();
    }

    @Test
    void inTheFolderOfTheVariableThoughAPropertyNamesAnother() throws Exception {
        assertNotEquals("", devices(folder.resolve("variable"), "-Dclarion.home=" + folder.resolve("property")));
    }

    @Test
    void inTheFolderOfTheProperty() throws Exception {
        assertNotEquals("", devices(folder.resolve("property"), "-Dclarion.home=" + folder.resolve("property")));
    }

    @Test
    void inTheUsersFolder() throws Exception {
        assertNotEquals("", devices(folder.resolve(".clarion"), "-Duser.home=" + folder));
    }

    /** Prints the ids of the usable devices. */
    static final class Lister {
        private Lister() {}

        public static void main(String[] arguments) {
            Platforms.usableDevices().forEach(d -> System.out.println(d.id()));
        }
    }
}
