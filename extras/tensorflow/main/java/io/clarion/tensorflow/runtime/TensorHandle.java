package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TFE_DeleteTensorHandle;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_NewTensorHandle;
import static org.tensorflow.internal.c_api.global.tensorflow.TFE_TensorHandleResolve;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteTensor;

import io.clarion.tensor.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.internal.c_api.TFE_TensorHandle;
import org.tensorflow.internal.c_api.TF_Tensor;

/** Holds a value of an eager context: a tensor, or the name of a variable. */
public final class TensorHandle implements AutoCloseable {
    private final TFE_TensorHandle handle;

    TensorHandle(TFE_TensorHandle handle) {
        this.handle = handle;
    }

    /** Returns a handle of a copy of {@code array}. */
    public static TensorHandle of(NDArray array) {
        return owning(HostTensors.of(array));
    }

    /** Returns a handle of a vector of uint64 numbers. */
    public static TensorHandle ofUnsigned(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(numbers);
        return owning(HostTensors.of(ElementType.UINT64, new int[] {numbers.length}, bytes));
    }

    private static TensorHandle owning(TF_Tensor tensor) {
        try (Status status = new Status()) {
            TFE_TensorHandle handle = TFE_NewTensorHandle(tensor, status.pointer());
            status.check("an array could not be given to TensorFlow");
            return new TensorHandle(handle);
        } finally {
            TF_DeleteTensor(tensor);
        }
    }

    /** Returns the pointer to give to the C API. */
    TFE_TensorHandle pointer() {
        return handle;
    }

    /** Waits for the value and copies it to {@code into}, which has its type and shape. */
    public void read(NDArray into) {
        try (Status status = new Status()) {
            TF_Tensor tensor = TFE_TensorHandleResolve(handle, status.pointer());
            status.checkAfterUpdates("a result could not be read");
            try {
                HostTensors.read(tensor, into);
            } finally {
                TF_DeleteTensor(tensor);
            }
        }
    }

    @Override
    public void close() {
        TFE_DeleteTensorHandle(handle);
    }
}
