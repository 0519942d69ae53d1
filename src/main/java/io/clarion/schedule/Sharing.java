package io.clarion.schedule;

/** The way in which devices share the work of a function. */
public enum Sharing {
    /** Each computes some rows of the batch. */
    SPLIT,
    /** Each computes some of the operations, as the costs of computing and of sending have it. */
    PLACE,
    /**
     * As one device alone, or in either of these ways: whichever takes least in a function's first calls, which try
     * each.
     */
    FASTEST
}
