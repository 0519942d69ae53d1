package io.clarion.theano.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clarion.engine.DeviceFailure;
import io.clarion.theano.TestedPython;
import io.clarion.theano.python.Python;
import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process: what it answers when something goes wrong, and how it ends. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class WorkerTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private Worker started(Duration patience) {
        Python python = TestedPython.get();
        return Worker.start(python.command(), python.module(), folder, patience);
    }

    private static void send(Worker worker, ObjectNode message) {
        worker.exchange(message, 0, file -> {}, (answer, file) -> null);
    }

    @Test
    void anExceptionIsAFailureWithPythonsLastLinesAndTheProcessWorksOn() {
        try (Worker worker = started(LONG)) {
            var failure = assertThrows(DeviceFailure.class, () -> send(worker, Worker.message("nonsense")));
            assertTrue(failure.getMessage().startsWith("nonsense failed; Python says:\n"), failure.getMessage());
            assertTrue(failure.getMessage().endsWith("AttributeError: 'Worker' object has no attribute 'do_nonsense'"),
                    failure.getMessage());
            assertTrue(failure.isWithoutEffect());
            send(worker, Worker.message("drop").put("variable", 1));
        }
    }

    @Test
    void aProcessThatIsNotReadyInTimeIsEnded() {
        String told = assertThrows(DeviceFailure.class, () -> started(Duration.ofMillis(50))).getMessage();
        assertTrue(told.startsWith(
                "Theano's process failed: it has not answered hello for 0 s (CLARION_PATIENCE allows more), and was ended"),
                told);
    }

    @Test
    void aProcessThatStopsIsEndedWhenPatienceEnds() throws Exception {
        try (Worker worker = started(Duration.ofSeconds(20))) {
            new ProcessBuilder("kill", "-STOP", Long.toString(worker.pid())).start().waitFor();
            String told = assertThrows(DeviceFailure.class,
                    () -> send(worker, Worker.message("drop").put("variable", 1))).getMessage();
            assertTrue(told.startsWith("Theano's process failed: it has not answered drop for 20 s"), told);
            assertFalse(worker.isAlive());
        }
    }

    @Test
    void aModuleThatIsNotThereIsToldByPython() {
        Python python = TestedPython.get();
        String told = assertThrows(DeviceFailure.class,
                () -> Worker.start(python.command(), "no_such_library", folder, LONG)).getMessage();
        assertTrue(told.contains("No module named 'no_such_library'"), told);
    }

    @Test
    void aPythonThatIsNotThereIsAFailure() {
        String told = assertThrows(DeviceFailure.class, () -> Worker.start("/no/such/python", "pytensor", folder, LONG))
                .getMessage();
        assertTrue(told.startsWith("Theano's process cannot be started: "), told);
    }

    /** The other JVM is killed, so that none of its code can run any more. */
    @Test
    void theProcessEndsWithTheJvmThatStartedItAndLeavesNoFile() throws Exception {
        Python python = TestedPython.get();
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Process other = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")).replace("\n",
                        File.pathSeparator),
                Other.class.getName(), python.command(), python.module(), folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader said = other.inputReader()) {
            ProcessHandle worker = ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            assertTrue(worker.isAlive());
            other.destroyForcibly().waitFor();
            worker.onExit().get(30, TimeUnit.SECONDS);
            try (Stream<Path> left = Files.list(temporary)) {
                assertEquals(List.of(),
                        left.filter(file -> file.getFileName().toString().startsWith("clarion-theano")).toList());
            }
        }
    }

    /** Another JVM, which starts a process, says its number and waits. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws InterruptedException {
            Worker worker = Worker.start(arguments[0], arguments[1], Path.of(arguments[2]), LONG);
            System.out.println(worker.pid());
            Thread.sleep(LONG);
        }
    }
}
