package io.clarion.opencl.driver;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntSupplier;

/**
 * A thread with room for a compiler. Intel's CPU runtime and others run LLVM in the thread that calls, some of whose
 * passes recurse over the blocks of a kernel: with the megabyte that Java gives a thread, a long kernel ended the
 * process.
 */
final class DeepStack {
    private static final long BYTES = 64L << 20;

    private DeepStack() {}

    /** Returns what {@code call} gives; an interruption is kept for later. */
    static int call(IntSupplier call) {
        var task = new FutureTask<>(() -> EndOfJvm.heldBack(call));
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
