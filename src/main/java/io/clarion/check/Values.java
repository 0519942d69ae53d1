package io.clarion.check;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Arrays of random numbers, as the programs that {@code clarion check --random} prints name them. */
public final class Values {
    private Values() {}

    /**
     * Returns numbers from {@code low} to {@code high}, whole ones for integers, 0 and 1 for bools: a function of the
     * arguments alone.
     */
    public static NDArray of(DType dtype, long seed, double low, double high, int... shape) {
        var random = new SplittableRandom(seed);
        double[] values = new double[Shape.of(shape).elements()];
        Arrays.setAll(values, i -> switch (dtype) {
            case BOOL -> random.nextInt(2);
            case UINT8, INT32, INT64 -> random.nextLong((long) low, (long) high + 1);
            case FLOAT16, FLOAT32, FLOAT64 -> low + (high - low) * random.nextDouble();
        });
        return NDArray.of(dtype, values, shape);
    }

    /** Returns the same, with 0 in two of three places. */
    public static NDArray sparse(DType dtype, long seed, double low, double high, int... shape) {
        NDArray values = of(dtype, seed, low, high, shape);
        var random = new SplittableRandom(~seed);
        for (int i = 0; i < values.elements(); i++) {
            if (random.nextInt(3) > 0) {
                values.set(i, 0);
            }
        }
        return values;
    }
}
