package io.clarion.conformance;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceReport;
import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.tensor.NDArray;
import java.util.List;

/**
 * Forwards everything to another device, which is its opener's to close; subclasses change what comes of compilations
 * and calls.
 */
public abstract class ForwardingDevice implements Device {
    private final Device device;

    protected ForwardingDevice(Device device) {
        this.device = device;
    }

    /** Returns what a call gives. */
    protected abstract List<NDArray> called(Executable executable, List<NDArray> inputs, long draw);

    @Override
    public Executable compile(Graph graph) {
        Executable executable = device.compile(graph);
        return new Executable() {
            @Override
            public List<NDArray> call(List<NDArray> inputs, long draw) {
                return called(executable, inputs, draw);
            }

            @Override
            public String explain() {
                return executable.explain();
            }

            @Override
            public void close() {
                executable.close();
            }
        };
    }

    @Override
    public DeviceReport report() {
        return device.report();
    }

    @Override
    public Speed probe() {
        return device.probe();
    }

    @Override
    public void restart() {
        device.restart();
    }

    @Override
    public void close() {}
}
