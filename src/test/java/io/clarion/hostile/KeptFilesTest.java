package io.clarion.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.bench.Peers;
import io.clarion.config.KerasJson;
import io.clarion.config.TestHome;
import io.clarion.engine.DeviceChoice;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.MetricsRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged settings, and damaged files that Clarion keeps. */
class KeptFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(classes = {KerasJsonFile.class, RankingFile.class, MetricsFile.class, PeersFile.class})
    void damagedFilesAreReadOrRefused(Class<? extends Format> format) throws Exception {
        Sweep.of(format, folder);
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts).map(t -> t.getBytes(StandardCharsets.UTF_8)).toList();
    }

    static final class KerasJsonFile implements Format {
        @Override
        public List<byte[]> valid() {
            return texts(
                    "{\"image_dim_ordering\": \"tf\",\n \"epsilon\": 1e-07,\n \"floatx\": \"float32\",\n \"backend\": \"theano\"}",
                    "{\"epsilon\": 0.5, \"other\": [1, {\"a\": null}, \"é\"]}", "{}");
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("keras.json");
        }

        @Override
        public void read(Path file) {
            KerasJson.read(file.getParent(), warning -> check(warning, file));
        }

        private static void check(String warning, Path file) {
            if (!warning.startsWith(file.toString()) || warning.length() > 400) {
                throw new AssertionError(warning);
            }
        }

        @Override
        public boolean isDocumented(Exception e) {
            return e.getClass() == IllegalArgumentException.class && e.getMessage().contains("keras.json")
                    && e.getMessage().length() < 600;
        }
    }

    /** Of files that are used if they are right, and else as if they were not there. */
    private interface Kept extends Format {
        @Override
        default boolean isDocumented(Exception e) {
            return false;
        }
    }

    static final class RankingFile implements Kept {
        private static final Speed SPEED = new Speed(10.5, 5, 1e3, 1.25, 20);

        @Override
        public List<byte[]> valid() throws IOException {
            DeviceChoice.remember(
                    List.of(new DeviceChoice.Ranked("pocl:0", SPEED), new DeviceChoice.Ranked("intel:0", SPEED)));
            return List.of(Files.readAllBytes(file(null)), "[]".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Path file(Path folder) {
            return Path.of(System.getProperty("clarion.home"), "ranking.json");
        }

        @Override
        public void read(Path file) {
            for (DeviceChoice.Ranked ranked : DeviceChoice.ranking()) {
                ranked.device().length();
                ranked.speed().gflops();
            }
        }
    }

    static final class MetricsFile implements Kept {
        @Override
        public List<byte[]> valid() throws IOException {
            MetricsRegistry.ofUser().open("pocl:0", "a device", 1L << 30).arrive();
            try (Stream<Path> files = Files.list(MetricsRegistry.ofUser().folder())) {
                return List.of(Files.readAllBytes(files.findFirst().orElseThrow()));
            }
        }

        @Override
        public Path file(Path folder) {
            return MetricsRegistry.ofUser().folder()
                    .resolve(ProcessHandle.current().pid() + "-" + System.currentTimeMillis() + "-77");
        }

        @Override
        public void read(Path file) throws IOException {
            MetricsRegistry.ofUser().look().sights().forEach(s -> s.name().length());
        }
    }

    static final class PeersFile implements Format {
        @Override
        public List<byte[]> valid() {
            return texts("numpy product1024 12.5 GFLOP/s\npytorch conv3x3 1e2 images/s of 128\nsome other line\n\n");
        }

        @Override
        public Path file(Path folder) {
            return folder.resolve("peers.txt");
        }

        @Override
        public void read(Path file) throws IOException {
            Peers.read(file);
        }

        @Override
        public boolean isDocumented(Exception e) {
            return e instanceof IOException;
        }
    }

    @Test
    void whatIsFarTooLongIsNotRead() throws Exception {
        for (String name : List.of("keras.json", "ranking.json")) {
            Path file = folder.resolve(name);
            try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(3L << 30);
            }
        }
        var warnings = new ArrayList<String>();
        KerasJson.read(folder, warnings::add);
        assertEquals(List.of(folder.resolve("keras.json")
                + " cannot be used (it has more than the 1048576 bytes that such a file may have); the defaults hold"),
                warnings);
        try (var home = new TestHome(folder)) {
            assertTrue(DeviceChoice.ranking().isEmpty(), home::toString);
        }
    }
}
