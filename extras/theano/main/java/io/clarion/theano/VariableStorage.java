package io.clarion.theano;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Storage;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.theano.worker.Slot;
import io.clarion.theano.worker.Slots;
import io.clarion.theano.worker.Worker;

/**
 * Keeps a variable's value in the worker, as an array that calls are given and that updates replace. One that was lost
 * with its process is there again once it is set.
 */
final class VariableStorage implements Storage {
    private final TheanoDevice device;
    private final long number;
    private final Slots slots = new Slots();
    private final Slot slot;
    private volatile Worker worker;

    /** Keeps nothing until a value is written. */
    VariableStorage(TheanoDevice device, long number, DType dtype, Shape shape) {
        this.device = device;
        this.number = number;
        this.slot = slots.next(dtype, shape);
        device.residents().held(slots.size());
    }

    @Override
    public TheanoDevice device() {
        return device;
    }

    private ObjectNode message(String what) {
        return Worker.message(what).put("variable", number);
    }

    /** Returns the number by which calls name it; refuses a value that was lost with the process that had it. */
    long numberIn(Worker current, String name) {
        if (worker != current) {
            throw new DeviceFailure(
                    "the value of variable " + name + " was lost when " + device + " began anew; set it again");
        }
        return number;
    }

    @Override
    public NDArray read() {
        return worker.exchange(message("get"), slots.size(), file -> {}, (answer, file) -> {
            NDArray value = NDArray.zeros(slot.dtype(), slot.shape());
            slot.get(file, value);
            return value;
        });
    }

    @Override
    public void write(NDArray value) {
        ObjectNode message = message("put");
        slot.describe(message);
        Worker current = device.open();
        current.exchange(message, slots.size(), file -> slot.put(file, value), (answer, file) -> null);
        worker = current;
    }

    @Override
    public void inTurn(Runnable action) {
        synchronized (device) {
            action.run();
        }
    }

    /** Frees the value; of a worker that is gone nothing is left. */
    @Override
    public void close() {
        device.residents().held(-slots.size());
        if (worker != null) {
            worker.sendIfAlive(message("drop"));
        }
    }
}
