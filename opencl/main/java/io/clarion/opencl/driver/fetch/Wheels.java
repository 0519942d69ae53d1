package io.clarion.opencl.driver.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Where wheels, Python's packages, come from. */
@FunctionalInterface
interface Wheels {
    /**
     * Downloads a wheel of each package into {@code folder}, without those that it depends on.
     *
     * @param requirements packages, each with its version and the hashes of its wheels, in the form of a file of pip's
     */
    List<Path> download(String requirements, Path folder) throws IOException, InterruptedException;

    /**
     * With the {@code pip} of this machine's Python, as it is configured: mirrors and proxies are its concern. Python runs isolated
     * and in a folder of this fetch, so that no {@code pip.py} of the user's folder is taken for pip.
     */
    static Wheels byPip(PrintStream log) {
        return byPip(log, List.of(List.of("python3"), List.of("python"), List.of("py", "-3")));
    }

    /** With the first of {@code pythons}, commands and their first arguments, that has {@code pip}. */
    static Wheels byPip(PrintStream log, List<List<String>> pythons) {
        return (requirements, folder) -> {
            Path list = Files.writeString(folder.resolve("requirements.txt"), requirements);
            Path wheels = Files.createDirectory(folder.resolve("wheels"));
            for (List<String> python : pythons) {
                if (run(python, List.of("-I", "-m", "pip", "--version"), folder, new ArrayList<>(), null) != 0) {
                    continue;
                }
                List<String> arguments = List.of("-I", "-m", "pip", "download", "--no-deps", "--no-input",
                        "--disable-pip-version-check", "--progress-bar", "off", "--only-binary", ":all:",
                        "--require-hashes", "--requirement", list.toString(), "--dest", wheels.toString());
                List<String> output = new ArrayList<>();
                if (run(python, arguments, folder, output, log) != 0) {
                    throw new IOException("pip says: " + lastError(output));
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
     * Unpacks the data of a wheel, the folder that {@code pip} would lay over the installation's own, into {@code folder}.
     *
     * <p>A wheel knows no links, and holds a library once under each of its names: 350 of 900 MB. They become hard links.
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

    /** Runs a Python in {@code folder}, adds its lines to {@code output} and says them to {@code log}; 127 if there is no such command. */
    private static int run(List<String> python, List<String> arguments, Path folder, List<String> output, PrintStream log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(python);
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        } catch (IOException e) {
            return 127;
        }
        try (BufferedReader lines = process.inputReader()) {
            process.getOutputStream().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line.strip());
                if (log != null) {
                    log.println("  " + line.strip());
                }
            }
            return process.waitFor();
        } finally {
            process.destroy();
        }
    }

    /** The last line in which pip speaks of an error, or else its last line. */
    private static String lastError(List<String> output) {
        return output.reversed().stream().filter(line -> line.startsWith("ERROR")).findFirst()
                .or(() -> output.reversed().stream().findFirst()).orElse("nothing");
    }
}
