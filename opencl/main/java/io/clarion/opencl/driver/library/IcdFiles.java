package io.clarion.opencl.driver.library;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The drivers that are registered on a Unix: files {@code *.icd} whose first line names a library. */
public final class IcdFiles {
    private static final String USUAL = "/etc/OpenCL/vendors";

    private IcdFiles() {}

    /**
     * Looks at each registered driver.
     *
     * @param trial tells what goes wrong when a library is loaded, and nothing where it loads
     */
    public static List<Finding> examine(HostSystem machine, Function<String, Optional<String>> trial) {
        if (machine.isMac()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (String variable : List.of("OCL_ICD_VENDORS", "OPENCL_VENDOR_PATH")) {
            machine.variable(variable).ifPresent(value -> findings.add(Finding.note(variable + " is set to " + value
                    + ": drivers registered in " + USUAL + " are not looked at", "unset it to see those")));
        }
        machine.variable("OCL_ICD_FILENAMES").ifPresent(value -> findings.add(
                Finding.note("OCL_ICD_FILENAMES adds the drivers " + value, "only Khronos's loader looks at it")));
        for (Path place : places(machine)) {
            List<Path> files = files(place);
            if (files.isEmpty()) {
                findings.add(
                        Finding.problem(place + " registers no driver", "install an OpenCL driver: it brings its .icd "
                                + "file along"));
            }
            files.forEach(file -> findings.add(examine(file, trial)));
        }
        return findings;
    }

    /** Returns what the files name: paths of libraries, or names that the linker finds. */
    public static List<String> libraries(HostSystem machine) {
        return machine.isMac() || machine.isWindows() ? List.of()
                : places(machine).stream().flatMap(place -> files(place).stream())
                        .flatMap(file -> library(file).stream()).toList();
    }

    private static List<Path> files(Path place) {
        return Files.isDirectory(place) ? HostSystem.list(place, "*.icd")
                : Files.exists(place) ? List.of(place) : List.of();
    }

    /** Folders of .icd files, or such a file. */
    static List<Path> places(HostSystem machine) {
        return machine.variable("OCL_ICD_VENDORS").or(() -> machine.variable("OPENCL_VENDOR_PATH"))
                .map(value -> Stream.of(value.split(":")).filter(part -> !part.isBlank()).map(Path::of).toList())
                .orElseGet(() -> List.of(machine.path(USUAL)));
    }

    private static Optional<String> library(Path file) {
        return HostSystem.read(file).flatMap(text -> text.lines().findFirst()).map(String::strip)
                .filter(line -> !line.isEmpty() && line.length() < 4096
                        && line.chars().noneMatch(c -> Character.isISOControl(c) || c == '\uFFFD'));
    }

    private static Finding examine(Path file, Function<String, Optional<String>> trial) {
        Optional<String> library = library(file);
        if (library.isEmpty()) {
            return Finding.problem(file + " names no library, or cannot be read",
                    "it must hold one line, the path of the driver's library: install the driver anew, or remove the file");
        }
        String name = library.get();
        if (name.startsWith("/") && !Files.exists(Path.of(name))) {
            return Finding.problem(file + " names " + name + ", which does not exist",
                    "install the driver anew, or remove the file");
        }
        return trial.apply(name)
                .map(error -> Finding.problem(file + " names " + name + ", which does not load: " + error,
                        error.contains("cannot open shared object")
                                ? "install the package that has the missing library, "
                                        + "or name its folder in LD_LIBRARY_PATH"
                                : "install the driver anew, or remove the file"))
                .orElseGet(() -> Finding.fine(file + " names " + name + ", which loads"));
    }
}
