package io.clarion.opencl.driver.library;

/**
 * One thing that the doctor saw.
 *
 * @param what in one sentence
 * @param cure what to do; empty where nothing need be done
 */
public record Finding(Severity severity, String what, String cure) {
    /** The severity of a finding. */
    public enum Severity {
        /** As it should be. */
        FINE,
        /** May explain something, or need nothing. */
        NOTE,
        /** Keeps a device or a driver from working. */
        PROBLEM
    }

    public static Finding fine(String what) {
        return new Finding(Severity.FINE, what, "");
    }

    public static Finding note(String what, String cure) {
        return new Finding(Severity.NOTE, what, cure);
    }

    public static Finding problem(String what, String cure) {
        return new Finding(Severity.PROBLEM, what, cure);
    }
}
