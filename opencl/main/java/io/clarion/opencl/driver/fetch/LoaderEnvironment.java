package io.clarion.opencl.driver.fetch;

import io.clarion.config.fetch.ScratchFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The environment variables by which an ICD loader finds drivers.
 *
 * <p>{@code OCL_ICD_VENDORS} names a folder of {@code .icd} files, in place of {@code /etc/OpenCL/vendors}; both
 * loaders of Linux know it. {@code OCL_ICD_FILENAMES} names libraries besides; Khronos's loader alone knows it, so it
 * serves on Windows only.
 */
public final class LoaderEnvironment {
    private static final Path SYSTEM = Path.of("/etc/OpenCL/vendors");
    private static final boolean ON_LINUX = RuntimeFiles.ofThisMachine().isLinux();

    private LoaderEnvironment() {}

    /**
     * Lets the loader of this process see the driver of {@code vendorsFolder} beside those that it sees anyway.
     *
     * <p>Has an effect only before the first call of OpenCL in this process, whether or not the loader's library is
     * loaded. Where the user has named drivers in {@code OCL_ICD_VENDORS}, that choice stands.
     *
     * @return whether it was done: not where the user's choice stands, not without JavaCPP, nor on systems other than
     *         Linux, where the driver is seen by a process of {@link Relaunch}
     */
    public static boolean show(Path vendorsFolder) {
        String chosen = System.getenv().getOrDefault("OCL_ICD_VENDORS", "");
        if (!ON_LINUX || !chosen.isEmpty() && !icdFiles(System.getenv()).isEmpty()) {
            return false;
        }
        try {
            variables(vendorsFolder).forEach(NativeEnvironment::set);
            return true;
        } catch (LinkageError e) {
            return false; // a library's user may have left JavaCPP out
        }
    }

    /**
     * Returns the variables that show a process started with them the drivers of this machine and that of {@code
     * vendorsFolder}.
     */
    public static Map<String, String> variables(Path vendorsFolder) {
        try {
            if (!ON_LINUX) {
                String library = Files.readString(vendorsFolder.resolve(DriverFetch.ICD)).strip();
                return Map.of("OCL_ICD_FILENAMES", library);
            }
            List<Path> others = icdFiles(System.getenv());
            return Map.of("OCL_ICD_VENDORS",
                    (others.isEmpty() ? vendorsFolder : union(others, vendorsFolder)).toString());
        } catch (IOException e) {
            return Map.of("OCL_ICD_VENDORS", vendorsFolder.toString()); // fewer drivers are better than none
        }
    }

    /** Returns the {@code .icd} files that a loader started in this environment would read. */
    static List<Path> icdFiles(Map<String, String> environment) {
        String chosen = environment.getOrDefault("OCL_ICD_VENDORS", "");
        Path folder = chosen.isEmpty() ? SYSTEM : Path.of(chosen);
        if (Files.isRegularFile(folder)) {
            return List.of(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".icd")).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Returns a folder with copies of {@code others} and, unless one of them names it too, the fetched driver. It lies
     * beside the driver, named by what it holds, for all processes; where that cannot be written, among the temporary
     * files of this process.
     */
    static Path union(List<Path> others, Path vendorsFolder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (Path icd : others) {
            files.put(icd.getFileName().toString(), Files.readString(icd));
        }
        if (files.values().stream().noneMatch(text -> text.contains("libintelocl.so"))) {
            files.put("clarion-" + DriverFetch.ICD, Files.readString(vendorsFolder.resolve(DriverFetch.ICD)));
        }
        Path union = vendorsFolder.resolveSibling("vendors-" + Integer.toHexString(files.hashCode()));
        if (Files.isDirectory(union)) {
            return union;
        }
        Path made;
        try {
            made = Files.createTempDirectory(union.getParent(), "vendors-");
        } catch (IOException e) {
            return filled(ScratchFolder.ofProcess("clarion-vendors-"), files);
        }
        try {
            return Files.move(filled(made, files), union, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            ScratchFolder.delete(made); // another process was first
            return union;
        }
    }

    private static Path filled(Path folder, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        return folder;
    }
}
