package io.clarion.hostile;

import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/** A format of files that Clarion reads. */
public interface Format {
    /** Returns files of the format as they should be. */
    List<byte[]> valid() throws Exception;

    /** Returns where the file is read from, among those of {@code folder}. */
    Path file(Path folder);

    /**
     * Reads {@code file} as Clarion does, and checks whatever must hold of what was read.
     *
     * @throws Exception one that {@link #isDocumented}, or a fault
     */
    void read(Path file) throws Exception;

    /** Returns whether readers may throw it for a damaged file. */
    boolean isDocumented(Exception e);

    /** Returns a damaged file with what has to fit its content made to fit again, such as a checksum, or as it is. */
    default byte[] wrapped(byte[] damaged, RandomGenerator random) throws Exception {
        return damaged;
    }
}
