package io.clarion.opencl.driver.library;

import io.clarion.opencl.driver.fetch.NativeEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The folder in which PoCL keeps what it compiles. PoCL takes one in the user's home; where that cannot be written it
 * has no device, and where there is no home it takes one that all users share.
 */
public final class PoclCache {
    private static final String VARIABLE = "POCL_CACHE_DIR";

    private PoclCache() {}

    /**
     * Names a folder of Clarion's to PoCL, if it is registered and has none that it could write. To be called before it
     * is loaded.
     */
    static void provide(HostSystem machine) {
        if (machine.isLinux() && IcdFiles.libraries(machine).stream().anyMatch(library -> library.contains("pocl"))
                && machine.variable(VARIABLE).isEmpty() && !isWritable(machine)) {
            try {
                NativeEnvironment.set(VARIABLE,
                        Files.createDirectories(NativeFiles.folder().resolve("pocl")).toString());
            } catch (IOException | RuntimeException | LinkageError e) {
                // The doctor tells that PoCL has no device, and why.
            }
        }
    }

    /** Returns a finding if PoCL cannot write its folder. */
    public static Optional<Finding> examine(HostSystem machine) {
        return !isWritable(machine)
                ? Optional.of(Finding.problem(
                        "PoCL offers no device, since it cannot write the folder for what it compiles"
                                + folder(machine).map(f -> ": " + f).orElse(""),
                        "set " + VARIABLE + " to a folder that this user can write"))
                : Optional.empty();
    }

    private static boolean isWritable(HostSystem machine) {
        return folder(machine).filter(NativeFiles::isWritable).isPresent();
    }

    private static Optional<Path> folder(HostSystem machine) {
        try {
            return machine.variable(VARIABLE).map(Path::of)
                    .or(() -> machine.variable("XDG_CACHE_HOME").map(f -> Path.of(f, "pocl")))
                    .or(() -> machine.variable("HOME").map(f -> Path.of(f, ".cache", "pocl")));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
