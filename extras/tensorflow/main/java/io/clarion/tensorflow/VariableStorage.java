package io.clarion.tensorflow;

import io.clarion.graph.Storage;
import io.clarion.tensor.NDArray;
import io.clarion.tensorflow.runtime.ContextVariable;
import io.clarion.tensorflow.runtime.TensorHandle;

/** Keeps a variable's value as a resource variable of TensorFlow's, which all functions of the device share. */
final class VariableStorage implements Storage {
    private final TensorFlowDevice device;
    private final ContextVariable variable;
    private final long bytes;

    VariableStorage(TensorFlowDevice device, NDArray value) {
        this.device = device;
        this.bytes = value.bytes().remaining();
        this.variable = ContextVariable.of(device.open(), device.name(), value);
        device.residents().held(bytes);
    }

    @Override
    public TensorFlowDevice device() {
        return device;
    }

    /** Returns the handle by which a function is given the variable. */
    TensorHandle handle() {
        return variable.handle();
    }

    @Override
    public NDArray read() {
        return variable.read();
    }

    @Override
    public void write(NDArray value) {
        variable.write(value);
    }

    @Override
    public void inTurn(Runnable action) {
        synchronized (device) {
            action.run();
        }
    }

    @Override
    public void close() {
        variable.close();
        device.residents().held(-bytes);
    }
}
