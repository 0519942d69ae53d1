package io.clarion.conformance;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.tensor.NDArray;
import java.util.List;

/**
 * A device of which one compilation or call fails, before anything is done or after, and all that follow until it
 * restarts.
 */
final class FailingDevice extends ForwardingDevice {
    private final int failing;
    private final boolean isLate;
    private int asked;
    private boolean isBroken;

    /**
     * Makes a device that hands all work to {@code device} until one compilation or call fails.
     *
     * @param failing which compilation or call fails, counted from 0
     * @param isLate  whether it fails when its work is done
     */
    FailingDevice(Device device, int failing, boolean isLate) {
        super(device);
        this.failing = failing;
        this.isLate = isLate;
    }

    /** Returns how many compilations and calls it was asked for. */
    synchronized int asked() {
        return asked;
    }

    private synchronized boolean isBreakingNow() {
        if (isBroken) {
            throw failure();
        }
        isBroken = asked++ == failing;
        return isBroken;
    }

    private DeviceFailure failure() {
        return new DeviceFailure(report().id() + " fails, as the test has it");
    }

    @Override
    public Executable compile(Graph graph) {
        if (isBreakingNow()) {
            throw failure();
        }
        return super.compile(graph);
    }

    @Override
    protected List<NDArray> called(Executable executable, List<NDArray> inputs, long draw) {
        boolean fails = isBreakingNow();
        if (fails && !isLate) {
            throw failure();
        }
        List<NDArray> outputs = executable.call(inputs, draw);
        if (fails) {
            throw failure();
        }
        return outputs;
    }

    @Override
    public void restart() {
        super.restart();
        synchronized (this) {
            isBroken = false;
        }
    }
}
