package io.clarion.config;

import java.util.Optional;

/** Settings that come from outside: a system property or, without it, an environment variable. */
public final class Environment {
    private Environment() {}

    /** The value of system property {@code property}, else of environment variable {@code variable}; a blank one counts as none. */
    public static Optional<String> value(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property)).filter(s -> !s.isBlank())
                .or(() -> Optional.ofNullable(System.getenv(variable)).filter(s -> !s.isBlank()));
    }
}
