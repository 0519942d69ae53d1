package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteStatus;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetCode;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_Message;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewStatus;

import org.tensorflow.internal.c_api.TF_Status;

/** Receives what a call of the C API says of its success. */
final class Status implements AutoCloseable {
    private final TF_Status status = TF_NewStatus();

    /** Returns the pointer to give to the C API. */
    TF_Status pointer() {
        return status;
    }

    /**
     * Throws a {@link TensorFlowFailure} if the last call failed; {@code what} says what it was to do. It has had no
     * effect: a function assigns variables after it has computed everything else.
     */
    void check(String what) {
        check(what, true);
    }

    /** Checks the status like {@link #check(String)}, after a call that has updated variables. */
    void checkAfterUpdates(String what) {
        check(what, false);
    }

    private void check(String what, boolean isWithoutEffect) {
        int code = TF_GetCode(status);
        if (code != 0) {
            throw new TensorFlowFailure(what, code, TF_Message(status).getString(), isWithoutEffect);
        }
    }

    @Override
    public void close() {
        TF_DeleteStatus(status);
    }
}
