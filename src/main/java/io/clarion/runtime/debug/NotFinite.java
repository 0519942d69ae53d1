package io.clarion.runtime.debug;

/**
 * Thrown, where it is asked for, by a call whose results are infinite or no numbers: it names the operation that began
 * it.
 */
public final class NotFinite extends ArithmeticException {
    NotFinite(String message) {
        super(message);
    }
}
