package io.clarion.graph;

import io.clarion.tensor.DType;
import java.util.function.Supplier;

/**
 * The floating-point type where none is given: what integers become where they meet a fraction. {@code K} says which.
 */
public final class Floatx {
    private static volatile Supplier<DType> chosen = () -> DType.FLOAT32;

    private Floatx() {}

    /** Returns the type; float32 unless someone said otherwise. */
    public static DType get() {
        return chosen.get();
    }

    /** From now on {@code type} tells, asked each time. */
    public static void follow(Supplier<DType> type) {
        chosen = type;
    }
}
