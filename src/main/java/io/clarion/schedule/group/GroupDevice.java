package io.clarion.schedule.group;

import io.clarion.engine.Device;
import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the devices that work together. A device that fails is taken out; after a while it computes something small,
 * and is back if the result is right. What it held then is of an earlier epoch, and nobody uses it.
 */
public final class GroupDevice {
    private static final Logger LOG = LoggerFactory.getLogger(GroupDevice.class);
    /** Each failure doubles the time until the next try, so many times at most: from a second to about four minutes. */
    private static final int DOUBLINGS = 8;
    private final int number;
    private final Device device;
    private final Duration rest;
    private int epoch;
    private int failures;
    private String fate;
    private long tryAgain;
    private boolean isTried;

    /** Device {@code number}, which rests for {@code rest} after its first failure. */
    GroupDevice(int number, Device device, Duration rest) {
        this.number = number;
        this.device = device;
        this.rest = rest;
    }

    public int number() {
        return number;
    }

    public Device device() {
        return device;
    }

    public boolean is(String id) {
        return device.report().id().equals(id);
    }

    /** Returns how often it has failed: what it was given before is lost. */
    synchronized int epoch() {
        return epoch;
    }

    public synchronized boolean isPresent() {
        return fate == null;
    }

    /** Returns whether it works, and has what it was given in its epoch {@code of}. */
    synchronized boolean isIn(int of) {
        return isPresent() && epoch == of;
    }

    /** Returns what became of it, such as "intel:0: writing 12 bytes failed". */
    synchronized String fate() {
        return fate == null ? device.report().id() + " works" : fate;
    }

    /** Takes it out, if it is in its epoch {@code of} still. */
    public synchronized void fail(int of, DeviceFailure why) {
        if (!isIn(of)) {
            return;
        }
        String message = String.valueOf(why.getMessage());
        fate = message.startsWith(device.report().id()) ? message : device.report().id() + ": " + message;
        epoch++;
        rest();
        LOG.warn("a device is taken out: {}", fate);
    }

    private void rest() {
        tryAgain = System.nanoTime() + (rest.toNanos() << Math.min(failures, DOUBLINGS));
        failures++;
    }

    /** Has it checked by {@code executor} if it is out and the time has come. */
    synchronized void tryAgain(Executor executor) {
        if (fate == null || isTried || System.nanoTime() - tryAgain < 0) {
            return;
        }
        isTried = true;
        rest();
        try {
            executor.execute(() -> tried(works()));
        } catch (RejectedExecutionException e) {
            // The devices work together no more.
        }
    }

    private synchronized void tried(boolean works) {
        isTried = false;
        if (works) {
            fate = null;
            LOG.warn("{} works again", device.report().id());
        }
    }

    /**
     * Returns whether it works, if need be from anew: after some errors a driver does nothing any more for those who
     * use it.
     */
    private boolean works() {
        if (computes()) {
            return true;
        }
        try {
            device.restart();
        } catch (RuntimeException e) {
            LOG.info("{} cannot begin anew: {}", device.report().id(), e.getMessage());
            return false;
        }
        return computes();
    }

    /** Returns whether it gives the right results for a few numbers. */
    private boolean computes() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(4), "x"));
        try (Executable check = device.compile(new Graph(List.of(x), List.of(x.times(2).plus(1)), List.of()))) {
            double[] got = check.call(List.of(NDArray.of(new float[] {0, 1, -2, 3}, 4)), 0).get(0).toDoubles();
            return Arrays.equals(got, new double[] {1, 3, -3, 7});
        } catch (RuntimeException e) {
            LOG.info("{} still fails: {}", device.report().id(), e.getMessage());
            return false;
        }
    }

    @Override
    public String toString() {
        return device.report().id();
    }
}
