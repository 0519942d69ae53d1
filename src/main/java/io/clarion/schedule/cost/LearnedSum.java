package io.clarion.schedule.cost;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A sum of terms, each times a factor that begins as 1 and is learned from what the sum was. With shares w of the terms
 * in a prediction, and the measured sum r times as large, factor i is multiplied by r to the power of
 * {@code s·wᵢ / Σ w²}: the step, damped by s, of the normalised least-mean-squares rule in logarithms (Nagumo, Noda, "A
 * Learning Method for System Identification", IEEE Transactions on Automatic Control 12(3), 1967). A term that is seen
 * for the first time learns all there is to learn, then less and less.
 */
final class LearnedSum {
    /** How much the latest counts at least. */
    private static final double LATEST = 0.2;
    /** How many times as long as predicted, or as short, counts at most once terms are known. */
    private static final double ONCE = 16;
    /** What a factor is at most, and its inverse at least. */
    private static final double ALWAYS = 1e6;
    private final double[] factors;
    /** How often each term was seen, by its shares. */
    private final double[] seen;

    LearnedSum(int terms) {
        this.factors = new double[terms];
        this.seen = new double[terms];
        Arrays.fill(factors, 1);
    }

    /** With what is learned already; what is no factor is 1, as if it was never seen. */
    LearnedSum(double[] factors, double[] seen) {
        this(factors.length);
        for (int i = 0; i < factors.length; i++) {
            if (factors[i] >= 1 / ALWAYS && factors[i] <= ALWAYS && seen[i] >= 0
                    && seen[i] < Double.POSITIVE_INFINITY) {
                this.factors[i] = factors[i];
                this.seen[i] = seen[i];
            }
        }
    }

    double[] factors() {
        return factors.clone();
    }

    double[] seen() {
        return seen.clone();
    }

    double of(double[] terms) {
        return IntStream.range(0, terms.length).mapToDouble(i -> factors[i] * terms[i]).sum();
    }

    /** Learns that the sum of {@code terms} was {@code measured}. */
    void was(double measured, double[] terms) {
        double sum = of(terms);
        if (!(sum > 0) || !(measured > 0) || Double.isInfinite(measured)) {
            return;
        }
        double[] shares = IntStream.range(0, terms.length).mapToDouble(i -> factors[i] * terms[i] / sum).toArray();
        double squares = Arrays.stream(shares).map(w -> w * w).sum();
        double known = IntStream.range(0, shares.length).mapToDouble(i -> shares[i] * seen[i]).sum();
        double most = Math.log(ONCE / Math.min(1, known));
        double step = Math.clamp(Math.log(measured / sum), -most, most) * Math.max(LATEST, 2 / (2 + known)) / squares;
        for (int i = 0; i < shares.length; i++) {
            factors[i] = Math.clamp(factors[i] * Math.exp(step * shares[i]), 1 / ALWAYS, ALWAYS);
            seen[i] += shares[i];
        }
    }
}
