package io.clarion.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Engine;
import io.clarion.engine.PlatformReport;
import io.clarion.engine.Speed;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * The JSON of {@code clarion devices --json}. Fields may be added under the same {@code schema}; one that changes or
 * goes makes it another.
 *
 * @param schema        1
 * @param defaultDevice in JSON {@code default}: the id of the device that is used where none is named; null if none can
 *                      be
 * @param platforms     those that fail included, in the order of their engines
 */
record DeviceListing(int schema, @JsonProperty("default") String defaultDevice, List<PlatformEntry> platforms) {
    static final int SCHEMA = 1;

    /**
     * A vendor's platform.
     *
     * @param engine the engine that drives it, as in KERAS_BACKEND
     * @param error  why it could not be asked; null if it could
     */
    record PlatformEntry(String engine, String name, String vendor, String version, String error,
            List<DeviceEntry> devices) {}

    /**
     * A device.
     *
     * @param id          {@code platform:index}, which CLARION_DEVICE and --device take
     * @param type        CPU, GPU, ACCELERATOR or CUSTOM
     * @param driver      the driver's version
     * @param version     of OpenCL, or what the engine has in its place
     * @param memoryBytes global memory
     * @param unusable    why it is not used; null if it may be
     * @param speed       as measured by --probe; null without it or if it could not be measured
     * @param probe       what became of the measurement, such as "done" or "crashed (exit code 134, SIGABRT)"; null
     *                    without --probe
     */
    record DeviceEntry(String id, String name, String vendor, String type, String driver, String version,
            int computeUnits,
            long memoryBytes, boolean fp16, boolean fp64, String unusable, Speed speed, String probe) {}

    static DeviceListing of(List<Engine> engines, String defaultDevice, Map<String, Probing> probed) {
        return new DeviceListing(SCHEMA, defaultDevice, engines.stream().flatMap(e -> e.survey().stream())
                .map(p -> entry(p, probed)).toList());
    }

    private static PlatformEntry entry(PlatformReport p, Map<String, Probing> probed) {
        return new PlatformEntry(p.engine(), p.name(), p.vendor(), p.version(), p.error().orElse(null),
                p.devices().stream().map(d -> entry(d, probed.get(d.id()))).toList());
    }

    private static DeviceEntry entry(DeviceReport d, Probing probed) {
        return new DeviceEntry(d.id(), d.name(), d.vendor(), d.type(), d.driver(), d.version(), d.computeUnits(),
                d.memory(),
                d.fp16(), d.fp64(), d.unusable().orElse(null), probed == null ? null : probed.speed().orElse(null),
                probed == null ? null : probed.end());
    }

    void print(PrintStream out) throws IOException {
        out.println(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this));
    }
}
