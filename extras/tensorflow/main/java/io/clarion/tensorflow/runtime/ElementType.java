package io.clarion.tensorflow.runtime;

import io.clarion.tensor.DType;

/** The types of TensorFlow's that the engine uses, by their numbers in {@code TF_DataType}. */
public enum ElementType {
    FLOAT(1), DOUBLE(2), INT32(3), UINT8(4), INT64(9), BOOL(10), HALF(19), RESOURCE(20), VARIANT(21), UINT32(22),
    UINT64(23);

    private final int code;

    ElementType(int code) {
        this.code = code;
    }

    /** Returns the number that the C API calls this type by. */
    int code() {
        return code;
    }

    /** Returns the type in which variables, inputs and outputs of {@code dtype} are kept. */
    public static ElementType stored(DType dtype) {
        return switch (dtype) {
            case BOOL -> BOOL;
            case UINT8 -> UINT8;
            case INT32 -> INT32;
            case INT64 -> INT64;
            case FLOAT16 -> HALF;
            case FLOAT32 -> FLOAT;
            case FLOAT64 -> DOUBLE;
        };
    }

    /** Returns the type in which {@code dtype} is computed: float16 in single precision, as on every engine. */
    public static ElementType computed(DType dtype) {
        return dtype == DType.FLOAT16 ? FLOAT : stored(dtype);
    }
}
