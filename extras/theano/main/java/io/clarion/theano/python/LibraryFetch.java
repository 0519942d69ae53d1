package io.clarion.theano.python;

import io.clarion.theano.python.Processes.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Fetches PyTensor, once for each user, into a virtual environment in {@code ~/.clarion/engines/theano}.
 *
 * <p>One that lies in any of Clarion's folders is used. {@code CLARION_FETCH_THEANO=no} refuses: then nothing is fetched, and what was
 * fetched earlier is not used either.
 */
public final class LibraryFetch {
    private static final long NEEDED = 600_000_000L;
    private static final String NAME = "theano";
    private static final String PYTHON = "python3";
    private static final Set<String> NO = Set.of("no", "n", "false", "off", "0");
    /** The minor versions of Python 3 for which the requirements have wheels. */
    private static final int OLDEST = 11;
    private static final int NEWEST = 14;

    private final List<Path> homes;
    private final Map<String, String> environment;
    private final PrintStream log;

    /**
     * Makes a fetch that says what it does.
     *
     * @param homes Clarion's folders: into the first goes what is fetched, in all of them it is looked for
     */
    public LibraryFetch(List<Path> homes, Map<String, String> environment, PrintStream log) {
        this.homes = homes.stream().map(Path::toAbsolutePath).toList();
        this.environment = environment;
        this.log = log;
    }

    private static Path python(Path folder) {
        Path here = folder.resolve("bin").resolve("python");
        return Files.exists(here) ? here : folder.resolve("Scripts").resolve("python.exe");
    }

    /** Returns the Python that was fetched earlier; empty if there is none, or the user refuses it. */
    Optional<String> installed() {
        return isRefused() ? Optional.empty() : homes.stream().map(home -> python(home.resolve("engines").resolve(NAME))).filter(Files::exists)
                .map(Path::toString).findFirst();
    }

    private boolean isRefused() {
        return NO.contains(environment.getOrDefault("CLARION_FETCH_THEANO", "").strip().toLowerCase(Locale.ROOT));
    }

    /** Returns why a Python cannot get a library, and what would do, as the end of a sentence; empty if it can. */
    Optional<String> obstacle(Python.Found python) {
        if (isRefused()) {
            return Optional.of("CLARION_FETCH_THEANO says that none is to be fetched: install one of them (python3 -m pip install pytensor)");
        }
        String[] version = python.version().split("\\.");
        boolean hasWheels = version[0].equals("3") && Integer.parseInt(version[1]) >= OLDEST && Integer.parseInt(version[1]) <= NEWEST;
        return hasWheels ? Optional.empty() : Optional.of("is Python " + python.version() + ", where Clarion can fetch one for 3." + OLDEST + " to 3." + NEWEST
                + ": install one of them, or name another Python in CLARION_THEANO=python,module");
    }

    /**
     * Fetches the library; takes a minute, most of it of the network.
     *
     * @throws IOException if it cannot be had, with what was missing
     */
    public Python fetch() throws IOException, InterruptedException {
        Path engines = Files.createDirectories(homes.getFirst().resolve("engines"));
        long free = Files.getFileStore(engines).getUsableSpace();
        if (free < NEEDED) {
            throw new IOException(String.format(Locale.ROOT, "%d MB are needed in %s, where %d MB are free: make space, or set CLARION_HOME",
                    NEEDED / 1_000_000, engines, free / 1_000_000));
        }
        log.println(String.format(Locale.ROOT, """
                python3 has none of Theano, Aesara and PyTensor. Clarion now fetches PyTensor, NumPy and SciPy, about 60 MB, with pip
                into %s, once; there they take 240 MB.
                To refuse, stop this now, and set the environment variable CLARION_FETCH_THEANO=no.""", engines.resolve(NAME)));
        Path scratch = Files.createTempDirectory(engines, "fetch-");
        var atExit = new Thread(() -> delete(scratch), "clarion theano: scratch folder");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            Path made = made(scratch);
            moveIntoPlace(made, engines.resolve(NAME));
        } finally {
            delete(scratch);
            forget(atExit);
        }
        log.println("PyTensor is installed.");
        String command = python(engines.resolve(NAME)).toString();
        return PythonChoice.look(command, PythonChoice.MODULES).flatMap(Python.Found::python)
                .orElseThrow(() -> new IOException(command + " cannot be started, or has no PyTensor: remove " + engines.resolve(NAME) + " and try again"));
    }

    /** Makes the environment without pip, which many systems have apart, and has the machine's pip fill it. */
    private Path made(Path scratch) throws IOException, InterruptedException {
        Path folder = scratch.resolve(NAME);
        Path requirements = Files.writeString(scratch.resolve("requirements.txt"), requirements());
        expect(List.of(PYTHON, "-I", "-m", "venv", "--without-pip", folder.toString()), "venv", said -> { });
        Result packages = expect(List.of(python(folder).toString(), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"),
                "Python", said -> { });
        expect(List.of(PYTHON, "-I", "-m", "pip", "install", "--no-deps", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
                "--no-warn-script-location", "--only-binary", ":all:", "--require-hashes", "--requirement", requirements.toString(),
                "--target", packages.lines().getLast()), "pip", said -> log.println("  " + said));
        return folder;
    }

    private static Result expect(List<String> command, String who, Consumer<String> log) throws IOException, InterruptedException {
        Result result = Processes.run(command, log);
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

    /** Two processes may have fetched at once: the first to come serves both. */
    private static void moveIntoPlace(Path made, Path place) throws IOException {
        if (Files.exists(place) && !Files.exists(python(place))) {
            delete(place); // a folder that somebody has emptied in part is of no use
        }
        try {
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(python(place))) {
                throw e;
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            // What cannot be seen cannot be deleted.
        }
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The program is being stopped, and the hook at work.
        }
    }
}
