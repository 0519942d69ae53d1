package io.clarion.config;

import java.nio.file.Path;

/** Clarion's folder while a test runs. */
public final class TestHome implements AutoCloseable {
    private static final String PROPERTY = "clarion.home";
    private final String before = System.getProperty(PROPERTY);

    public TestHome(Path home) {
        System.setProperty(PROPERTY, home.toString());
    }

    /** The folder is the one of before. */
    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }
}
