package io.clarion.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.cli.terminal.Children.End;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ChildProcessTest {
    private static final Duration AMPLE = Duration.ofSeconds(60);
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    /** What the children do. */
    static final class Program {
        public static void main(String[] arguments) throws InterruptedException, IOException {
            System.out.println("begun");
            switch (arguments[0]) {
                case "well" -> {
                    for (int i = 0; i < 5000; i++) {
                        System.out.println("line " + i);
                    }
                    System.out.println(System.getProperty("clarion.told"));
                }
                case "fail" -> {
                    System.err.println("the last words");
                    Runtime.getRuntime().halt(134);
                }
                case "die" -> {
                    new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
                    Thread.sleep(AMPLE.toMillis());
                }
                default -> new CountDownLatch(1).await();
            }
        }
    }

    private End run(String what, Duration limit) {
        return new ChildProcess(Program.class.getName()).run(List.of(what), limit, lines::add);
    }

    @Test
    void everyLineArrivesAndPropertiesAreHandedOn() {
        System.setProperty("clarion.told", "yes");
        try {
            assertEquals(new End.Done(), run("well", AMPLE));
        } finally {
            System.clearProperty("clarion.told");
        }
        assertEquals(5002, lines.size());
        assertEquals("begun", lines.get(0));
        assertEquals("yes", lines.get(5001));
    }

    @Test
    void aCrashIsToldWithItsLastWords() {
        End end = run("fail", AMPLE);
        assertEquals(new End.Crashed(134, "the last words"), end);
        assertEquals("crashed (exit code 134, SIGABRT)", end.describe());
        assertEquals(List.of("begun"), lines);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeathBySignalIsNamed() {
        assertEquals("crashed (exit code 137, SIGKILL)", run("die", AMPLE).describe());
    }

    @Test
    void aHangIsEndedAfterItsTime() {
        End end = run("hang", Duration.ofSeconds(2));
        assertInstanceOf(End.Hung.class, end);
        assertEquals("hung (no end within 2 s)", end.describe());
        assertTrue(ProcessHandle.current().children()
                .noneMatch(p -> p.info().commandLine().orElse("").contains(Program.class.getName())));
    }
}
