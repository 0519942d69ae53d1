package io.clarion.tensorflow.runtime;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_AllocateTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorData;

import io.clarion.tensor.NDArray;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.internal.c_api.TF_Tensor;

/**
 * Copies arrays to tensors in memory of TensorFlow's, and back.
 *
 * <p>Inputs are not used in place: an assignment lets a variable share the memory of the value, so it has to belong to
 * TensorFlow.
 */
final class HostTensors {
    private HostTensors() {}

    /** Returns a tensor with the values of {@code array}, which the caller deletes. */
    static TF_Tensor of(NDArray array) {
        return of(ElementType.stored(array.dtype()), array.shape().sizes(), array.bytes());
    }

    /** Returns a tensor with the given bytes, which the caller deletes. */
    static TF_Tensor of(ElementType type, int[] shape, ByteBuffer bytes) {
        TF_Tensor tensor = TF_AllocateTensor(type.code(), longs(shape), shape.length, bytes.remaining());
        if (bytes.hasRemaining()) {
            memory(tensor, bytes.remaining()).put(bytes);
        }
        return tensor;
    }

    /** Copies the values of {@code tensor} to {@code into}, which has its type and size. */
    static void read(TF_Tensor tensor, NDArray into) {
        ByteBuffer bytes = into.bytes();
        if (bytes.hasRemaining()) {
            bytes.put(memory(tensor, bytes.remaining()));
        }
    }

    private static ByteBuffer memory(TF_Tensor tensor, int bytes) {
        Pointer data = TF_TensorData(tensor);
        return data.limit(bytes).asByteBuffer();
    }

    /** Returns the sizes as the C API takes them. */
    static long[] longs(int[] sizes) {
        return Arrays.stream(sizes).asLongStream().toArray();
    }
}
