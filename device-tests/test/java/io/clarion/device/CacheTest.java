package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.opencl.OpenClDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Compiled kernels on disk: what is whole serves, what is not is built again, and the results are right either way. */
class CacheTest {
    private static int built(TestedDevice tested, Path home) {
        String before = System.getProperty("clarion.home");
        System.setProperty("clarion.home", home.toString());
        try (OpenClDevice device = Devices.fresh(tested)) {
            return CachedStart.built(device);
        } finally {
            System.setProperty("clarion.home", before);
        }
    }

    private static List<Path> entries(Path home, String ending) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("kernels"))) {
            return files.filter(f -> f.toString().endsWith(ending)).toList();
        }
    }

    @EveryDevice(inEveryLayout = true)
    void aSecondDeviceBuildsNothing(TestedDevice tested, @TempDir Path home) {
        assertEquals(1, built(tested, home));
        assertEquals(0, built(tested, home));
    }

    @EveryDevice
    void aDamagedEntryIsBuiltAgain(TestedDevice tested, @TempDir Path home) throws IOException {
        built(tested, home);
        byte[] whole = Files.readAllBytes(entries(home, ".bin").get(0));
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        for (byte[] damaged : List.of(new byte[0], new byte[] {1, 2, 3},
                java.util.Arrays.copyOf(whole, whole.length / 2), flipped)) {
            Files.write(entries(home, ".bin").get(0), damaged);
            assertEquals(1, built(tested, home));
            assertEquals(0, built(tested, home));
        }
    }

    @EveryDevice
    void aDamagedNoteIsBuiltAgain(TestedDevice tested, @TempDir Path home) throws IOException {
        for (String note : List.of("", "nowhere.bin", "../../etc/passwd", "\u0000", "a\nb")) {
            built(tested, home);
            for (Path file : entries(home, ".in")) {
                Files.writeString(file, note);
            }
            assertEquals(1, built(tested, home));
        }
    }

    @EveryDevice
    void anEntryOfAnotherDeviceIsNotTaken(TestedDevice tested, @TempDir Path home, @TempDir Path foreign)
            throws IOException {
        built(tested, home);
        for (TestedDevice other : Devices.all()) {
            if (other != tested) {
                built(other, foreign);
                Files.copy(entries(foreign, ".bin").get(0), entries(home, ".bin").get(0),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                assertEquals(1, built(tested, home));
                Files.delete(entries(foreign, ".bin").get(0));
            }
        }
    }

    @EveryDevice
    void aFolderThatCannotBeWrittenCostsNothingButTime(TestedDevice tested, @TempDir Path home) throws IOException {
        Files.writeString(home.resolve("kernels"), "a file where the folder would be");
        assertEquals(1, built(tested, home));
        assertEquals(1, built(tested, home));
    }

    @EveryDevice
    void processesShareTheFolder(TestedDevice tested, @TempDir Path home) throws Exception {
        Callable<ChildJvm> start = () -> ChildJvm.run(CachedStart.class, List.of("-Dclarion.home=" + home), Map.of(),
                tested.facts().id());
        try (var threads = Executors.newFixedThreadPool(2)) {
            var ends = new ArrayList<ChildJvm>();
            for (Future<ChildJvm> end : threads.invokeAll(List.of(start, start))) {
                ends.add(end.get());
            }
            ends.forEach(e -> assertTrue(e.exit() == 0 && e.output().contains("built "), e::output));
        }
        ChildJvm later = start.call();
        assertTrue(later.output().contains("built 0"), later::output);
        assertEquals(0, built(tested, home));
    }
}
