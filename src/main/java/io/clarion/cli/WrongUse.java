package io.clarion.cli;

import java.util.function.Supplier;

/** What was given on the command line cannot be: exit code 2. */
final class WrongUse extends IllegalArgumentException {
    WrongUse(String message) {
        super(message);
    }

    private WrongUse(IllegalArgumentException e) {
        super(e.getMessage(), e);
    }

    /** What {@code given} makes of arguments, which are wrong if it finds them illegal. */
    static <T> T in(Supplier<T> given) {
        try {
            return given.get();
        } catch (IllegalArgumentException e) {
            throw new WrongUse(e);
        }
    }
}
