package io.clarion.opencl.driver.device;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jocl.CL;

/** A driver's compiler did not take a program; the source is kept on disk, to be tried by hand. */
public class KernelBuildException extends OpenClException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 4_000;

    private final String log;
    private final transient Path kept;

    public KernelBuildException(DeviceInfo device, int code, String options, String log, Optional<Path> kept) {
        super(String.format(Locale.ROOT,
                "%s (%s, driver %s): building a program with options \"%s\" failed with %s (%d); its source is %s; the log:%n%s",
                device.id(), device.name(), device.driverVersion(), options, Codes.name(code), code,
                kept.map(p -> "kept at " + p).orElse("not kept, its folder cannot be written"),
                log.length() <= SHOWN ? log : log.substring(0, SHOWN) + "…"),
                device.id(), "building a program", code, Codes.cure(CL.CL_BUILD_PROGRAM_FAILURE));
        this.log = log;
        this.kept = kept.orElse(null);
    }

    /** Returns all that the compiler said. */
    public String log() {
        return log;
    }

    /**
     * Returns where the source lies, with the options before it and the log after it; empty where it could not be
     * written.
     */
    public Optional<Path> kept() {
        return Optional.ofNullable(kept);
    }
}
