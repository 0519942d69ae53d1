package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DeepStackTest {
    private static final int DEEP = 100_000;

    private static int depth(int n) {
        return n == 0 ? 0 : 1 + depth(n - 1);
    }

    @Test
    void thereIsRoomForDeepRecursion() throws InterruptedException {
        boolean[] overflowed = {false};
        Thread shallow = new Thread(null, () -> {
            try {
                depth(DEEP);
            } catch (StackOverflowError e) {
                overflowed[0] = true;
            }
        }, "shallow", 1 << 20);
        shallow.start();
        shallow.join();
        assertTrue(overflowed[0], "a megabyte is enough for this, which then shows nothing");
        assertEquals(DEEP, DeepStack.call(() -> depth(DEEP)));
    }

    @Test
    void anInterruptionIsKeptForLater() {
        Thread.currentThread().interrupt();
        assertEquals(7, DeepStack.call(() -> 7));
        assertTrue(Thread.interrupted());
    }

    @Test
    void anErrorIsToldToTheCaller() {
        var cause = new UnsupportedOperationException("no compiler");
        var e = assertThrows(IllegalStateException.class, () -> DeepStack.call(() -> {
            throw cause;
        }));
        assertSame(cause, e.getCause());
    }

    /** Ends while a call is under way, which goes on for a while after the end has begun. */
    static final class Ending {
        private Ending() {}

        public static void main(String[] arguments) throws InterruptedException {
            var begun = new CountDownLatch(1);
            var ending = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
            Thread.ofPlatform().daemon().start(() -> DeepStack.call(() -> {
                begun.countDown();
                try {
                    ending.await();
                } catch (InterruptedException e) {
                    return 1;
                }
                for (long end = System.nanoTime() + 200_000_000; System.nanoTime() < end;) {
                    Thread.onSpinWait();
                }
                System.out.println("done");
                return 0;
            }));
            begun.await();
            System.exit(0);
        }
    }

    @Test
    void theEndOfTheJvmWaitsForTheCompiler() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                Ending.class.getName()).redirectErrorStream(true).start();
        assertEquals("done", new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        assertEquals(0, child.waitFor());
    }
}
