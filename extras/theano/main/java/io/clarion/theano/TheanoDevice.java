package io.clarion.theano;

import io.clarion.config.Patience;
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
import io.clarion.theano.python.Python;
import io.clarion.theano.worker.Worker;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The device of a Python process. Calls take turns; NumPy computes products with all cores. */
final class TheanoDevice implements Device {
    private final DeviceReport report;
    private final Python python;
    private final Path folder;
    private final Runnable atClose;
    private final DeviceMetrics metrics;
    private final AtomicLong made = new AtomicLong();
    private final ResidentVariables residents;
    private volatile Worker worker;
    /** Guarded by this. */
    private boolean isClosed;

    /**
     * Starts a process.
     *
     * @param folder  where the library keeps what it compiles
     * @param atClose is run when the device has closed
     */
    TheanoDevice(DeviceReport report, Python python, Path folder, Runnable atClose) {
        this.report = report;
        this.python = python;
        this.folder = folder;
        this.atClose = atClose;
        this.worker = started();
        this.metrics = MetricsRegistry.ofUser().open(report.id(), report.name(), report.memory());
        this.residents = new ResidentVariables(this, metrics);
    }

    private Worker started() {
        return Worker.start(python.command(), python.module(), folder, Patience.ofUser());
    }

    @Override
    public DeviceReport report() {
        return report;
    }

    @Override
    public Executable compile(Graph graph) {
        return new TheanoExecutable(Simplify.of(graph), this, open(), made.incrementAndGet());
    }

    /** Returns the process; a {@link io.clarion.engine.DeviceFailure} says that the device has been closed. */
    Worker open() {
        residents.requireOpen();
        return worker;
    }

    /** Returns where this device keeps a variable, which moves here if it is elsewhere. */
    VariableStorage storage(Variable variable) {
        return (VariableStorage) residents.storage(variable, value -> {
            var storage = new VariableStorage(this, made.incrementAndGet(), value.dtype(), value.shape());
            try {
                storage.write(value);
            } catch (RuntimeException e) {
                storage.close();
                throw e;
            }
            return storage;
        });
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
    public DeviceMetrics metrics() {
        return metrics;
    }

    @Override
    public Speed probe() {
        return CallProbe.measure(this);
    }

    @Override
    public void restart() {
        Worker before = open();
        // A call that waits for an answer fails now, and gives its turn.
        before.close();
        synchronized (this) {
            if (open() == before) {
                worker = started();
                residents.forget();
            }
        }
    }

    /** Takes the variables' values back to the host, then ends the process. */
    @Override
    public void close() {
        residents.close();
        if (worker.isAlive()) {
            residents.leave();
        }
        synchronized (this) {
            if (!isClosed) {
                isClosed = true;
                worker.close();
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
