package io.clarion;

import io.clarion.config.Environment;
import java.util.SplittableRandom;

/** The session's generator: a seed for each random tensor that was given none. */
final class Seeds {
    /** Made at first need: a setting that is no number is an error of the call that needs it, and of each later one. */
    private static SplittableRandom generator;

    private Seeds() {}

    static synchronized void start(long seed) {
        generator = new SplittableRandom(seed);
    }

    static synchronized long next() {
        if (generator == null) {
            generator = Environment.wholeNumber("clarion.seed", "CLARION_SEED", Long.MIN_VALUE)
                    .map(SplittableRandom::new).orElseGet(SplittableRandom::new);
        }
        return generator.nextLong();
    }
}
