package io.clarion.tensor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Replaces files whole: a file is either what it was or all of what was written, whenever the process ends.
 *
 * <p>The content goes to an {@link Unfinished} file in the same folder, which is then moved into place. The new file
 * has the permissions of the old one, and its owner and group where they may be given. A symbolic link stays, and what
 * it points to is replaced. What is no regular file, such as a pipe, is written to as it is.
 */
public final class WholeFile {
    private static final int BUFFER = 1 << 16;
    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    /** A writer of the content. */
    @FunctionalInterface
    public interface Content {
        void to(OutputStream out) throws IOException;
    }

    private WholeFile() {}

    /**
     * Writes {@code content} to {@code file}.
     *
     * @throws NoSuchFileException   if its folder is not there
     * @throws AccessDeniedException if the file is there and may not be written
     * @throws FileSystemException   if no file can be made in its folder
     */
    public static void write(Path file, Content content) throws IOException {
        boolean exists = Files.exists(file);
        if (exists && !Files.isRegularFile(file)) {
            try (var out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE), BUFFER)) {
                content.to(out);
            }
            return;
        }
        if (exists && !Files.isWritable(file)) {
            throw new AccessDeniedException(file.toString(), null, "it is there and may not be written");
        }
        Path target = exists ? file.toRealPath() : end(file);
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(file.toString(), null, "its folder " + folder + " does not exist");
        }
        Unfinished.removeLeftovers(folder);
        try (var unfinished = unfinished(file, folder, target);
                var out = new BufferedOutputStream(unfinished.out(), BUFFER)) {
            content.to(out);
            out.flush();
            unfinished.moveTo(target);
        }
    }

    /**
     * Returns whether {@code file} is one that this or another process is writing, or was writing when it was killed.
     */
    public static boolean isUnfinished(Path file) {
        return Unfinished.is(file);
    }

    /** Makes what is written in place of {@code file}, which an error names rather than a file that nobody knows. */
    private static Unfinished unfinished(Path file, Path folder, Path target) throws IOException {
        try {
            return Unfinished.in(folder, target);
        } catch (FileSystemException e) {
            var named = new FileSystemException(file.toString(), null, "no file can be made in its folder " + folder
                    + (e.getReason() == null ? e instanceof AccessDeniedException ? ", which may not be written" : ""
                            : ": " + e.getReason()));
            named.initCause(e);
            throw named;
        }
    }

    /** Returns the file to which links lead that end at none. */
    private static Path end(Path file) throws IOException {
        Path at = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(at); links++) {
            if (links == MOST_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        return at;
    }
}
