package io.clarion.device;

import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;

/**
 * How far an element may be from the reference: {@code steps} units in the last place, of its dtype, of its magnitude.
 *
 * <p>The rule for all tests of this module: steps is the number of rounded operations in the longest chain that leads
 * to the element, of which a sum of n products has n; a scalar function counts as {@link #FUNCTION}. The magnitude is
 * the element itself, or what its terms' magnitudes add up to where the element is a sum. Integers, bools, NaN,
 * infinities and whatever only moves or chooses elements are exact: no steps.
 *
 * @param magnitude a tensor of the element's shape, computed by the reference engine; null for the element itself
 * @param overall   whether the largest magnitude of all elements counts for each
 */
record Tolerance(double steps, Tensor magnitude, boolean overall) {
    /** What OpenCL allows its least exact function of those that are used, pow (OpenCL 1.2, section 7.4). */
    static final double FUNCTION = 16;

    static final Tolerance EXACT = new Tolerance(0, null, false);

    /** For one scalar function of exact arguments. */
    static Tolerance function() {
        return new Tolerance(FUNCTION, null, false);
    }

    /** For a product or quotient of {@code factors} numbers. */
    static Tolerance product(double factors) {
        return new Tolerance(factors, null, false);
    }

    /** For sums of {@code terms} terms, the magnitudes of which add up to {@code magnitude}. */
    static Tolerance sum(double terms, Tensor magnitude) {
        return new Tolerance(terms + 1, magnitude, false);
    }

    /**
     * For a composition in which an error may come from any element: {@code functions} of sums of {@code terms} terms.
     */
    static Tolerance composed(double functions, double terms) {
        return new Tolerance(FUNCTION * functions * Math.max(1, terms), null, true);
    }

    /** Returns whether {@code got} is near enough. */
    boolean allows(DType dtype, double want, double got, double magnitude) {
        return Double.compare(want, got) == 0 || want == got
                || Double.isFinite(want) && Math.abs(want - got) <= bound(dtype, magnitude);
    }

    /**
     * Returns how far an element of a dtype may be. A float16 is computed in float32 and rounded once, where it is no
     * composition; a float32 below the normal ones may count as 0.
     */
    double bound(DType dtype, double magnitude) {
        return steps == 0 ? 0 : switch (dtype) {
            case BOOL, UINT8, INT32, INT64 -> 0;
            case FLOAT16 -> overall ? steps * dtype.ulp(magnitude)
                    : dtype.ulp(magnitude) + steps * DType.FLOAT32.ulp(magnitude);
            case FLOAT32 -> steps * dtype.ulp(magnitude) + Float.MIN_NORMAL;
            case FLOAT64 -> steps * dtype.ulp(magnitude);
        };
    }
}
