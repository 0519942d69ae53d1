package io.clarion.tensor;

/**
 * Values as a function can be given them: on the host, of all elements or of those of a matrix that are not 0, or where
 * a device has them.
 */
public sealed interface Value permits NDArray, SparseArray, DeviceArray {
    DType dtype();

    Shape shape();
}
