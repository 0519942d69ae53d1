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

import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Function;

/**
 * Runs operations and functions at once, and holds variables: what {@code tf.function} of TensorFlow 2 runs in. Unlike a session it forgets
 * functions that are not needed any more, and all functions share the variables. Thread-safe.
 */
public final class EagerContext implements AutoCloseable {
    private final TFE_Context context;
    private volatile boolean isOpen = true;

    private EagerContext(TFE_Context context) {
        this.context = context;
    }

    /** A device that TensorFlow has found; {@code type} is "CPU" or "GPU", {@code memory} is in bytes. */
    public record FoundDevice(String name, String type, long memory) {}

    /** Opens a context, for which TensorFlow's libraries are loaded; that takes seconds, and unpacks them the first time. */
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

    /** Returns the devices that TensorFlow has here. */
    public List<FoundDevice> devices() {
        try (Status status = new Status()) {
            TF_DeviceList list = TFE_ContextListDevices(context, status.pointer());
            status.check("TensorFlow's devices could not be listed");
            try {
                return IntStream.range(0, TF_DeviceListCount(list)).mapToObj(i -> new FoundDevice(TF_DeviceListName(list, i, status.pointer()).getString(),
                        TF_DeviceListType(list, i, status.pointer()).getString(), TF_DeviceListMemoryBytes(list, i, status.pointer()))).toList();
            } finally {
                TF_DeleteDeviceList(list);
            }
        }
    }

    /** Returns a call of an operation or function on a device. */
    public EagerCall call(String name, String device) {
        return new EagerCall(context, name, device);
    }

    /** Adds a function, under the name that it was built with. */
    void add(TF_Function function) {
        try (Status status = new Status()) {
            TFE_ContextAddFunction(context, function, status.pointer());
            status.check("a function could not be added");
        } finally {
            TF_DeleteFunction(function);
        }
    }

    /** Returns whether the context has not been closed. */
    public boolean isOpen() {
        return isOpen;
    }

    /** Forgets a function, if the context is open. */
    public synchronized void remove(String function) {
        if (!isOpen) {
            return;
        }
        try (Status status = new Status()) {
            TFE_ContextRemoveFunction(context, function, status.pointer());
            status.check("function " + function + " could not be removed");
        }
    }

    @Override
    public synchronized void close() {
        if (isOpen) {
            isOpen = false;
            TFE_DeleteContext(context);
        }
    }
}
