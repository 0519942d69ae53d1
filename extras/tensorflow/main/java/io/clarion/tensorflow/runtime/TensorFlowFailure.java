package io.clarion.tensorflow.runtime;

import io.clarion.engine.DeviceFailure;

/** Reports that TensorFlow refused an operation or failed in it, with its own message. */
public final class TensorFlowFailure extends DeviceFailure {
    private static final long serialVersionUID = 1L;
    private static final int RESOURCE_EXHAUSTED = 8;

    private final int code;
    private final boolean isWithoutEffect;

    TensorFlowFailure(String what, int code, String message, boolean isWithoutEffect) {
        super(what + ": TensorFlow says: " + message);
        this.code = code;
        this.isWithoutEffect = isWithoutEffect;
    }

    @Override
    public boolean isOutOfMemory() {
        return code == RESOURCE_EXHAUSTED;
    }

    @Override
    public boolean isWithoutEffect() {
        return isWithoutEffect;
    }
}
