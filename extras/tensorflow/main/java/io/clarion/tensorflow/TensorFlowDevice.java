package io.clarion.tensorflow;

import io.clarion.engine.CallProbe;
import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.ResidentVariables;
import io.clarion.engine.Speed;
import io.clarion.engine.metrics.DeviceMetrics;
import io.clarion.engine.metrics.MetricsRegistry;
import io.clarion.graph.Graph;
import io.clarion.graph.Simplify;
import io.clarion.graph.Variable;
import io.clarion.tensorflow.runtime.EagerContext;
import io.clarion.tensorflow.translate.TranslatedGraph;
import java.util.concurrent.atomic.AtomicLong;

/** A device of TensorFlow's, with a context of its own. Calls take turns; TensorFlow computes each with all cores. */
final class TensorFlowDevice implements Device {
    private static final AtomicLong FUNCTIONS = new AtomicLong();

    private final DeviceReport report;
    private final String name;
    private final Runnable atClose;
    private final DeviceMetrics metrics;
    private final ResidentVariables residents;
    private final EagerContext context;

    /**
     * Opens the device of {@code report}.
     *
     * @param name    TensorFlow's name for it
     * @param atClose is run when the device has closed
     */
    TensorFlowDevice(DeviceReport report, String name, Runnable atClose) {
        this.report = report;
        this.name = name;
        this.atClose = atClose;
        this.context = Natives.open();
        this.metrics = MetricsRegistry.ofUser().open(report.id(), report.name(), report.memory());
        this.residents = new ResidentVariables(this, metrics);
    }

    @Override
    public DeviceReport report() {
        return report;
    }

    @Override
    public Executable compile(Graph graph) {
        Graph simple = Simplify.of(graph);
        return new TensorFlowExecutable(simple,
                TranslatedGraph.of(simple, open(), "clarion_" + FUNCTIONS.incrementAndGet()), this);
    }

    /** Returns the context; a {@link io.clarion.engine.DeviceFailure} says that the device has been closed. */
    EagerContext open() {
        residents.requireOpen();
        return context;
    }

    /** Returns TensorFlow's name for this device. */
    String name() {
        return name;
    }

    /** Returns where this device keeps a variable, which moves here if it is elsewhere. */
    VariableStorage storage(Variable variable) {
        return (VariableStorage) residents.storage(variable, value -> new VariableStorage(this, value));
    }

    /** Returns the variables that are here. */
    ResidentVariables residents() {
        return residents;
    }

    @Override
    public long memoryHeld() {
        return residents.bytes();
    }

    @Override
    public boolean worksInHostMemory() {
        return report.type().equals("CPU");
    }

    @Override
    public DeviceMetrics metrics() {
        return metrics;
    }

    @Override
    public Speed probe() {
        return CallProbe.measure(this);
    }

    /** Takes the variables' values back to the host, then frees everything. */
    @Override
    public void close() {
        residents.close();
        residents.leave();
        synchronized (this) {
            if (context.isOpen()) {
                context.close();
                metrics.close();
                atClose.run();
            }
        }
    }

    @Override
    public String toString() {
        return report.id();
    }
}
