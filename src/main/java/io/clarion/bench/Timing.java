package io.clarion.bench;

import java.util.Arrays;

/**
 * Seconds a run, from many.
 *
 * @param median of all runs after the first few
 * @param runs   that were timed
 */
public record Timing(double median, int runs) {
    private static final int WARM_UP = 3;
    private static final int FEWEST = 10;
    private static final int MOST = 1000;

    /** Times {@code run} until at least ten runs and {@code seconds} are done, after three that are not counted. */
    public static Timing of(Runnable run, double seconds) {
        for (int i = 0; i < WARM_UP; i++) {
            run.run();
        }
        var times = new double[MOST];
        int n = 0;
        double spent = 0;
        while (n < MOST && (n < FEWEST || spent < seconds)) {
            long start = System.nanoTime();
            run.run();
            times[n] = (System.nanoTime() - start) * 1e-9;
            spent += times[n++];
        }
        Arrays.sort(times, 0, n);
        return new Timing(times[n / 2], n);
    }
}
