package io.clarion.opencl.driver.fetch;

import io.clarion.config.fetch.ProgramRun;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A source of wheels, Python's packages. */
@FunctionalInterface
interface Wheels {
    /**
     * Downloads a wheel of each package into {@code folder}, without those that it depends on.
     *
     * @param requirements packages, each with its version and the hashes of its wheels, in the form of a file of pip's
     */
    List<Path> download(String requirements, Path folder) throws IOException, InterruptedException;

    /**
     * Returns wheels from the {@code pip} of this machine's Python, as it is configured: mirrors and proxies are its
     * concern. Python runs isolated and in a folder of this fetch, so that no {@code pip.py} of the user's folder is
     * taken for pip.
     */
    static Wheels byPip(PrintStream log) {
        return byPip(log, List.of(List.of("python3"), List.of("python"), List.of("py", "-3")));
    }

    /** Returns wheels from the first of {@code pythons}, commands and their first arguments, that has {@code pip}. */
    static Wheels byPip(PrintStream log, List<List<String>> pythons) {
        return (requirements, folder) -> {
            Path list = Files.writeString(folder.resolve("requirements.txt"), requirements);
            Path wheels = Files.createDirectory(folder.resolve("wheels"));
            for (List<String> python : pythons) {
                if (!hasPip(python, folder)) {
                    continue;
                }
                List<String> arguments = List.of("-I", "-m", "pip", "download", "--no-deps", "--no-input",
                        "--disable-pip-version-check", "--progress-bar", "off", "--only-binary", ":all:",
                        "--require-hashes", "--requirement", list.toString(), "--dest", wheels.toString());
                ProgramRun pip = ProgramRun.of(joined(python, arguments), folder, line -> log.println("  " + line));
                if (!pip.succeeded()) {
                    throw new IOException("pip says: " + pip.lastError());
                }
                try (Stream<Path> files = Files.list(wheels)) {
                    return files.sorted().toList();
                }
            }
            throw new IOException("there is no Python with pip on the path: install it (python3-pip),"
                    + " or an OpenCL driver by hand");
        };
    }

    /**
     * Unpacks the data of a wheel, the folder that {@code pip} would lay over the installation's own, into
     * {@code folder}.
     *
     * <p>A wheel knows no links, and holds a library once under each of its names: 350 of 900 MB. They become hard
     * links.
     */
    static void unpack(Path wheel, Path folder) throws IOException {
        Map<String, Path> seen = new HashMap<>();
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                int data = entry.getName().indexOf(".data/data/");
                if (data < 0 || entry.isDirectory()) {
                    continue;
                }
                Path target = folder.resolve(entry.getName().substring(data + ".data/data/".length())).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException(wheel.getFileName() + " holds a file outside itself: " + entry.getName());
                }
                Files.createDirectories(target.getParent());
                Path same = seen.putIfAbsent(entry.getCrc() + " " + entry.getSize() + " " + target.getParent(), target);
                if (same == null || !link(target, same)) {
                    Files.copy(zip.getInputStream(entry), target);
                }
            }
        }
    }

    private static boolean link(Path target, Path same) {
        try {
            Files.createLink(target, same);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static boolean hasPip(List<String> python, Path folder) throws InterruptedException {
        try {
            return ProgramRun.of(joined(python, List.of("-I", "-m", "pip", "--version")), folder, line -> {})
                    .succeeded();
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    private static List<String> joined(List<String> command, List<String> arguments) {
        return Stream.concat(command.stream(), arguments.stream()).toList();
    }
}
