package io.clarion.theano.python;

import io.clarion.config.fetch.FetchedFolder;
import io.clarion.config.fetch.ProgramRun;
import io.clarion.config.fetch.ScratchFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fetches PyTensor, once for each user, into a virtual environment in {@code ~/.clarion/engines/theano}.
 *
 * <p>One that lies in any of Clarion's folders is used. {@code CLARION_FETCH_THEANO=no} refuses: then nothing is
 * fetched, and what was fetched earlier is not used either.
 */
public final class LibraryFetch {
    private static final long NEEDED = 600_000_000L;
    private static final String NAME = "theano";
    private static final String PYTHON = "python3";
    /** The minor versions of Python 3 for which the requirements have wheels. */
    private static final int OLDEST = 11;
    private static final int NEWEST = 14;

    private final FetchedFolder library;
    private final PrintStream log;

    /**
     * Makes a fetch that says what it does.
     *
     * @param homes Clarion's folders: into the first goes what is fetched, in all of them it is looked for
     */
    public LibraryFetch(List<Path> homes, Map<String, String> environment, PrintStream log) {
        this.library = new FetchedFolder(homes, Path.of("engines", NAME), folder -> Files.exists(python(folder)),
                FetchedFolder.isRefused(environment, "CLARION_FETCH_THEANO"));
        this.log = log;
    }

    private static Path python(Path folder) {
        Path here = folder.resolve("bin").resolve("python");
        return Files.exists(here) ? here : folder.resolve("Scripts").resolve("python.exe");
    }

    /** Returns the Python that was fetched earlier; empty if there is none, or the user refuses it. */
    Optional<String> installed() {
        return library.installed().map(folder -> python(folder).toString());
    }

    /** Returns why a Python cannot get a library, and what would do, as the end of a sentence; empty if it can. */
    Optional<String> obstacle(Python.Found python) {
        if (library.isRefused()) {
            return Optional.of(
                    "CLARION_FETCH_THEANO says that none is to be fetched: install one of them (python3 -m pip install pytensor)");
        }
        String[] version = python.version().split("\\.");
        boolean hasWheels = version[0].equals("3") && Integer.parseInt(version[1]) >= OLDEST
                && Integer.parseInt(version[1]) <= NEWEST;
        return hasWheels ? Optional.empty()
                : Optional.of("is Python " + python.version() + ", where Clarion can fetch one for 3." + OLDEST
                        + " to 3." + NEWEST
                        + ": install one of them, or name another Python in CLARION_THEANO=python,module");
    }

    /**
     * Fetches the library; takes a minute, most of it of the network.
     *
     * @throws IOException if it cannot be had, with what was missing
     */
    public Python fetch() throws IOException, InterruptedException {
        Path target = library.target();
        Path engines = target.getParent();
        long free = library.freeBytes();
        if (free < NEEDED) {
            throw new IOException(String.format(Locale.ROOT,
                    "%d MB are needed in %s, where %d MB are free: make space, or set CLARION_HOME",
                    NEEDED / 1_000_000, engines, free / 1_000_000));
        }
        log.println(String.format(Locale.ROOT,
                """
                        python3 has none of Theano, Aesara and PyTensor. Clarion now fetches PyTensor, NumPy and SciPy, about 60 MB, with pip
                        into %s, once; there they take 240 MB.
                        To refuse, stop this now, and set the environment variable CLARION_FETCH_THEANO=no.""",
                target));
        try (ScratchFolder scratch = ScratchFolder.in(engines)) {
            library.moveIntoPlace(made(scratch));
        }
        log.println("PyTensor is installed.");
        String command = python(target).toString();
        return PythonChoice.look(command, PythonChoice.MODULES).flatMap(Python.Found::python)
                .orElseThrow(() -> new IOException(
                        command + " cannot be started, or has no PyTensor: remove " + target + " and try again"));
    }

    /** Makes the environment without pip, which many systems have apart, and has the machine's pip fill it. */
    private Path made(ScratchFolder scratch) throws IOException, InterruptedException {
        Path folder = scratch.folder(NAME);
        Path requirements = Files.writeString(folder.resolveSibling("requirements.txt"), requirements());
        expect(List.of(PYTHON, "-I", "-m", "venv", "--without-pip", folder.toString()), "venv", said -> {});
        ProgramRun packages = expect(
                List.of(python(folder).toString(), "-I", "-c",
                        "import sysconfig; print(sysconfig.get_path('purelib'))"),
                "Python", said -> {});
        expect(List.of(PYTHON, "-I", "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check",
                "--progress-bar", "off",
                "--no-warn-script-location", "--only-binary", ":all:", "--require-hashes", "--requirement",
                requirements.toString(),
                "--target", packages.lines().getLast()), "pip", said -> log.println("  " + said));
        return folder;
    }

    private static ProgramRun expect(List<String> command, String who, Consumer<String> log)
            throws IOException, InterruptedException {
        ProgramRun result = ProgramRun.of(command, null, log);
        if (!result.succeeded()) {
            throw new IOException(who + " says: " + result.lastError());
        }
        return result;
    }

    private static String requirements() throws IOException {
        try (InputStream in = LibraryFetch.class.getResourceAsStream("requirements.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
