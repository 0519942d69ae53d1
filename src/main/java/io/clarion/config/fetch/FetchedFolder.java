package io.clarion.config.fetch;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Names a folder that is fetched once for each user.
 *
 * @param homes       Clarion's folders: into the first goes what is fetched, in all of them it is looked for
 * @param place       the folder in each
 * @param isInstalled whether such a folder has what was fetched
 * @param isRefused   whether the user refuses it: then nothing is fetched, and what was fetched earlier is not used
 *                    either
 */
public record FetchedFolder(List<Path> homes, Path place, Predicate<Path> isInstalled, boolean isRefused) {
    private static final Set<String> NO = Set.of("no", "n", "false", "off", "0");

    public FetchedFolder {
        homes = homes.stream().map(Path::toAbsolutePath).toList();
    }

    /** Returns whether a variable of an environment says no. */
    public static boolean isRefused(Map<String, String> environment, String variable) {
        return NO.contains(environment.getOrDefault(variable, "").strip().toLowerCase(Locale.ROOT));
    }

    /** Returns where it lies; empty if it is not there, or the user refuses it. */
    public Optional<Path> installed() {
        return isRefused ? Optional.empty()
                : homes.stream().map(home -> home.resolve(place)).filter(isInstalled).findFirst();
    }

    /** Returns where it goes. */
    public Path target() {
        return homes.getFirst().resolve(place);
    }

    /** Makes the folder around the target and returns how many bytes are free there. */
    public long freeBytes() throws IOException {
        return Files.getFileStore(Files.createDirectories(target().getParent())).getUsableSpace();
    }

    /** Moves a folder there. Two processes may have fetched at once: the first to come serves both. */
    public void moveIntoPlace(Path made) throws IOException {
        Path target = target();
        if (Files.exists(target) && !isInstalled.test(target)) {
            ScratchFolder.delete(target); // a folder that somebody has emptied in part is of no use
        }
        try {
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!isInstalled.test(target)) {
                throw e;
            }
        }
    }
}
