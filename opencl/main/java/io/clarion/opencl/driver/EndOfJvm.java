package io.clarion.opencl.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;
import org.jocl.CL;
import org.jocl.cl_command_queue;

/**
 * Has the end of the JVM wait for drivers. libc takes their compilers apart then, and one at work would crash the
 * process: in a build, or in a thread of the driver's own where a kernel is compiled when it is first run (rusticl,
 * PoCL).
 */
final class EndOfJvm {
    /** Seconds for which the end waits for calls, and after them for queues. */
    private static final int LONGEST_END = 30;
    /** Seconds for which a call waits for the end, as another shutdown hook may need it. */
    private static final int LONGEST_WAIT = 10;

    /** Read by calls, written by the end. */
    private static final ReentrantReadWriteLock ENDING = new ReentrantReadWriteLock(true);
    private static final Set<cl_command_queue> QUEUES = new HashSet<>();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(EndOfJvm::await, "clarion drivers end"));
        } catch (IllegalStateException e) {
            // The JVM is ending, and waits for nobody any more.
        }
    }

    private EndOfJvm() {}

    /** Returns what a call gives that compiles, or that has a queue compile. */
    static int heldBack(IntSupplier call) {
        boolean held = locked(ENDING.readLock(), LONGEST_WAIT);
        try {
            return call.getAsInt();
        } finally {
            if (held) {
                ENDING.readLock().unlock();
            }
        }
    }

    /** Has the end wait for what is in a queue. */
    static void opened(cl_command_queue queue) {
        synchronized (QUEUES) {
            QUEUES.add(queue);
        }
    }

    /** Says that a queue is about to be released. */
    static void closing(cl_command_queue queue) {
        synchronized (QUEUES) {
            QUEUES.remove(queue);
        }
    }

    private static void await() {
        locked(ENDING.writeLock(), LONGEST_END);
        List<Thread> waiting = open().stream()
                .map(queue -> Thread.ofPlatform().daemon().start(() -> CL.clFinish(queue))).toList();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_END);
        try {
            for (Thread thread : waiting) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the queues that are open, which stay until the process is gone. */
    private static List<cl_command_queue> open() {
        synchronized (QUEUES) {
            QUEUES.forEach(CL::clRetainCommandQueue);
            return new ArrayList<>(QUEUES);
        }
    }

    private static boolean locked(Lock lock, int seconds) {
        try {
            return lock.tryLock(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
