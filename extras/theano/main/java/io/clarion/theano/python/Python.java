package io.clarion.theano.python;

import java.util.Optional;

/**
 * A Python and the library of it that computes.
 *
 * @param command what starts it
 * @param version its version
 * @param module  "theano", "aesara" or "pytensor"
 * @param library the version of that; empty if the library does not say it
 */
public record Python(String command, String version, String module, String library) {
    /** Returns what there is of a Python, with the first of some libraries that it has, if it has any. */
    record Found(String command, String version, Optional<Python> python) {}

    /** Returns the library's name for people, with its version. */
    public String title() {
        String name = switch (module) {
            case "theano" -> "Theano";
            case "aesara" -> "Aesara";
            default -> "PyTensor";
        };
        return (name + " " + library).strip();
    }
}
