package io.clarion.engine.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.DeviceReport;
import io.clarion.engine.metrics.MetricsRegistry.Sight;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsRegistryTest {
    private static final long NOW = System.currentTimeMillis();
    private static final long OWN = ProcessHandle.current().pid();

    @TempDir
    Path home;
    private MetricsRegistry registry;

    @BeforeEach
    void haveAFolderThatIsNotThereYet() {
        registry = new MetricsRegistry(home.resolve("a/running"));
    }

    private static DeviceReport device(String id, String name) {
        return new DeviceReport(id, name, "Acme", "GPU", "1", "OpenCL 3.0", 8, 16_000_000_000L, true, false,
                Optional.empty());
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(registry.folder())) {
            return files.toList();
        }
    }

    @Test
    void whereNobodyRunsThereIsNothingToBeSeen() throws IOException {
        assertEquals(List.of(), registry.look().sights());
    }

    @Test
    void whatADeviceDoesIsSeenUntilItCloses() throws IOException {
        String name = "Größte GPU";
        try (DeviceMetrics metrics = registry.open("acme:0", name, 16_000_000_000L)) {
            metrics.arrive();
            metrics.held(1000);
            List<Sight> seen = registry.look().sights();
            assertEquals(List.of(new Sight(files().get(0), OWN, "acme:0", name, 16_000_000_000L,
                    new DeviceMetrics.Reading(1, 0, 0, 1000))), seen);
            metrics.start();
            long started = System.nanoTime();
            long at = registry.look().at();
            assertTrue(registry.look().sights().get(0).reading().busy() >= at - started);
        }
        assertEquals(List.of(), registry.look().sights());
        assertEquals(List.of(), files());
    }

    @Test
    void severalDevicesOfSeveralProcessesAreSeen() throws IOException {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        try (DeviceMetrics one = registry.open("acme:0", "A", 16_000_000_000L, OWN, Runnable::run);
                DeviceMetrics two = registry.open("acme:1", "B", 16_000_000_000L);
                DeviceMetrics other = registry.open("acme:0", "A", 16_000_000_000L, parent, Runnable::run)) {
            one.held(1);
            two.held(2);
            other.held(3);
            assertEquals(List.of(OWN + " acme:0 1", OWN + " acme:1 2", parent + " acme:0 3"),
                    registry.look().sights().stream()
                            .map(s -> s.process() + " " + s.device() + " " + s.reading().held())
                            .sorted((a, b) -> a.charAt(a.length() - 1) - b.charAt(b.length() - 1)).toList());
        }
    }

    @Test
    void filesOfDeadProcessesAreRemoved() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto", "-version")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        child.waitFor();
        registry.open("acme:0", "A", 16_000_000_000L, child.pid(), Runnable::run).start();
        assertEquals(1, files().size());
        assertEquals(List.of(), registry.look().sights());
        assertEquals(List.of(), files());
    }

    @Test
    void aFileThatIsOlderThanTheProcessOfItsIdIsOfADeadOne() throws IOException {
        registry.open("acme:0", "A", 16_000_000_000L, OWN, Runnable::run);
        Path old = Files.copy(files().get(0), registry.folder().resolve(OWN + "-1000-0"));
        assertEquals(1, registry.look().sights().size());
        assertFalse(Files.exists(old));
    }

    @Test
    void aFileThatHoldsNoMetricsOfThisMachineIsLeftAlone() throws IOException {
        registry.open("acme:0", "A\n", 16_000_000_000L, OWN, Runnable::run);
        byte[] bytes = Files.readAllBytes(files().get(0));
        String machine = new String(bytes, StandardCharsets.ISO_8859_1);
        byte[] elsewhere = machine.replace("\nacme:0", "elsewhere\nacme:0").substring(0, bytes.length)
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] later = bytes.clone();
        later[0]++;
        Files.write(registry.folder().resolve("999999999-" + NOW + "-0"), elsewhere);
        Files.write(registry.folder().resolve(OWN + "-" + NOW + "-1"), later);
        Files.write(registry.folder().resolve(OWN + "-" + NOW + "-2"), new byte[3]);
        Files.write(registry.folder().resolve("notes.txt"), bytes);
        assertEquals(List.of("A"), registry.look().sights().stream().map(s -> s.name().strip()).toList());
        assertEquals(5, files().size());
    }

    @Test
    void aNameThatIsTooLongIsCut() throws IOException {
        try (DeviceMetrics metrics = registry.open("acme:0", "A".repeat(5000), 16_000_000_000L, OWN, Runnable::run)) {
            assertTrue(registry.look().sights().get(0).name().matches("A{500,1000}"));
        }
    }

    @Test
    void aFolderThatCannotBeWrittenCostsNothingButTheSight() throws IOException {
        Files.writeString(home.resolve("a"), "a file where the folder would be");
        try (DeviceMetrics metrics = registry.open("acme:0", "A", 16_000_000_000L)) {
            metrics.arrive();
            metrics.start();
            metrics.stop();
            metrics.leave();
        }
        assertEquals(List.of(), registry.look().sights());
    }
}
