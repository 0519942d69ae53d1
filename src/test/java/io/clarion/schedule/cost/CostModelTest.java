package io.clarion.schedule.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.config.TestHome;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.hostile.Format;
import io.clarion.hostile.Sweep;
import io.clarion.schedule.cost.CostModel.Direction;
import io.clarion.schedule.cost.CostModel.Moved;
import io.clarion.schedule.cost.Effort.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CostModelTest {
    @TempDir
    private Path home;
    private TestHome clarionHome;

    @BeforeEach
    void keepFilesApart() {
        clarionHome = new TestHome(home);
    }

    @AfterEach
    void asBefore() {
        clarionHome.close();
        System.clearProperty("clarion.cache");
    }

    /** A device that has facts only. */
    private record Facts(DeviceReport report) implements Device {
        static Facts of(String name, String driver) {
            return new Facts(new DeviceReport("some:0/1of2", name, "nobody", "GPU", driver, "", 4, 1L << 30, false,
                    true, Optional.empty()));
        }

        @Override
        public Executable compile(Graph graph) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Speed probe() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // It holds nothing.
        }
    }

    private final Facts device = Facts.of("a device", "1.0");

    private static Effort effort(Kind kind, double size) {
        return new Effort(kind, size, size, size / 2, 1);
    }

    /** What a call takes besides. */
    private static final double CALL = 200e-6;

    /** Seconds within a call of a device that has another speed for each kind, and launches of 30 µs. */
    private static double truth(Map<Kind, Double> rates, List<Effort> efforts) {
        return efforts.stream().mapToDouble(e -> e.flops() / rates.get(e.kind()) + 30e-6).sum();
    }

    private static Map<Kind, Double> rates(Random random) {
        Map<Kind, Double> rates = new EnumMap<>(Kind.class);
        Stream.of(Kind.values()).forEach(k -> rates.put(k, 1e9 * Math.pow(100, random.nextDouble())));
        return rates;
    }

    @Test
    void eachKindIsKnownAfterAFewObservations() {
        Map<Kind, Double> rates = rates(new Random(1));
        try (var model = new CostModel()) {
            for (Kind kind : Kind.values()) {
                List<Effort> some = List.of(effort(kind, 1e9));
                IntStream.range(0, 3)
                        .forEach(i -> model.observed(device, some, Moved.NOTHING, CALL + truth(rates, some)));
            }
            for (Kind kind : Kind.values()) {
                List<Effort> twice = List.of(effort(kind, 2e9));
                assertEquals(truth(rates, twice), model.seconds(device, twice), 0.1 * truth(rates, twice), kind.name());
            }
        }
    }

    /** For fifty draws of speeds: of parts of a graph that mix kinds, with the noise of a busy machine. */
    @ParameterizedTest
    @MethodSource("draws")
    void mixturesAreToldApart(long seed) {
        var random = new Random(seed);
        Map<Kind, Double> rates = rates(random);
        var costs = new DeviceCosts(device.report(), null, Map.of());
        for (int i = 0; i < 300; i++) {
            List<Effort> some = random.ints(1 + random.nextInt(4), 0, Kind.values().length)
                    .mapToObj(k -> effort(Kind.values()[k], 1e9 * Math.pow(10, random.nextDouble()))).toList();
            costs.took(some, Moved.NOTHING, (CALL + truth(rates, some)) * (0.9 + 0.2 * random.nextDouble()));
        }
        for (Kind kind : Kind.values()) {
            List<Effort> one = List.of(effort(kind, 3e9));
            assertEquals(truth(rates, one), costs.seconds(one), 0.5 * truth(rates, one), kind.name());
        }
    }

    private static LongStream draws() {
        return LongStream.range(0, 50);
    }

    @Test
    void oneSlowCallDoesNotSpoilWhatIsKnown() {
        List<Effort> some = List.of(effort(Kind.PRODUCT, 1e9));
        try (var model = new CostModel()) {
            IntStream.range(0, 20).forEach(i -> model.observed(device, some, Moved.NOTHING, 0.1));
            model.observed(device, some, Moved.NOTHING, 100);
            assertTrue(model.seconds(device, some) < 0.2, () -> model.seconds(device, some) + " s");
            model.observed(device, some, Moved.NOTHING, 0);
            model.observed(device, some, Moved.NOTHING, Double.NaN);
            assertTrue(model.seconds(device, some) < 0.2);
        }
    }

    @Test
    void whatACallTakesIsNotTakenForComputing() {
        List<Effort> small = List.of(effort(Kind.PRODUCT, 1e3));
        List<Effort> large = List.of(effort(Kind.PRODUCT, 1e10));
        try (var model = new CostModel()) {
            for (int i = 0; i < 10; i++) {
                model.observed(device, small, Moved.NOTHING, 1e-3);
                model.observed(device, large, Moved.NOTHING, 1);
            }
            assertEquals(1, model.seconds(device, large), 0.05);
            assertEquals(1e-3, model.callSeconds(device), 2e-4);
        }
    }

    @Test
    void transfersAreLearnedEachWayBesideWhatIsComputed() {
        try (var model = new CostModel()) {
            List<Effort> some = List.of(effort(Kind.PRODUCT, 1e9));
            for (int i = 0; i < 200; i++) {
                long bytes = List.of(1L, 1L << 28, 1L << 20, 1L << 10, 1L << 24).get(i % 5);
                model.observed(device, List.of(), Moved.NOTHING, CALL);
                model.observed(device, some, Moved.NOTHING, CALL + 0.1);
                model.observed(device, List.of(), new Moved(bytes, 0), CALL + 1e-4 + bytes / 2e9);
                model.observed(device, some, new Moved(0, bytes), CALL + 0.1 + 3e-4 + bytes / 1e9);
                model.observed(device, List.of(), new Moved(0, bytes), CALL + 3e-4 + bytes / 1e9);
            }
            assertEquals(0.1, model.seconds(device, some), 0.01);
            for (long bytes : List.of(1L << 24, 1L << 28)) {
                assertEquals(1e-4 + bytes / 2e9, model.transferSeconds(device, Direction.TO_DEVICE, bytes),
                        0.1 * bytes / 2e9);
                assertEquals(3e-4 + bytes / 1e9, model.transferSeconds(device, Direction.FROM_DEVICE, bytes),
                        0.1 * bytes / 1e9);
            }
        }
    }

    @Test
    void theFirstGuessIsWhatWasMeasured() {
        double guessed;
        try (var model = new CostModel()) {
            guessed = model.seconds(device, effort(Kind.PRODUCT, 1e12));
        }
        DeviceChoice.remember(List.of(new DeviceChoice.Ranked(device.report().id(), new Speed(20, 20, 100, 8, 50))));
        try (var model = new CostModel()) {
            assertEquals(1e12 * 1.5 / 20e9 / 0.6 + 8e-6, model.seconds(device, effort(Kind.PRODUCT, 1e12)), 1e-3);
            assertEquals(1e12 / 100e9 / 0.6 + 8e-6, model.seconds(device, new Effort(Kind.PRODUCT, 1e12, 10, 10, 1)),
                    1e-9);
        }
        assertTrue(guessed > 0 && guessed < 1e3);
    }

    private double learned() {
        try (var model = new CostModel()) {
            IntStream.range(0, 9)
                    .forEach(i -> model.observed(device, List.of(effort(Kind.GATHER, 1e9)), Moved.NOTHING, 0.5));
            return model.seconds(device, effort(Kind.GATHER, 1e9));
        }
    }

    private double read(Device of) {
        try (var model = new CostModel()) {
            return model.seconds(of, effort(Kind.GATHER, 1e9));
        }
    }

    @Test
    void whatWasLearnedIsThereInTheNextProcess() throws IOException {
        double fresh = read(device);
        assertFalse(Files.exists(home.resolve("costs")), "nothing was learned");
        double learned = learned();
        assertEquals(0.5, learned, 0.02);
        assertEquals(learned, read(device));
        try (Stream<Path> files = Files.list(home.resolve("costs"))) {
            assertEquals(List.of(home.resolve("costs/some-0-1of2.json")), files.toList());
        }
        assertEquals(fresh, read(Facts.of("a device", "1.1")), "of another driver");
        assertEquals(fresh, read(Facts.of("another device", "1.0")));
        assertEquals(learned, read(device));
    }

    @Test
    void aDamagedFileIsReplaced() throws IOException {
        double fresh = read(device);
        double learned = learned();
        Path file = CostFile.path(device.report());
        String whole = Files.readString(file);
        for (String broken : List.of("", "null", "[1]", "{", whole.substring(0, whole.length() / 2),
                "{\"device\": \"some:0/1of2\"}",
                whole.replaceAll("\"factor\" : [^,]+", "\"factor\" : -1"))) {
            Files.writeString(file, broken);
            assertEquals(fresh, read(device), broken);
            assertEquals(learned, learned(), broken);
            assertEquals(whole, Files.readString(file), broken);
        }
    }

    /** A file of costs as a damaged one is found: by what a model makes of it. */
    static final class CostsFile implements Format {
        private final Facts device = Facts.of("a device", "1.0");

        @Override
        public List<byte[]> valid() throws IOException {
            CostFile.write(device.report(),
                    new DeviceCosts(device.report(), null, Map.of("PRODUCT", new CostFile.Term(2.5, 7))).terms());
            return List.of(Files.readAllBytes(file(null)));
        }

        @Override
        public Path file(Path folder) {
            return CostFile.path(device.report());
        }

        @Override
        public void read(Path file) {
            var costs = new DeviceCosts(device.report(), null, CostFile.read(device.report()));
            double seconds = costs.seconds(List.of(effort(Kind.PRODUCT, 1e9))) + costs.call()
                    + costs.transfer(Direction.TO_DEVICE, 1e6);
            if (!(seconds > 0 && seconds < 1e9)) {
                throw new AssertionError(seconds + " s");
            }
        }

        @Override
        public boolean isDocumented(Exception e) {
            return false;
        }
    }

    @Test
    void damagedFilesAreUsedOrLeft() throws Exception {
        Sweep.of(CostsFile.class, home);
    }

    @Test
    void aFileIsWrittenAfterAPauseOnly() {
        Path file = CostFile.path(device.report());
        try (var model = new CostModel(Duration.ofHours(1))) {
            model.observed(device, List.of(effort(Kind.LOOP, 1e6)), Moved.NOTHING, 1);
            assertFalse(Files.exists(file));
        }
        assertTrue(Files.exists(file), "at the end");
        try (var model = new CostModel(Duration.ZERO)) {
            model.observed(Facts.of("another", ""), List.of(effort(Kind.LOOP, 1e6)), Moved.NOTHING, 1);
            assertEquals(Map.of(), CostFile.read(device.report()), "at once, in place of the other's");
        }
    }

    @Test
    void nothingIsReadOrWrittenWhereTheCacheIsOff() throws IOException {
        double fresh = read(device);
        learned();
        System.setProperty("clarion.cache", "off");
        assertEquals(fresh, read(device));
        System.setProperty("clarion.home", home.resolve("other").toString());
        learned();
        // The folder itself is made as soon as anybody asks where it is.
        try (Stream<Path> files = Files.list(home.resolve("other"))) {
            assertEquals(List.of(), files.toList());
        }
    }

    /** Readers find it whole at any time. */
    @Test
    void severalMayWriteAtOnce() throws InterruptedException {
        learned();
        var wrong = new AtomicReference<String>();
        List<Thread> threads = IntStream.range(0, 4).mapToObj(i -> new Thread(() -> {
            try (var model = new CostModel(Duration.ZERO)) {
                for (int n = 0; n < 25; n++) {
                    model.observed(device, List.of(effort(Kind.REDUCTION, 1e9)), Moved.NOTHING, 0.1 * (i + 1));
                    if (CostFile.read(device.report()).size() != 13) {
                        wrong.set(CostFile.read(device.report()).toString());
                    }
                }
            }
        })).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(null, wrong.get());
    }
}
