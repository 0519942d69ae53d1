package io.clarion.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What tests could not check on this machine for want of a tool; the build tells it at its end. */
final class Unchecked {
    private static final Path FILE = Path.of("target", "not-checked.txt");

    private Unchecked() {}

    /**
     * Notes that something was not checked.
     *
     * @param what  such as {@code "accesses of memory by kernels"}
     * @param needs the tool, and how it is had
     */
    static void note(String what, String needs) throws IOException {
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, what + ", which needs " + needs + "\n", StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
