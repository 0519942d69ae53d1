package io.clarion.check.device;

import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;

/**
 * The result of a check; also the line by which a child tells it.
 *
 * @param ulps      the greatest error in ULP; infinite if a number should have been finite, or exact
 * @param relative  the greatest error relative to the number or, where that is smaller, the check's floor
 * @param tolerance the greatest error allowed, in ULP
 * @param error     why there is no result; empty if there is one
 */
public record Verdict(String group, String check, double ulps, double relative, double tolerance, String error) {
    public boolean passed() {
        return error.isEmpty() && ulps <= tolerance;
    }

    public static Verdict failed(String group, Check check, String error) {
        return new Verdict(group, check.name(), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, check.tolerance(),
                error);
    }

    /** Of a result and what it should be; {@code want} has the numbers that {@code shape} has elements. */
    public static Verdict of(String group, Check check, NDArray got, double[] want, Shape shape) {
        if (!got.shape().equals(shape)) {
            return failed(group, check, "the result has shape " + got.shape() + ", not " + shape);
        }
        double ulps = 0;
        double relative = 0;
        for (int i = 0; i < want.length; i++) {
            double difference = difference(got.get(i), want[i]);
            if (difference > 0) {
                double size = Math.max(Math.abs(want[i]), Math.max(check.floor(), Float.MIN_NORMAL));
                ulps = Math.max(ulps,
                        got.dtype().isFloating() ? difference / got.dtype().ulp(size) : Double.POSITIVE_INFINITY);
                relative = Math.max(relative, difference / size);
            }
        }
        return new Verdict(group, check.name(), ulps, relative, check.tolerance(), "");
    }

    /** Returns the worse of two verdicts on one check. */
    Verdict and(Verdict other) {
        return !error.isEmpty() || other.error.isEmpty() && ulps >= other.ulps ? this : other;
    }

    private static double difference(double got, double want) {
        if (Double.isNaN(want) || Double.isInfinite(want)) {
            return Double.compare(got, want) == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        return Double.isNaN(got) ? Double.POSITIVE_INFINITY : Math.abs(got - want);
    }
}
