package io.clarion.reference;

import io.clarion.tensor.DType;

/**
 * Sums that stay exact to double precision however many terms they have: Neumaier, "Rundungsfehleranalyse einiger
 * Verfahren zur Summation endlicher Summen" (ZAMM 54, 1974).
 */
final class Sums {
    private final double[] sum;
    private final double[] lost;

    /** That many sums, each of no terms yet. */
    Sums(int count) {
        sum = new double[count];
        lost = new double[count];
    }

    void add(int i, double term) {
        double before = sum[i];
        double after = before + term;
        lost[i] += Math.abs(before) >= Math.abs(term) ? before - after + term : term - after + before;
        sum[i] = after;
    }

    /** Returns the sums; a bool is whether the sum is not 0. */
    double[] values(DType type) {
        double[] values = new double[sum.length];
        for (int i = 0; i < values.length; i++) {
            // Where infinities met, what was lost is not a number, and the plain sum is right.
            double exact = Double.isFinite(lost[i]) ? sum[i] + lost[i] : sum[i];
            values[i] = type == DType.BOOL ? type.nearest(exact) : exact;
        }
        return values;
    }
}
