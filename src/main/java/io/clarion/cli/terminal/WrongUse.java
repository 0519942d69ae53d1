package io.clarion.cli.terminal;

import java.util.function.Supplier;

/** Thrown where the command line asks for what cannot be: exit code 2. */
public final class WrongUse extends IllegalArgumentException {
    public WrongUse(String message) {
        super(message);
    }

    private WrongUse(IllegalArgumentException e) {
        super(e.getMessage(), e);
    }

    /** Returns what {@code given} makes of arguments, which are wrong if it finds them illegal. */
    public static <T> T in(Supplier<T> given) {
        try {
            return given.get();
        } catch (IllegalArgumentException e) {
            throw new WrongUse(e);
        }
    }
}
