package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TFE_ContextAddFunction;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_ContextListDevices;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_ContextRemoveFunction;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_DeleteContext;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_DeleteContextOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewContext;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewContextOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteFunction;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListMemoryBytes;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_Version;

import io.clarion.engine.DeviceFailure;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Function;

/**
 * Runs operations and functions at once, and holds variables: what {@code tf.function} of TensorFlow 2 runs in. Unlike
 * a session it forgets functions that are not needed any more, and all functions share the variables. Thread-safe.
 */
public final class EagerContext implements AutoCloseable {
    private final TFE_Context context;
    /** Read by what uses the context, written by its end. */
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private volatile boolean isOpen = true;

    private EagerContext(TFE_Context context) {
        this.context = context;
    }

    /** A device that TensorFlow has found; {@code type} is "CPU" or "GPU", {@code memory} is in bytes. */
    public record FoundDevice(String name, String type, long memory) {}

    /**
     * Opens a context, for which TensorFlow's libraries are loaded; that takes seconds, and unpacks them the first
     * time.
     */
    public static EagerContext open() {
        TFE_ContextOptions options = TFE_NewContextOptions();
        try (Status status = new Status()) {
            TFE_Context context = TFE_NewContext(options, status.pointer());
            status.check("TensorFlow could not be started");
            return new EagerContext(context);
        } finally {
            TFE_DeleteContextOptions(options);
        }
    }

    /** Returns the version of TensorFlow, such as "2.18.0". */
    public static String version() {
        return TF_Version().getString();
    }

    /** Returns the context, which stays open until {@link #leave}, by the same thread. */
    TFE_Context enter() {
        use.readLock().lock();
        if (!isOpen) {
            use.readLock().unlock();
            throw new DeviceFailure("TensorFlow's context has been closed");
        }
        return context;
    }

    void leave() {
        use.readLock().unlock();
    }

    /** Does something if the context is open, which stays so meanwhile. */
    void ifOpen(Runnable action) {
        use.readLock().lock();
        try {
            if (isOpen) {
                action.run();
            }
        } finally {
            use.readLock().unlock();
        }
    }

    /** Returns the devices that TensorFlow has here. */
    public List<FoundDevice> devices() {
        TFE_Context open = enter();
        try (Status status = new Status()) {
            TF_DeviceList list = TFE_ContextListDevices(open, status.pointer());
            status.check("TensorFlow's devices could not be listed");
            try {
                return IntStream.range(0, TF_DeviceListCount(list))
                        .mapToObj(i -> new FoundDevice(TF_DeviceListName(list, i, status.pointer()).getString(),
                                TF_DeviceListType(list, i, status.pointer()).getString(),
                                TF_DeviceListMemoryBytes(list, i, status.pointer())))
                        .toList();
            } finally {
                TF_DeleteDeviceList(list);
            }
        } finally {
            leave();
        }
    }

    /** Returns a call of an operation or function on a device. */
    public EagerCall call(String name, String device) {
        return new EagerCall(this, name, device);
    }

    /** Adds a function, under the name that it was built with. */
    void add(TF_Function function) {
        try (Status status = new Status()) {
            TFE_Context open = enter();
            try {
                TFE_ContextAddFunction(open, function, status.pointer());
                status.check("a function could not be added");
            } finally {
                leave();
            }
        } finally {
            TF_DeleteFunction(function);
        }
    }

    /** Returns whether the context has not been closed. */
    public boolean isOpen() {
        return isOpen;
    }

    /** Forgets a function, if the context is open. */
    public void remove(String function) {
        ifOpen(() -> {
            try (Status status = new Status()) {
                TFE_ContextRemoveFunction(context, function, status.pointer());
                status.check("function " + function + " could not be removed");
            }
        });
    }

    /** Waits for what uses the context, then frees it. */
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (isOpen) {
                isOpen = false;
                TFE_DeleteContext(context);
            }
        } finally {
            use.writeLock().unlock();
        }
    }
}
