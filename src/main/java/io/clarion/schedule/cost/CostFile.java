package io.clarion.schedule.cost;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.clarion.config.Environment;
import io.clarion.config.Home;
import io.clarion.config.SmallFile;
import io.clarion.engine.DeviceReport;
import io.clarion.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The learned cost terms of a device with a driver, as {@code costs/<device>.json} in {@link Home#clarion} keeps it.
 *
 * @param device its id
 * @param terms  by name, what the first guess is multiplied by, and how often that was learned from
 */
record CostFile(String device, String name, String driver, Map<String, Term> terms) {
    private static final Logger LOG = LoggerFactory.getLogger(CostFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A factor and how many observations made it. */
    record Term(double factor, double seen) {}

    /** Returns whether files are kept at all: not where CLARION_CACHE is "off". */
    static boolean isKept() {
        return !Environment.value("clarion.cache", "CLARION_CACHE").equals(Optional.of("off"));
    }

    static Path path(DeviceReport device) {
        return Home.clarion().resolve("costs").resolve(device.id().replaceAll("[^A-Za-z0-9.]+", "-") + ".json");
    }

    /**
     * Returns the terms that are known of a device; none if there is no file of it, or one of another device or driver,
     * or one that is damaged.
     */
    static Map<String, Term> read(DeviceReport device) {
        Path file = path(device);
        if (!isKept() || !Files.exists(file)) {
            return Map.of();
        }
        try {
            CostFile kept = JSON.readValue(SmallFile.read(file), CostFile.class);
            if (kept == null || kept.terms == null || kept.terms.containsValue(null)) {
                throw new IOException("it has no terms");
            }
            if (device.id().equals(kept.device) && device.name().equals(kept.name)
                    && device.driver().equals(kept.driver)) {
                return kept.terms;
            }
            LOG.info("{} is of {} with driver {}; costs of {} with driver {} are learned anew", file, kept.name,
                    kept.driver, device.name(), device.driver());
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}); costs are learned anew", file, SmallFile.reason(e));
        }
        return Map.of();
    }

    /** Keeps what is known of a device; of several processes that do so the last one's stays, whole. */
    static void write(DeviceReport device, Map<String, Term> terms) {
        Path file = path(device);
        try {
            Files.createDirectories(file.getParent());
            byte[] text = JSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(new CostFile(device.id(), device.name(), device.driver(), terms));
            WholeFile.write(file, out -> out.write(text));
        } catch (IOException e) {
            LOG.warn("{} cannot be written ({}); costs are learned anew at each start", file, e.toString());
        }
    }
}
