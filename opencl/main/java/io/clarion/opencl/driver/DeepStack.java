package io.clarion.opencl.driver;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntSupplier;

/**
 * A thread with room for a compiler. Intel's CPU runtime and others run LLVM in the thread that calls, some of whose passes
 * recurse over the blocks of a kernel: with the megabyte that Java gives a thread, a long kernel ended the process.
 */
final class DeepStack {
    private static final long BYTES = 64L << 20;

    /** Seconds for which the end of the JVM waits for a call, and a call for the end of the JVM. */
    private static final int LONGEST_END = 30;
    private static final int LONGEST_WAIT = 10;
    /** Read by calls, written by the end of the JVM: libc takes a driver apart then, and a compiler at work would crash. */
    private static final ReentrantReadWriteLock ENDING = new ReentrantReadWriteLock(true);

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> held(ENDING.writeLock(), LONGEST_END), "clarion compilers end"));
        } catch (IllegalStateException e) {
            // The JVM is ending, and waits for nobody any more.
        }
    }

    private DeepStack() {}

    private static boolean held(Lock lock, int seconds) {
        try {
            return lock.tryLock(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Returns what {@code call} gives. Once the JVM ends it waits, though not for ever, as another hook may need it. */
    private static int unlessEnding(IntSupplier call) {
        boolean held = held(ENDING.readLock(), LONGEST_WAIT);
        try {
            return call.getAsInt();
        } finally {
            if (held) {
                ENDING.readLock().unlock();
            }
        }
    }

    /** What {@code call} gives; an interruption is kept for later. */
    static int call(IntSupplier call) {
        var task = new FutureTask<>(() -> unlessEnding(call));
        Thread.ofPlatform().name("clarion compiler").daemon().stackSize(BYTES).start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a driver's compiler failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
