package io.clarion.graph;

/**
 * The device on which tensors are to be computed that a thread makes until this is closed. Scopes may be nested; the
 * innermost holds.
 */
public final class DeviceScope implements AutoCloseable {
    private static final ThreadLocal<String> NOW = new ThreadLocal<>();
    private final Thread thread = Thread.currentThread();
    private final String outer;

    private DeviceScope(String outer) {
        this.outer = outer;
    }

    /** Returns a scope of the device with this id; null leaves it open. */
    public static DeviceScope of(String device) {
        var scope = new DeviceScope(NOW.get());
        NOW.set(device);
        return scope;
    }

    /** Returns the device for tensors made now; null if none is named. */
    static String now() {
        return NOW.get();
    }

    /** What was named before holds again. */
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "a device's scope has to be closed by the thread that opened it, " + thread.getName()
                            + ", not by " + Thread.currentThread().getName());
        }
        NOW.set(outer);
    }
}
