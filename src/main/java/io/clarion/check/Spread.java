package io.clarion.check;

import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.Locale;

/**
 * The range of an array's correct values: the exact value of each element, and how far from it rounding errors took it
 * in the runs so far. An element that was a number in one run and infinite or no number in another may be anything, and
 * so may one of a dtype without fractions that was not the same in all runs.
 */
public final class Spread {
    /** How much further than in the runs an element may be. */
    private static final double FACTOR = 6;
    /** Units in the last place by which any element may be off. */
    private static final double UNITS = 2;
    /** A relative error above which an element says nothing. */
    private static final double ILL = 0.05;

    private final NDArray exact;
    private final double[] farthest;

    /** Makes a spread of an array whose exact value is known, before any run. */
    public Spread(NDArray exact) {
        this.exact = exact;
        this.farthest = new double[exact.elements()];
    }

    /** Takes a further run with rounding errors. */
    public void widen(NDArray run) {
        for (int i = 0; i < farthest.length; i++) {
            double want = exact.get(i);
            double got = run.get(i);
            farthest[i] = Math.max(farthest[i], same(want, got) ? 0
                    : Double.isFinite(want) && Double.isFinite(got) ? Math.abs(want - got) : Double.POSITIVE_INFINITY);
        }
    }

    private static boolean same(double a, double b) {
        return a == b || Double.isNaN(a) && Double.isNaN(b);
    }

    private double bound(int i) {
        DType type = exact.dtype();
        if (!type.isFloating()) {
            return farthest[i] > 0 ? Double.POSITIVE_INFINITY : 0;
        }
        double want = Double.isFinite(exact.get(i)) ? exact.get(i) : 0;
        return FACTOR * farthest[i] + UNITS * type.ulp(want) + (type == DType.FLOAT32 ? Float.MIN_NORMAL : 0);
    }

    /** Returns the elements of which nothing can be said. */
    int ill() {
        double mean = Arrays.stream(exact.toDoubles()).filter(Double::isFinite).map(Math::abs).average().orElse(0);
        int ill = 0;
        for (int i = 0; i < farthest.length; i++) {
            ill += farthest[i] > 0 && !(bound(i) <= ILL * (Math.abs(exact.get(i)) + mean)) ? 1 : 0;
        }
        return ill;
    }

    int elements() {
        return farthest.length;
    }

    /** Returns what is wrong with an array; null if nothing is. */
    public String wrong(NDArray got) {
        if (!got.shape().equals(exact.shape()) || got.dtype() != exact.dtype()) {
            return "is " + got.dtype().word() + got.shape() + ", not " + exact.dtype().word() + exact.shape();
        }
        int bad = 0;
        int worst = -1;
        for (int i = 0; i < farthest.length; i++) {
            boolean fine = farthest[i] == Double.POSITIVE_INFINITY || same(exact.get(i), got.get(i))
                    || Double.isFinite(exact.get(i)) && Math.abs(exact.get(i) - got.get(i)) <= bound(i);
            if (!fine) {
                bad++;
                worst = worst < 0 || excess(got, i) > excess(got, worst) ? i : worst;
            }
        }
        return bad == 0 ? null
                : String.format(Locale.ROOT,
                        "%s%s: %d of %d elements, the worst is element %d: %s, not %s; the difference may be %.3g",
                        exact.dtype().word(), exact.shape(), bad, farthest.length, worst, got.get(worst),
                        exact.get(worst), bound(worst));
    }

    private double excess(NDArray got, int i) {
        double off = Math.abs(exact.get(i) - got.get(i));
        return Double.isNaN(off) ? Double.POSITIVE_INFINITY : off - bound(i);
    }
}
