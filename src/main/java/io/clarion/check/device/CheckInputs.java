package io.clarion.check.device;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.SplittableRandom;

/** Numbers to check with: the same each time. */
final class CheckInputs {
    private CheckInputs() {}

    /** Float32 numbers, uniform from {@code low} to before {@code high}. */
    static NDArray uniform(long seed, double low, double high, int... shape) {
        return uniform(DType.FLOAT32, seed, low, high, shape);
    }

    /** Returns numbers of any type, uniform from {@code low} to before {@code high}. */
    static NDArray uniform(DType dtype, long seed, double low, double high, int... shape) {
        NDArray a = NDArray.zeros(dtype, Shape.of(shape));
        var random = new SplittableRandom(seed);
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, random.nextDouble(low, high));
        }
        return a;
    }

    /** Multiples of 1/8 from {@code low} to {@code high}, so that some of them are equal. */
    static NDArray eighths(DType dtype, long seed, double low, double high, int... shape) {
        NDArray a = NDArray.zeros(dtype, Shape.of(shape));
        var random = new SplittableRandom(seed);
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, Math.rint(random.nextDouble(low, high) * 8) / 8);
        }
        return a;
    }

    /** Integers from {@code low} to before {@code high}. */
    static NDArray integers(long seed, int low, int high, int... shape) {
        NDArray a = NDArray.zeros(DType.INT32, Shape.of(shape));
        var random = new SplittableRandom(seed);
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, random.nextInt(low, high));
        }
        return a;
    }

    /** Truth values, as many of one kind as of the other. */
    static NDArray bools(long seed, int... shape) {
        NDArray a = NDArray.zeros(DType.BOOL, Shape.of(shape));
        var random = new SplittableRandom(seed);
        for (int i = 0; i < a.elements(); i++) {
            a.set(i, random.nextInt(2));
        }
        return a;
    }
}
