package io.clarion.opencl.driver.fetch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs this program once more, as a child with other environment variables and the same standard streams.
 *
 * <p>For the one case in which a running program cannot see a driver: its ICD loader had already looked for drivers
 * when the driver was fetched.
 */
public final class Relaunch {
    private static final String MARK = "CLARION_RELAUNCHED";

    private Relaunch() {}

    /** Returns whether this process is such a child; it must not relaunch again. */
    public static boolean isRelaunched() {
        return System.getenv(MARK) != null;
    }

    /**
     * Runs the program with its own options and arguments and these variables added, and waits for its end.
     *
     * @return its exit code; 1 if it could not be started, which is said on standard error
     */
    public static int with(Map<String, String> variables) {
        ProcessBuilder builder = new ProcessBuilder(command()).inheritIO();
        builder.environment().putAll(variables);
        builder.environment().put(MARK, "1");
        try {
            Process child = builder.start();
            Thread atExit = new Thread(child::destroy, "clarion relaunched program");
            Runtime.getRuntime().addShutdownHook(atExit);
            return child.waitFor();
        } catch (IOException e) {
            System.err.println("The program could not be started again to use the driver that was fetched ("
                    + e.getMessage() + "): run it again.");
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static List<String> command() {
        ProcessHandle.Info self = ProcessHandle.current().info();
        if (self.command().isPresent() && self.arguments().isPresent()) {
            List<String> command = new ArrayList<>(List.of(self.command().get()));
            command.addAll(List.of(self.arguments().get()));
            return command;
        }
        // Where the system does not tell (Windows), what Java itself remembers; there an argument with a space is
        // split.
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        String program = System.getProperty("sun.java.command", "");
        boolean isJar = program.split(" ")[0].endsWith(".jar");
        command.addAll(isJar ? List.of("-jar") : List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(program.split(" ")));
        return command;
    }
}
