package io.clarion.model;

import io.clarion.K;

/** Seeds from K's generator, which {@link K#setRandomSeed} starts. */
final class Seed {
    private Seed() {}

    static long next() {
        double[] bits = K.getValue(K.randomUniformVariable(new int[] {3}, 0, 1 << 24)).toDoubles();
        return (long) bits[0] << 40 ^ (long) bits[1] << 20 ^ (long) bits[2];
    }
}
