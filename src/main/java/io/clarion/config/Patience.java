package io.clarion.config;

import java.time.Duration;

/** Reads how long a device may take for its part of a call before it counts as failed; the first call may be slow. */
public final class Patience {
    private static final long SECONDS = 300;

    private Patience() {}

    /**
     * Returns what system property {@code clarion.patience}, else CLARION_PATIENCE says, in seconds; {@value #SECONDS}
     * without them.
     *
     * @throws IllegalArgumentException if that is no whole number of 1 or more
     */
    public static Duration ofUser() {
        return Duration.ofSeconds(Environment.wholeNumber("clarion.patience", "CLARION_PATIENCE", 1).orElse(SECONDS));
    }
}
