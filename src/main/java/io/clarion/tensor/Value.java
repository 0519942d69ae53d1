package io.clarion.tensor;

/** Values on the host, as a function can be given them: of all elements, or of those of a matrix that are not 0. */
public sealed interface Value permits NDArray, SparseArray {
    DType dtype();

    Shape shape();
}
