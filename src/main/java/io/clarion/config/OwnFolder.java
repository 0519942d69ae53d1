package io.clarion.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders that nobody but this process's user, and root, can write. What lies in Clarion's folder is run: compiled
 * kernels, drivers, classes. Where files have no owner and permissions as in Unix, every folder is taken for the user's
 * own.
 */
final class OwnFolder {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFolder.class);
    private static final int ROOT = 0;
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_WRITE);
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private OwnFolder() {}

    /**
     * Makes a folder that only its user can look into; one that is there and the user's own loses the permission of
     * others to write it.
     *
     * @return the folder, or one in the temporary folder, with a warning, where it is somebody else's or cannot be made
     */
    static Path made(Path folder) {
        try {
            if (!Files.exists(folder)) {
                make(folder);
            }
            Optional<String> fault = fault(folder);
            if (fault.isPresent() && isOwn(folder)) {
                Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(folder));
                permissions.removeAll(OF_OTHERS);
                Files.setPosixFilePermissions(folder, permissions);
                LOG.warn("{} {}, who could have it run what they like: only this user can write it now", folder,
                        fault.get());
                fault = fault(folder);
            }
            return fault.map(f -> instead(folder + " " + f)).orElse(folder);
        } catch (IOException e) {
            return instead(folder + " cannot be made (" + e + ")");
        }
    }

    /** Returns whether a folder is there and nobody but this user and root can write it. */
    static boolean isTrusted(Path folder) {
        try {
            return fault(folder).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Returns a folder for who has none: one of the temporary folder, for all processes of this user where that can be,
     * else for this one.
     */
    static Path instead(String why) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path folder = temporary
                .resolve("clarion-" + (user().isPresent() ? Integer.toUnsignedString(user().getAsInt()) : "files"));
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                make(folder);
            }
            if (Files.isSymbolicLink(folder) || !isOwn(folder) || !isTrusted(folder)) {
                folder = Files.createTempDirectory(temporary, "clarion-");
            }
        } catch (IOException e) {
            // Nothing can be written anywhere: who wants to will say so.
        }
        LOG.warn("{}: Clarion's files are in {}. CLARION_HOME names another folder.", why, folder);
        return folder;
    }

    private static void make(Path folder) throws IOException {
        if (folder.toAbsolutePath().getParent() != null) {
            Files.createDirectories(folder.toAbsolutePath().getParent());
        }
        try {
            if (hasPermissions(folder.toAbsolutePath().getParent())) {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
            } else {
                Files.createDirectory(folder);
            }
        } catch (FileAlreadyExistsException e) {
            // Another process was first; whose it is will be asked.
        }
    }

    /** Returns what makes a folder untrustworthy; empty if nothing does. */
    private static Optional<String> fault(Path folder) throws IOException {
        if (!hasPermissions(folder)) {
            return Optional.empty();
        }
        if (!isOwn(folder) && owner(folder) != ROOT) {
            return Optional.of("is the folder of the user " + Files.getOwner(folder).getName());
        }
        return Files.getPosixFilePermissions(folder).stream().anyMatch(OF_OTHERS::contains)
                ? Optional.of("can be written by other users")
                : Optional.empty();
    }

    private static boolean isOwn(Path folder) throws IOException {
        OptionalInt user = user();
        return user.isEmpty() || owner(folder) == user.getAsInt();
    }

    private static int owner(Path folder) throws IOException {
        return (Integer) Files.getAttribute(folder, "unix:uid");
    }

    /** Returns the number of the user whose rights this process has; empty where the system does not tell. */
    private static OptionalInt user() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            // Uid: real, effective, saved, of files
            return lines.filter(line -> line.startsWith("Uid:"))
                    .mapToInt(line -> Integer.parseUnsignedInt(line.split("\\s+")[2])).findFirst();
        } catch (IOException | RuntimeException e) {
            return OptionalInt.empty();
        }
    }

    private static boolean hasPermissions(Path folder) {
        return Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null;
    }
}
