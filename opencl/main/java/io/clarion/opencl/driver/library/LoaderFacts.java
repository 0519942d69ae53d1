package io.clarion.opencl.driver.library;

import java.util.Optional;

/**
 * Which OpenCL loader serves this JVM.
 *
 * @param source where it comes from
 * @param path   the library's file, where the system tells it
 * @param error  why there is none
 */
public record LoaderFacts(Source source, Optional<String> path, Optional<String> error) {
    /** The source of a loader. */
    public enum Source {
        /** The system's own libOpenCL. */
        SYSTEM,
        /** The one inside JavaCPP's jar, for systems without. */
        BUNDLED,
        /** None could be loaded: there are no platforms. */
        NONE
    }
}
