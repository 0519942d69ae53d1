package io.clarion.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that is being written beside the one that it will replace.
 *
 * <p>Its writer holds a lock on it. One without a lock was left by a process that was killed, and
 * {@link #removeLeftovers} removes it. A lock also tells this of processes in other containers and on other machines,
 * where the id of a process would not.
 */
final class Unfinished implements AutoCloseable {
    private static final String BEGINNING = ".clarion-";
    private static final String END = ".unfinished";
    private static final FileAttribute<
            ?> SECRET = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    /** The byte that is locked: far behind the content, as on Windows nobody else may read or write what is locked. */
    private static final long LOCKED = Long.MAX_VALUE - 1;
    /** The names of those of this process: to open and close one of its own would release its lock. */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();
    private static final Set<Path> CLEANED = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;
    private final OutputStream out;

    private Unfinished(Path path, FileChannel lock, OutputStream out) {
        this.path = path;
        this.lock = lock;
        this.out = out;
    }

    static boolean is(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(BEGINNING) && name.endsWith(END);
    }

    /** Makes one in {@code folder}, with the permissions of {@code target} if that is there. */
    static Unfinished in(Path folder, Path target) throws IOException {
        Optional<PosixFileAttributes> attributes = attributes(target);
        while (true) {
            Path path = folder.resolve(BEGINNING + UUID.randomUUID() + END);
            OWN.add(path.getFileName().toString());
            try {
                Optional<Unfinished> made = made(path, attributes.isPresent());
                if (made.isPresent()) {
                    attributes.ifPresent(made.get()::take);
                    return made.get();
                }
            } catch (IOException | RuntimeException e) {
                OWN.remove(path.getFileName().toString());
                throw e;
            }
        }
    }

    /** Makes the file; empty if another process has taken it for a leftover before it was locked. */
    private static Optional<Unfinished> made(Path path, boolean isSecret) throws IOException {
        FileChannel lock = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                isSecret ? new FileAttribute<?>[] {SECRET} : new FileAttribute<?>[0]);
        if (isLocked(lock) && Files.exists(path)) {
            // Not the channel's own stream, as a thread that is interrupted may still have something to save.
            return Optional.of(new Unfinished(path, lock, Files.newOutputStream(path, StandardOpenOption.WRITE)));
        }
        lock.close();
        return Optional.empty();
    }

    /**
     * Locks the file. Where the file system has no locks it is as good as locked, since nobody removes leftovers there.
     */
    private static boolean isLocked(FileChannel file) {
        try {
            return file.tryLock(LOCKED, 1, false) != null;
        } catch (IOException | UnsupportedOperationException e) {
            return true;
        }
    }

    private static Optional<PosixFileAttributes> attributes(Path file) throws IOException {
        var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view == null || !Files.exists(file) ? Optional.empty() : Optional.of(view.readAttributes());
    }

    /** Takes owner, group and permissions, as far as this user may give them. */
    private void take(PosixFileAttributes attributes) {
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        attempt(() -> view.setOwner(attributes.owner()));
        attempt(() -> view.setGroup(attributes.group()));
        attempt(() -> view.setPermissions(attributes.permissions()));
    }

    /** A change of a file's attribute. */
    private interface Change {
        void make() throws IOException;
    }

    private static void attempt(Change change) {
        try {
            change.make();
        } catch (IOException e) {
            // Only root gives files away; a file of one's own is better than none.
        }
    }

    OutputStream out() {
        return out;
    }

    void moveTo(Path target) throws IOException {
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Removes it, unless it was moved. */
    @Override
    public void close() throws IOException {
        try (lock; out) {
            Files.deleteIfExists(path);
        } finally {
            OWN.remove(path.getFileName().toString());
        }
    }

    /** Removes what killed processes left in {@code folder}, once in a process. */
    static void removeLeftovers(Path folder) {
        if (!CLEANED.add(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, BEGINNING + "*" + END)) {
            for (Path file : files) {
                if (!OWN.contains(file.getFileName().toString())
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    removeIfLeft(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A folder that cannot be listed may still be written.
        }
    }

    private static void removeIfLeft(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.tryLock(LOCKED, 1, false) != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UnsupportedOperationException | OverlappingFileLockException e) {
            // Another user's, or on a file system without locks.
        }
    }
}
