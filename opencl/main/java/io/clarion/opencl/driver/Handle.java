package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.Codes;
import java.lang.ref.Cleaner;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one native object: freed by {@link #close()}, by its context's close, or, with a warning, by the garbage
 * collector. The warning tells where the handle was made when {@code -Dclarion.check} or {@code CLARION_CHECK} is set.
 */
abstract sealed class Handle implements AutoCloseable permits Buffer, Context, Event, Kernel, Program, Queue {
    private static final Logger LOG = LoggerFactory.getLogger(Handle.class);
    private static final Cleaner CLEANER = Cleaner.create();
    private static final boolean TRACED = System.getProperty("clarion.check") != null
            || System.getenv("CLARION_CHECK") != null;

    private final Release release;
    private final Cleaner.Cleanable cleanable;

    /**
     * Makes the handle of a native object.
     *
     * @param what    the words for messages, such as {@code "buffer of 12 bytes on pocl:0"}
     * @param owned   where the owner keeps what it has to close; the handle leaves it when freed
     * @param freeing the native call that frees, returning OpenCL's code; must not refer to this handle
     */
    Handle(String what, Set<Release> owned, IntSupplier freeing) {
        release = new Release(getClass().getSimpleName(), what, owned, freeing);
        cleanable = CLEANER.register(this, release::leaked);
    }

    /** Returns whether the native object is gone. */
    public final boolean isClosed() {
        return release.done.get();
    }

    /** Frees the native object; a second call does nothing. */
    @Override
    public void close() {
        release.free();
        cleanable.clean();
    }

    /** Throws where the handle was closed: a driver would crash the process on it. */
    final void alive() {
        if (release.done.get()) {
            throw new IllegalStateException(release.what + " is closed");
        }
    }

    @Override
    public String toString() {
        return isClosed() ? release.what + " (closed)" : release.what;
    }

    /** The release of a native object, without a reference to its handle. */
    static final class Release {
        private final String kind;
        private final String what;
        private final Set<Release> owned;
        private final IntSupplier freeing;
        private final Throwable made = TRACED ? new Throwable("made here") : null;
        private final AtomicBoolean done = new AtomicBoolean();

        Release(String kind, String what, Set<Release> owned, IntSupplier freeing) {
            this.kind = kind;
            this.what = what;
            this.owned = owned;
            this.freeing = freeing;
            Handles.made(kind);
            owned.add(this);
        }

        /** Frees once; true for the call that did. */
        boolean free() {
            if (!done.compareAndSet(false, true)) {
                return false;
            }
            owned.remove(this);
            int code = freeing.getAsInt();
            Handles.freed(kind);
            if (code != 0) {
                LOG.warn("{}: freeing it failed with {}", what, Codes.name(code));
            }
            return true;
        }

        private void leaked() {
            if (free()) {
                Handles.leakedOne();
                LOG.warn("{} was never closed{}", what,
                        TRACED ? "" : "; set CLARION_CHECK=1 to see where it was made", made);
            }
        }
    }
}
