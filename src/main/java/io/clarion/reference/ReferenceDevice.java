package io.clarion.reference;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.engine.metrics.MetricsRegistry;
import io.clarion.graph.Graph;
import java.util.Optional;

/** The processor as this JVM sees it; one thread a call. It holds nothing that would have to be freed. */
final class ReferenceDevice implements Device {
    private final DeviceReport report = new DeviceReport("reference:0", "Java in double precision",
            System.getProperty("java.vm.vendor"), "CPU", System.getProperty("java.vm.version"),
            "Java " + System.getProperty("java.specification.version"), Runtime.getRuntime().availableProcessors(),
            Runtime.getRuntime().maxMemory(), false, true, Optional.empty());
    private final RoundingErrors errors;
    private DeviceMetrics metrics;

    /** Makes a device with rounding errors; null for exact results. */
    ReferenceDevice(RoundingErrors errors) {
        this.errors = errors;
    }

    /** Returns the errors that it makes; null if it makes none. */
    RoundingErrors errors() {
        return errors;
    }

    @Override
    public DeviceReport report() {
        return report;
    }

    @Override
    public Executable compile(Graph graph) {
        return new ReferenceExecutable(graph, this);
    }

    @Override
    public boolean worksInHostMemory() {
        return true;
    }

    @Override
    public boolean isGarbageCollected() {
        return true;
    }

    /** Opened when it is first asked for: the device itself is there whenever the library is. */
    @Override
    public synchronized DeviceMetrics metrics() {
        if (metrics == null) {
            metrics = MetricsRegistry.ofUser().open(report.id(), report.name(), report.memory());
        }
        return metrics;
    }

    @Override
    public Speed probe() {
        return JavaProbe.measure(this);
    }

    @Override
    public void close() {
        // Values live in the garbage-collected heap: there is nothing to free.
    }

    @Override
    public String toString() {
        return report.id();
    }
}
