package io.clarion.engine;

import io.clarion.tensor.NDArray;

/** A stream of chunks of arrays from device to device: the first chunks are read while later ones are being filled. */
public interface TransferStream {
    /**
     * Waits until an array has its first {@code bytes}.
     *
     * @throws Abandoned if it never will
     */
    void await(NDArray array, long bytes);

    /** Says that an array has its first {@code bytes}. */
    void filled(NDArray array, long bytes);

    /** Thrown where an array that is waited for will never be filled. */
    final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** Makes an exception of an array that is not filled. */
        public Abandoned(NDArray array) {
            super("who was to fill " + array.dtype().word() + array.shape() + " has failed");
        }
    }
}
