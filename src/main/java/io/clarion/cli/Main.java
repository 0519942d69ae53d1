package io.clarion.cli;

import io.clarion.cli.terminal.CliContext;
import io.clarion.cli.terminal.WrongUse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code clarion}. Exit codes: 0 done, 1 failed, be it a check or the work itself, 2 wrong use.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private Main() {}

    public static void main(String[] arguments) {
        quiet("defaultLogLevel", "warn");
        quiet("showThreadName", "false");
        quiet("showLogName", "false");
        System.exit(run(CliContext.ofProcess(Main.class), arguments));
    }

    private static void quiet(String property, String value) {
        String name = "org.slf4j.simpleLogger." + property;
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** Runs a command and returns its exit code. */
    static int run(CliContext context, String... arguments) {
        if (arguments.length > 1 && arguments[0].equals(ChildCommand.NAME)) {
            return new ChildCommand(context).run(Arrays.copyOfRange(arguments, 1, arguments.length));
        }
        if (arguments.length > 0) {
            return commandLine(context).execute(arguments);
        }
        // Without arguments there is nothing to parse, and the first line comes sooner without the parser.
        try {
            return new MainJob(context).run();
        } catch (IOException | RuntimeException e) {
            context.err().println(sentence(e));
            return FAILED;
        }
    }

    static CommandLine commandLine(CliContext context) {
        var root = new Root(context);
        return new CommandLine(root)
                .addSubcommand(new DevicesCommand(context))
                .addSubcommand(new DoctorCommand(context))
                .addSubcommand(new CheckCommand(context))
                .addSubcommand(new TrainCommand(context))
                .addSubcommand(new BenchCommand(context))
                .addSubcommand(new TuneCommand(context))
                .addSubcommand(new TimelineCommand(context))
                .addSubcommand(new CacheCommand(context))
                .addSubcommand(new HelpCommand())
                .addSubcommand(new GenerateCompletion())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(context.out(), true))
                .setErr(new PrintWriter(context.err(), true))
                .setParameterExceptionHandler(Main::wrongUse)
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, root.debug, context));
    }

    private static int wrongUse(ParameterException e, String[] arguments) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println(e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("`" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help` tells how it is used.");
        return WRONG_USE;
    }

    private static int failed(Exception e, boolean debug, CliContext context) {
        context.err().println(sentence(e));
        if (debug) {
            e.printStackTrace(context.err());
        }
        return e instanceof WrongUse ? WRONG_USE : FAILED;
    }

    /** Returns what an exception says in words for a user. */
    static String sentence(Throwable e) {
        return switch (e) {
            case NoSuchFileException f ->
                    f.getFile() + ": " + (f.getReason() != null ? f.getReason() : "there is no such file");
            case AccessDeniedException f -> f.getFile() + ": access is denied";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    /** The options before the subcommand. */
    @Command(name = "clarion", mixinStandardHelpOptions = true, scope = ScopeType.INHERIT,
            versionProvider = Version.class,
            description = {"The Keras backend API for the JVM, on any OpenCL device.",
                    "Without a command: lists the devices, checks them, trains a small net and shows what it has learned."},
            footer = {"", "CLARION_DEVICE names the device to use, KERAS_BACKEND the engine.",
                    "Exit codes: 0 done, 1 failed, 2 wrong use."})
    static final class Root implements Callable<Integer> {
        private final CliContext context;

        @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
        private boolean debug;

        Root(CliContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            return new MainJob(context).run();
        }
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"clarion " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
