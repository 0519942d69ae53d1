package io.clarion.opencl.compile.strategy;

import io.clarion.config.Home;
import io.clarion.config.SmallFile;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.tensor.WholeFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tiles that were fastest on a device with a driver: in the folder {@code tuning} of {@link Home#clarion}, or among
 * those that come along.
 *
 * @param cpu null where it was tuned as a GPU
 * @param gpu empty where it was tuned as a CPU
 */
public record TuningTable(String device, String driver, CpuTile cpu, List<GpuTile> gpu) {
    private static final Logger LOG = LoggerFactory.getLogger(TuningTable.class);

    /** Returns what a strategy of a device was tuned to. */
    public static TuningTable of(DeviceInfo device, Strategy strategy) {
        return new TuningTable(device.name(), device.driverVersion(), strategy.tile(), strategy.tiles());
    }

    /**
     * Returns how kernels are laid out on a device: by its facts, and its table if there is one. One that is damaged or
     * another device's is reported.
     */
    public static Strategy strategy(DeviceInfo device) {
        if (System.getProperty("clarion.layout") != null) {
            return Strategy.named(System.getProperty("clarion.layout"), device);
        }
        Strategy strategy = Strategy.of(device);
        return read(device).map(t -> strategy.with(t.cpu, t.gpu)).orElse(strategy);
    }

    /** Returns where the table of a device is kept. */
    static Path file(DeviceInfo device) {
        return Home.clarion().resolve("tuning").resolve(word(device));
    }

    private static String word(DeviceInfo device) {
        return (device.name() + " " + device.driverVersion()).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-")
                + ".properties";
    }

    private static Optional<TuningTable> read(DeviceInfo device) {
        Path file = file(device);
        try {
            if (Files.exists(file)) {
                return Optional.of(read(new StringReader(SmallFile.read(file)), device));
            }
            try (InputStream in = TuningTable.class.getResourceAsStream("/io/clarion/opencl/tuning/" + word(device))) {
                return in == null ? Optional.empty()
                        : Optional.of(
                                read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)), device));
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The tuning table {} is not used: {}; `clarion tune` writes it anew.", file, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Reads the table of {@code device}.
     *
     * @throws IllegalArgumentException if it is no table of {@code device}
     */
    static TuningTable read(Reader in, DeviceInfo device) throws IOException {
        var lines = new Properties();
        lines.load(in);
        String name = lines.getProperty("device", "none");
        String driver = lines.getProperty("driver", "none");
        if (!name.equals(device.name()) || !driver.equals(device.driverVersion())) {
            throw new IllegalArgumentException(
                    "it is for \"" + name + "\" with driver " + driver + ", and this is \"" + device.name() + "\" with "
                            + device.driverVersion());
        }
        if (device.lanesAreWorkItems()) {
            List<GpuTile> tiles = Arrays.stream(lines.getProperty("gpu", "").split(",")).map(t -> numbers(t, 6))
                    .map(n -> new GpuTile(n[0], n[1], n[2], n[3], n[4], n[5])).toList();
            tiles.stream().filter(t -> !t.isPossible() || !t.fits(device)).findFirst().ifPresent(t -> {
                throw new IllegalArgumentException(t + " is no tile for this device");
            });
            return new TuningTable(name, driver, null, tiles);
        }
        CpuTile tile = CpuTile.of(numbers(lines.getProperty("cpu", ""), CpuTile.PARAMETERS));
        if (!tile.isPossible()) {
            throw new IllegalArgumentException(tile + " is no tile");
        }
        return new TuningTable(name, driver, tile, List.of());
    }

    private static int[] numbers(String text, int count) {
        String[] words = text.strip().split("\\s+");
        if (words.length != count || !Arrays.stream(words).allMatch(w -> w.matches("\\d{1,6}"))) {
            throw new IllegalArgumentException("\"" + text.strip() + "\" is not " + count + " numbers");
        }
        return Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
    }

    /** Keeps it in place of an earlier one; returns where. */
    public Path keep(DeviceInfo facts) throws IOException {
        Path file = file(facts);
        Files.createDirectories(file.getParent());
        var lines = new Properties();
        lines.setProperty("device", device);
        lines.setProperty("driver", driver);
        if (cpu != null) {
            lines.setProperty("cpu", text(cpu.numbers()));
        } else {
            lines.setProperty("gpu",
                    gpu.stream().map(t -> text(t.groupM(), t.groupN(), t.eachM(), t.eachN(), t.depth(), t.unroll()))
                            .collect(Collectors.joining(", ")));
        }
        WholeFile.write(file, out -> lines.store(new OutputStreamWriter(out, StandardCharsets.UTF_8),
                "cpu = rows vectors depth aside group block; gpu = groupM groupN eachM eachN depth unroll, ..."));
        return file;
    }

    private static String text(int... numbers) {
        return IntStream.of(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }
}
