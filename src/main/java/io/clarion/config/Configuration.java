package io.clarion.config;

import io.clarion.DimOrdering;
import io.clarion.tensor.DType;

/**
 * The settings of {@code keras.json}.
 *
 * @param floatx           the type of floating-point tensors where none is given
 * @param epsilon          the fuzz factor, greater than 0
 * @param backend          the name of the engine
 * @param imageDimOrdering where channels stand where nothing is given
 */
public record Configuration(DType floatx, double epsilon, String backend, DimOrdering imageDimOrdering) {
    /** What holds where nobody chose. */
    public static final Configuration DEFAULTS = new Configuration(DType.FLOAT32, 1e-7, "opencl", DimOrdering.TF);

    public Configuration {
        if (!floatx.isFloating()) {
            throw new IllegalArgumentException(
                    "floatx cannot be " + floatx.word() + "; float16, float32 and float64 are possible");
        }
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("epsilon cannot be " + epsilon + "; a number greater than 0 would do");
        }
    }

    public Configuration withFloatx(DType floatx) {
        return new Configuration(floatx, epsilon, backend, imageDimOrdering);
    }

    public Configuration withEpsilon(double epsilon) {
        return new Configuration(floatx, epsilon, backend, imageDimOrdering);
    }

    public Configuration withImageDimOrdering(DimOrdering ordering) {
        return new Configuration(floatx, epsilon, backend, ordering);
    }

    /** Returns the floating-point type of that word. */
    public static DType floatx(String word) {
        return switch (word) {
            case "float16", "float32", "float64" -> DType.of(word);
            default -> throw new IllegalArgumentException(
                    "floatx \"" + word + "\" is not one of \"float16\", \"float32\", \"float64\"");
        };
    }
}
