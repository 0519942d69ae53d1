package io.clarion.engine;

/** A device failed, not its user: its driver refused, its memory is full, it does not answer, or it is gone. */
public class DeviceFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeviceFailure(String message) {
        super(message);
    }

    /** Returns whether less work at a time may help. */
    public boolean isOutOfMemory() {
        return false;
    }

    /** Returns whether it is certain that the call which failed has updated no variable. */
    public boolean isWithoutEffect() {
        return false;
    }
}
