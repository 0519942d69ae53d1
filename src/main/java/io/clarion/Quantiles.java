package io.clarion;

import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;

/**
 * The normal distribution's quantiles: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal
 * distribution" (Applied Statistics 37, 1988), PPND7, correct to about seven digits.
 */
final class Quantiles {
    /** The probability that a normal number is within two deviations of the mean. */
    private static final double WITHIN = 0.9544997361036416;
    private static final double CENTRE = 0.425;

    private Quantiles() {}

    /** Returns a uniform number in [0, 1) as one of the normal distribution cut at −2 and 2. */
    static Tensor truncatedNormal(Tensor uniform) {
        Tensor q = uniform.minus(0.5).times(WITHIN);
        Tensor distance = q.apply(ScalarFn.ABS);
        Tensor tail = distance.neg().plus(0.5).apply(ScalarFn.LOG).neg().apply(ScalarFn.SQRT).minus(1.6);
        Tensor outer = ratio(tail, new double[] {0.17023821103, 1.3067284816, 2.75681539, 1.4234372777},
                new double[] {0.12021132975, 0.7370016425, 1}).times(q.apply(ScalarFn.SIGN));
        Tensor r = q.times(q).neg().plus(CENTRE * CENTRE);
        Tensor inner = ratio(r, new double[] {59.10937472, 159.29113202, 50.434271938, 3.3871327179},
                new double[] {67.1875636, 78.757757664, 17.895169469, 1}).times(q);
        return K.clip(Tensor.map(ScalarFn.SELECT, distance.greater(CENTRE), outer, inner), -2, 2);
    }

    private static Tensor ratio(Tensor x, double[] above, double[] below) {
        return polynomial(x, above).div(polynomial(x, below));
    }

    /** Computes a polynomial by Horner's rule, the highest power first. */
    private static Tensor polynomial(Tensor x, double[] coefficients) {
        Tensor sum = x.times(coefficients[0]).plus(coefficients[1]);
        for (int i = 2; i < coefficients.length; i++) {
            sum = sum.times(x).plus(coefficients[i]);
        }
        return sum;
    }
}
