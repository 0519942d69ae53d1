package io.clarion.engine;

/**
 * Something that an examination of the drivers found.
 *
 * @param what a sentence that says what is there
 * @param cure what to do about it; empty where nothing need be done
 */
public record Finding(Severity severity, String what, String cure) {
    public enum Severity { GOOD, WARNING, ERROR }
}
