package io.clarion;

import java.util.function.Supplier;

/** A call of a K function: the name of the outermost stands before whatever is wrong with its arguments. */
final class NamedCall {
    private NamedCall() {}

    static <T> T named(String function, Supplier<T> body) {
        try {
            return body.get();
        } catch (Refused e) {
            throw new Refused(function, e.reason, e);
        } catch (IllegalArgumentException e) {
            throw new Refused(function, e.getMessage(), e);
        }
    }

    /** Refuses the arguments of {@code function} unless {@code holds}. */
    static void check(boolean holds, String function, String reason) {
        if (!holds) {
            throw new Refused(function, reason, null);
        }
    }

    /** The error of a K function: its name, then the reason. */
    private static final class Refused extends IllegalArgumentException {
        private final String reason;

        Refused(String function, String reason, Throwable cause) {
            super(function + ": " + reason, cause);
            this.reason = reason;
        }
    }
}
