package io.clarion.cli.terminal;

import io.clarion.engine.DeviceChoice;
import io.clarion.engine.Engine;
import io.clarion.engine.Engines;
import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The context of a command: its output, the engines, and how to run this program again.
 *
 * @param engines  found at the first call
 * @param children how to run this program once more
 */
public record CliContext(PrintStream out, PrintStream err, Supplier<List<Engine>> engines, Children children) {
    /**
     * Returns the context of this process: its streams, and the engines on the class path; children run {@code main}.
     */
    public static CliContext ofProcess(Class<?> main) {
        return new CliContext(System.out, System.err, Engines::all, new ChildProcess(main.getName()));
    }

    /** Prints a line to standard output. */
    public void say(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }

    /** Returns the engine of that name; an {@link IllegalArgumentException} if it is not on the class path. */
    public Engine engine(String name) {
        return engines.get().stream().filter(e -> e.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("engine \"" + name + "\" is not on the class path"));
    }

    /**
     * Returns the engine that says what is right; an {@link IllegalArgumentException} if it is not on the class path.
     */
    public Engine reference() {
        return engines.get().stream().filter(e -> e.role() == Engine.Role.REFERENCE).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the reference engine, which says what is right, is not on the class path"));
    }

    /** Returns every device of every engine, those that cannot be used included. */
    public List<DeviceChoice> devices() {
        return DeviceChoice.all(engines.get());
    }

    /** Returns every usable device, or only the one that {@code idOrPartOfName} names if it is not null. */
    public List<DeviceChoice> usableDevices(String idOrPartOfName) {
        return idOrPartOfName != null ? List.of(WrongUse.in(() -> DeviceChoice.named(idOrPartOfName, engines.get())))
                : devices().stream().filter(c -> c.report().isUsable()).toList();
    }

    /** Returns whether what is printed may hold block characters. */
    public boolean printsBlocks() {
        return out.charset().newEncoder().canEncode('▀');
    }

    /** Returns whether a person is watching at a terminal. */
    public boolean isInteractive() {
        Console console = System.console();
        if (console == null || out != System.out) {
            return false;
        }
        try {
            // From Java 22 on there may be a console without a terminal, and a method to tell.
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
