package io.clarion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.cli.terminal.Children;
import io.clarion.config.TestHome;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.engine.metrics.DeviceMetrics.Reading;
import io.clarion.engine.metrics.MetricsRegistry;
import io.clarion.engine.metrics.MetricsRegistry.Look;
import io.clarion.engine.metrics.MetricsRegistry.Sight;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceWatchTest {
    private static final List<Engine> FAKE = List.of(new FakeEngine(List.of()));
    private static final Children.End DONE = new Children.End.Done();
    private static final long SECOND = 1_000_000_000L;
    private static final long MEMORY = FakeEngine.GOOD.memory();

    @TempDir
    Path home;
    private TestHome clarionHome;

    @BeforeEach
    void liveInAFolderOfItsOwn() {
        clarionHome = new TestHome(home);
    }

    @AfterEach
    void moveOut() {
        clarionHome.close();
    }

    private static Sight sight(String file, long process, String device, Reading reading) {
        return new Sight(Path.of(file), process, device, "Good Device", MEMORY, reading);
    }

    private static Occupancy occupancy(String device, long processes, double utilisation, long held, long queued,
            double callsPerSecond) {
        return new Occupancy(device, "Good Device", processes, utilisation, held, MEMORY, queued, callsPerSecond);
    }

    @Test
    void utilisationIsTheShareOfTheTimeBetweenTwoLooks() {
        var before = new Look(5 * SECOND, List.of(sight("1-0", 1, "fake:0", new Reading(0, 100, 3 * SECOND, 10))));
        var now = new Look(7 * SECOND, List.of(sight("1-0", 1, "fake:0", new Reading(4, 150, 4 * SECOND, 30))));
        assertEquals(List.of(occupancy("fake:0", 1, 0.5, 30, 4, 25)),
                Occupancy.between(before, now, List.of(FakeEngine.GOOD)));
    }

    @Test
    void processesAreAddedAndUseADeviceWhollyAtMost() {
        var before = new Look(0, List.of(sight("1-0", 1, "fake:0", new Reading(1, 0, SECOND, 1)),
                sight("3-0", 3, "fake:0", Reading.NONE)));
        var now = new Look(SECOND, List.of(sight("1-0", 1, "fake:0", new Reading(1, 2, SECOND + SECOND / 4, 1)),
                sight("1-1", 1, "fake:0", new Reading(2, 3, SECOND / 4, 2)),
                sight("2-0", 2, "fake:0", new Reading(1, 5, SECOND / 4, 4))));
        assertEquals(List.of(occupancy("fake:0", 2, 0.75, 7, 4, 10)),
                Occupancy.between(before, now, List.of(FakeEngine.GOOD)));
        var more = new Look(2 * SECOND, List.of(sight("1-0", 1, "fake:0", new Reading(1, 2, 2 * SECOND, 1)),
                sight("2-0", 2, "fake:0", new Reading(1, 5, SECOND, 4))));
        assertEquals(1, Occupancy.between(now, more, List.of(FakeEngine.GOOD)).get(0).utilisation());
    }

    @Test
    void whatNobodyHasOpenedIsListedWithNothingAndAPartOfADeviceAfterAll() {
        var part = new Look(SECOND, List.of(sight("1-0", 1, "fake:0/1of2", new Reading(0, 0, 0, 5))));
        assertEquals(List.of(occupancy("fake:0", 0, 0, 0, 0, 0), occupancy("fake:0/1of2", 1, 0, 5, 0, 0)),
                Occupancy.between(new Look(0, List.of()), part, List.of(FakeEngine.GOOD)));
    }

    @Test
    void aTableIsPrintedSoManyTimes() {
        try (DeviceMetrics metrics = MetricsRegistry.ofUser().open(FakeEngine.GOOD.id(), FakeEngine.GOOD.name(),
                FakeEngine.GOOD.memory());
                DeviceMetrics other = MetricsRegistry.ofUser().open(part().id(), part().name(), part().memory())) {
            metrics.arrive();
            metrics.arrive();
            metrics.start();
            metrics.held(12_500_000);
            other.held(0);
            var terminal = new Terminal(FAKE, DONE);
            assertEquals(0, terminal.run("devices", "--watch=0.02", "--times", "2"), terminal.err());
            List<String> lines = terminal.out().lines().toList();
            assertEquals(10, lines.size(), terminal.out());
            assertEquals(lines.subList(1, 4), lines.subList(6, 9));
            assertTrue(lines.get(0).matches("\\d\\d:\\d\\d:\\d\\d"), terminal.out());
            assertEquals(
                    List.of("device", "name", "processes", "utilisation %", "memory held", "queue depth", "calls/s"),
                    List.of(lines.get(1).split(" {2,}")));
            assertEquals(List.of("fake:0", "Good Device", "1", "100.0", "12.5 MB of 16.0 GB", "2", "0.0"),
                    List.of(lines.get(2).split(" {2,}")));
            assertEquals(List.of("fake:0/1of2", "A part", "1", "0.0", "0.0 MB of 8.0 GB", "0", "0.0"),
                    List.of(lines.get(3).split(" {2,}")));
        }
    }

    private static DeviceReport part() {
        return new DeviceReport("fake:0/1of2", "A part", "Acme", "GPU", "1", "OpenCL 3.0", 4, 8_000_000_000L, true,
                true, Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--watch=0 | --watch is 0.0, and a number of seconds from 0.01 to 86400.0 is needed",
            "--watch=NaN | --watch is NaN, and a number of seconds from 0.01 to 86400.0 is needed",
            "--watch=soon | Invalid value for option '--watch': 'soon' is not a double",
            "--watch --times=0 | --times is 0, and a number from 1 on is needed",
            "--times=3 | --times is of --watch, which is not there",
            "--watch --json | --watch prints a table of its own; --json does not go with it"})
    void wrongNumbersAreSaidSo(String arguments, String error) {
        var terminal = new Terminal(FAKE, DONE);
        assertEquals(2, terminal.run(("devices " + arguments).split(" ")));
        assertEquals(error, terminal.err().lines().findFirst().orElseThrow());
    }
}
