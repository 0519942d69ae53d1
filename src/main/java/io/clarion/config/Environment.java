package io.clarion.config;

import java.util.Optional;

/** Settings that come from outside: a system property or, without it, an environment variable. */
public final class Environment {
    private Environment() {}

    /**
     * Returns the value of system property {@code property}, else of environment variable {@code variable}; a blank one
     * counts as none.
     */
    public static Optional<String> value(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property)).filter(s -> !s.isBlank())
                .or(() -> Optional.ofNullable(System.getenv(variable)).filter(s -> !s.isBlank()));
    }

    /**
     * Returns the whole number that a setting is, if there is one.
     *
     * @throws IllegalArgumentException naming the setting, if it is no whole number or less than {@code least}
     */
    public static Optional<Long> wholeNumber(String property, String variable, long least) {
        return value(property, variable).map(String::strip).map(word -> {
            try {
                long number = Long.parseLong(word);
                if (number >= least) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Told below, as one that is too small.
            }
            throw new IllegalArgumentException(
                    variable + " (property " + property + ") is \"" + word + "\"; a whole number would do"
                            + (least == Long.MIN_VALUE ? "" : ", " + least + " or more"));
        });
    }
}
