package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Surroundings that users have and developers have not: a small training must do in them what it does here. */
class EnvironmentsTest {
    @TempDir
    Path folder;

    /** Languages whose upper case, decimal sign or digits are not those of English. */
    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "de-DE"})
    void languages(String tag) throws Exception {
        trains(run(List.of("-Dclarion.cache=off", "-Duser.language=" + tag.split("-")[0],
                "-Duser.country=" + tag.split("-")[1]), Map.of()));
    }

    /** A file where a folder should be refuses root too, as a medium that is read-only does. */
    @Test
    void aHomeThatCannotBeWritten() throws Exception {
        Path home = Files.createFile(folder.resolve("home"));
        ChildJvm child = run(List.of("-Duser.home=" + home, "-Dclarion.home=" + home.resolve("clarion")), Map.of());
        trains(child);
        assertTrue(child.output().lines().filter(line -> line.contains("the kernel cache")).count() <= 1,
                child::output);
    }

    @Test
    void aFullDiskIsToldByTheNameOfTheFile() throws Exception {
        Path full = Path.of("/dev/full");
        if (Files.exists(full)) {
            ChildJvm child = ChildJvm.run(Main.class, List.of("-Duser.home=" + folder, "-Dclarion.home=" + folder),
                    Map.of(), "train",
                    "mnist", "--model", "mlp", "--epochs", "1", "--batch", "4000", "--save", full.toString());
            assertEquals(1, child.exit(), child::output);
            assertTrue(child.output().contains("the weights cannot be saved in /dev/full: No space left on device"),
                    child::output);
            assertTrue(Files.exists(full) && !Files.isRegularFile(full));
        }
    }

    @Test
    void fewOpenFilesAndLittleMemory() throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"));
        command.addAll(java(folder, List.of("-Xmx64m")));
        trains(ChildJvm.run(command, Map.of()));
    }

    @Test
    void twoFirstStartsAtOnce() throws Exception {
        Callable<ChildJvm> start = () -> run(List.of(), Map.of());
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (Future<ChildJvm> child : threads.invokeAll(List.of(start, start))) {
                trains(child.get());
            }
        }
    }

    private ChildJvm run(List<String> options, Map<String, String> environment)
            throws IOException, InterruptedException {
        return ChildJvm.run(java(folder, options), environment);
    }

    private static List<String> java(Path folder, List<String> options) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=target/hs_err_pid%p.log"));
        command.addAll(options.isEmpty()
                ? List.of("-Duser.home=" + folder, "-Dclarion.home=" + folder.resolve("clarion")) : options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SmallTraining.class.getName(),
                Files.createTempFile(folder, "weights", ".npz").toString()));
        return command;
    }

    private static void trains(ChildJvm child) {
        assertEquals(0, child.exit(), child::output);
        assertTrue(child.output().lines()
                .anyMatch(line -> line.matches(".+ learned to [012]\\.\\d{3}, loaded again: true")), child::output);
    }
}
