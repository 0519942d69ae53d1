package io.clarion.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.engine.Gauges.Sight;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GaugesTest {
    private static final long NOW = System.currentTimeMillis();
    private static final long OWN = ProcessHandle.current().pid();

    @TempDir
    Path home;
    private Gauges gauges;

    @BeforeEach
    void haveAFolderThatIsNotThereYet() {
        gauges = new Gauges(home.resolve("a/running"));
    }

    private static DeviceReport device(String id, String name) {
        return new DeviceReport(id, name, "Acme", "GPU", "1", "OpenCL 3.0", 8, 16_000_000_000L, true, false, Optional.empty());
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(gauges.folder())) {
            return files.toList();
        }
    }

    @Test
    void whereNobodyRunsThereIsNothingToBeSeen() throws IOException {
        assertEquals(List.of(), gauges.look().sights());
    }

    @Test
    void whatADeviceDoesIsSeenUntilItCloses() throws IOException {
        String name = "Größte GPU";
        try (Gauge gauge = gauges.open(device("acme:0", name))) {
            gauge.arrive();
            gauge.held(1000);
            List<Sight> seen = gauges.look().sights();
            assertEquals(List.of(new Sight(files().get(0), OWN, "acme:0", name, 16_000_000_000L, new Gauge.Reading(1, 0, 0, 1000))), seen);
            gauge.start();
            long started = System.nanoTime();
            long at = gauges.look().at();
            assertTrue(gauges.look().sights().get(0).reading().busy() >= at - started);
        }
        assertEquals(List.of(), gauges.look().sights());
        assertEquals(List.of(), files());
    }

    @Test
    void severalDevicesOfSeveralProcessesAreSeen() throws IOException {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        try (Gauge one = gauges.open(device("acme:0", "A"), OWN, Runnable::run); Gauge two = gauges.open(device("acme:1", "B"));
                Gauge other = gauges.open(device("acme:0", "A"), parent, Runnable::run)) {
            one.held(1);
            two.held(2);
            other.held(3);
            assertEquals(List.of(OWN + " acme:0 1", OWN + " acme:1 2", parent + " acme:0 3"), gauges.look().sights().stream()
                    .map(s -> s.process() + " " + s.device() + " " + s.reading().held())
                    .sorted((a, b) -> a.charAt(a.length() - 1) - b.charAt(b.length() - 1)).toList());
        }
    }

    @Test
    void filesOfDeadProcessesAreRemoved() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-version")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        child.waitFor();
        gauges.open(device("acme:0", "A"), child.pid(), Runnable::run).start();
        assertEquals(1, files().size());
        assertEquals(List.of(), gauges.look().sights());
        assertEquals(List.of(), files());
    }

    @Test
    void aFileThatIsOlderThanTheProcessOfItsIdIsOfADeadOne() throws IOException {
        gauges.open(device("acme:0", "A"), OWN, Runnable::run);
        Path old = Files.copy(files().get(0), gauges.folder().resolve(OWN + "-1000-0"));
        assertEquals(1, gauges.look().sights().size());
        assertFalse(Files.exists(old));
    }

    @Test
    void whatIsNoGaugeOfThisMachineIsLeftAlone() throws IOException {
        gauges.open(device("acme:0", "A\n"), OWN, Runnable::run);
        byte[] bytes = Files.readAllBytes(files().get(0));
        String machine = new String(bytes, StandardCharsets.ISO_8859_1);
        byte[] elsewhere = machine.replace("\nacme:0", "elsewhere\nacme:0").substring(0, bytes.length).getBytes(StandardCharsets.ISO_8859_1);
        byte[] later = bytes.clone();
        later[0]++;
        Files.write(gauges.folder().resolve("999999999-" + NOW + "-0"), elsewhere);
        Files.write(gauges.folder().resolve(OWN + "-" + NOW + "-1"), later);
        Files.write(gauges.folder().resolve(OWN + "-" + NOW + "-2"), new byte[3]);
        Files.write(gauges.folder().resolve("notes.txt"), bytes);
        assertEquals(List.of("A"), gauges.look().sights().stream().map(s -> s.name().strip()).toList());
        assertEquals(5, files().size());
    }

    @Test
    void aNameThatIsTooLongIsCut() throws IOException {
        try (Gauge gauge = gauges.open(device("acme:0", "A".repeat(5000)), OWN, Runnable::run)) {
            assertTrue(gauges.look().sights().get(0).name().matches("A{500,1000}"));
        }
    }

    @Test
    void aFolderThatCannotBeWrittenCostsNothingButTheSight() throws IOException {
        Files.writeString(home.resolve("a"), "a file where the folder would be");
        try (Gauge gauge = gauges.open(device("acme:0", "A"))) {
            gauge.arrive();
            gauge.start();
            gauge.stop();
            gauge.leave();
        }
        assertEquals(List.of(), gauges.look().sights());
    }
}
