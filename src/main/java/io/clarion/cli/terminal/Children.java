package io.clarion.cli.terminal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A launcher of programs in processes of their own. */
@FunctionalInterface
public interface Children {
    /** Variables with which a child neither uses nor keeps compiled kernels: Clarion's, and a driver's own. */
    Map<String, String> WITHOUT_CACHES = Map.of("CLARION_CACHE", "off", "POCL_KERNEL_CACHE", "0");

    /**
     * Runs one to the end, or for {@code limit}; gives each line of its standard output as it comes, from another
     * thread.
     *
     * @param environment variables that it has besides, or in place of, this process's
     */
    End run(List<String> arguments, Map<String, String> environment, Duration limit, Consumer<String> line);

    /** Like the other, with this process's environment. */
    default End run(List<String> arguments, Duration limit, Consumer<String> line) {
        return run(arguments, Map.of(), limit, line);
    }

    /** The end of a child process. */
    sealed interface End {
        /** The names of the signals that end a process, as exit codes less 128. */
        Map<Integer, String> SIGNALS = Map.of(4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11,
                "SIGSEGV", 15, "SIGTERM");

        /** As it should. */
        record Done() implements End {}

        /** With another exit code than 0; {@code lastWords} is the end of its standard error. */
        record Crashed(int exitCode, String lastWords) implements End {}

        /** Not within its time: it was ended. */
        record Hung(Duration limit) implements End {}

        /** For people: "crashed (exit code 134, SIGABRT)". */
        default String describe() {
            return switch (this) {
                case Done() -> "done";
                case Crashed(int code, String words) -> "crashed (exit code " + code
                        + (SIGNALS.containsKey(code - 128) ? ", " + SIGNALS.get(code - 128) : "") + ")";
                case Hung(Duration limit) -> "hung (no end within " + limit.toSeconds() + " s)";
            };
        }
    }
}
