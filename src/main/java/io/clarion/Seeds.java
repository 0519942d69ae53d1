package io.clarion;

import io.clarion.config.Environment;
import java.util.SplittableRandom;

/** The session's generator: a seed for each random tensor that was given none. */
final class Seeds {
    private static SplittableRandom generator = Environment.value("clarion.seed", "CLARION_SEED")
            .map(s -> new SplittableRandom(Long.parseLong(s.strip()))).orElseGet(SplittableRandom::new);

    private Seeds() {}

    static synchronized void start(long seed) {
        generator = new SplittableRandom(seed);
    }

    static synchronized long next() {
        return generator.nextLong();
    }
}
