package io.clarion.opencl.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
