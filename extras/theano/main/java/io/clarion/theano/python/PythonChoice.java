package io.clarion.theano.python;

import io.clarion.config.fetch.ProgramRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the Python that computes: the one that {@code CLARION_THEANO=python,module} names, else {@code python3} if it
 * has one of the libraries, else the one that was fetched, else none, and whether one can be fetched.
 */
public final class PythonChoice {
    /** The libraries, in the order in which they are looked for. */
    public static final List<String> MODULES = List.of("theano", "aesara", "pytensor");

    private static final String PYTHON = "python3";
    /**
     * Prints the version of Python and, if it has any of the modules, the first one's name and version. The current
     * folder holds none of them.
     */
    private static final String LOOK = """
            import sys
            del sys.path[0]
            import importlib.util
            print(".".join(str(n) for n in sys.version_info[:3]))
            for name in sys.argv[1:]:
                if importlib.util.find_spec(name):
                    try:
                        import importlib.metadata
                        version = importlib.metadata.version(name)
                    except Exception:
                        version = ""
                    print(name)
                    print(version)
                    break
            """;

    /** Tells which Python there is to use, if any. */
    public sealed interface Choice {}

    /** A Python with a library. */
    public record Ready(Python python) implements Choice {}

    /** None, but {@code fetch} can get one. */
    public record Fetchable(LibraryFetch fetch) implements Choice {}

    /** None, and why. */
    public record Unusable(String why) implements Choice {}

    private PythonChoice() {}

    /**
     * Finds it.
     *
     * @param wish  what CLARION_THEANO is, if the user has set it
     * @param fetch what fetches a library, or has fetched it
     */
    public static Choice of(Optional<String> wish, LibraryFetch fetch) {
        return of(wish, fetch, PYTHON);
    }

    /**
     * Chooses a Python like {@link #of(Optional, LibraryFetch)}, on a machine whose Python is started by another
     * command.
     */
    static Choice of(Optional<String> wish, LibraryFetch fetch, String python) {
        try {
            return wish.isPresent() ? wished(wish.get()) : found(fetch, python);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Unusable("the search for a Python was interrupted");
        }
    }

    private static Choice wished(String wish) throws InterruptedException {
        List<String> words = List.of(wish.strip().split("\\s*,\\s*", -1));
        if (words.size() != 2 || words.get(0).isEmpty() || !MODULES.contains(words.get(1))) {
            return new Unusable("CLARION_THEANO is \"" + wish
                    + "\"; a Python and a module of it would do, which may be " + String.join(", ", MODULES)
                    + ": CLARION_THEANO=python3,pytensor");
        }
        Optional<Python.Found> there = look(words.get(0), List.of(words.get(1)));
        if (there.isEmpty()) {
            return new Unusable("CLARION_THEANO names " + words.get(0) + ", which is no Python that can be started");
        }
        return there.get().python().<Choice>map(Ready::new)
                .orElseGet(() -> new Unusable("CLARION_THEANO names " + words.get(0)
                        + ", which has no module " + words.get(1) + ": install it there, or name another"));
    }

    private static Choice found(LibraryFetch fetch, String python) throws InterruptedException {
        Optional<Python.Found> machine = look(python, MODULES);
        Optional<Python> ready = machine.flatMap(Python.Found::python)
                .or(() -> fetch.installed().flatMap(PythonChoice::lookUninterrupted));
        if (ready.isPresent()) {
            return new Ready(ready.get());
        }
        if (machine.isEmpty()) {
            return new Unusable("there is no " + python
                    + " on the path: install Python, or name one that has Theano, Aesara or PyTensor, "
                    + "as in CLARION_THEANO=/usr/bin/python3,pytensor");
        }
        Optional<String> obstacle = fetch.obstacle(machine.get());
        return obstacle.<Choice>map(
                why -> new Unusable(python + " has none of the modules " + String.join(", ", MODULES) + ", and " + why))
                .orElse(new Fetchable(fetch));
    }

    private static Optional<Python> lookUninterrupted(String command) {
        try {
            return look(command, MODULES).flatMap(Python.Found::python);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Returns what there is of a Python; empty if it cannot be started. */
    static Optional<Python.Found> look(String command, List<String> modules) throws InterruptedException {
        var line = new ArrayList<>(List.of(command, "-c", LOOK));
        line.addAll(modules);
        try {
            ProgramRun result = ProgramRun.of(line, null, said -> {});
            List<String> said = result.lines();
            if (!result.succeeded() || said.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Python.Found(command, said.get(0), said.size() < 3 ? Optional.empty()
                    : Optional.of(new Python(command, said.get(0), said.get(1), said.get(2)))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
