package io.clarion.check;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Draws programs from seeds. */
final class Generator {
    private static final int LEAST_STEPS = 3;
    private static final int MOST_STEPS = 40;
    /** Rows in a row that may not fit before a program is what it is. */
    private static final int TRIES = 400;
    private static final int[] BATCHES = {2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 33};

    private Generator() {}

    /**
     * Returns several programs of the same batches, whose steps have different numbers.
     *
     * @param graphs    how many
     * @param reference computes what they are made of
     */
    static List<Program> programs(long seed, int graphs, Device reference, boolean hasFloat64) {
        var random = new Random(seed);
        List<Integer> batches = batches(random);
        DType floatx = random.nextInt(12) > 0 ? DType.FLOAT32
                : random.nextBoolean() || !hasFloat64 ? DType.FLOAT16 : DType.FLOAT64;
        K.setFloatx(floatx);
        var programs = new ArrayList<Program>();
        int next = 1;
        while (programs.size() < graphs) {
            var sketch = new Sketch(random, reference, hasFloat64, floatx, batches, next);
            double part = random.nextDouble();
            // Small ones more often: they are compiled sooner.
            int steps = LEAST_STEPS + (int) ((MOST_STEPS - LEAST_STEPS + 1) * part * part);
            for (int tries = 0; sketch.size() < steps && tries < TRIES; tries++) {
                sketch.grow(Catalogue.draw(random).draws());
            }
            Program program = sketch.program();
            if (program.steps().size() >= LEAST_STEPS) {
                programs.add(program);
            }
            next = sketch.next();
        }
        return programs;
    }

    /** Returns three sizes; the first two are never 0 or 1. */
    private static List<Integer> batches(Random random) {
        var drawn = new TreeSet<Integer>();
        while (drawn.size() < 3) {
            drawn.add(BATCHES[random.nextInt(BATCHES.length)]);
        }
        var batches = new ArrayList<>(drawn);
        Collections.shuffle(batches, random);
        int last = random.nextInt(8);
        if (last < 2) {
            batches.set(2, last);
        }
        return List.copyOf(batches);
    }
}
