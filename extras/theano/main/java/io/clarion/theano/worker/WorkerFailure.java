package io.clarion.theano.worker;

import io.clarion.engine.DeviceFailure;

/** A failure of Theano's process, or of what it was asked. */
public final class WorkerFailure extends DeviceFailure {
    private static final long serialVersionUID = 1L;

    private final boolean isOutOfMemory;
    private final boolean isWithoutEffect;

    WorkerFailure(String message, boolean isOutOfMemory, boolean isWithoutEffect) {
        super(message);
        this.isOutOfMemory = isOutOfMemory;
        this.isWithoutEffect = isWithoutEffect;
    }

    @Override
    public boolean isOutOfMemory() {
        return isOutOfMemory;
    }

    @Override
    public boolean isWithoutEffect() {
        return isWithoutEffect;
    }
}
