package io.clarion.schedule;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Rows for each device in proportion to how fast it was, in the calls so far. Shares are whole sixty-fourths of the rows, as
 * each size is compiled for, and stay until others would save a twentieth of the time.
 */
final class Shares {
    private static final int PARTS = 64;
    private static final double WORTH_IT = 0.95;
    /** How much the last call counts. */
    private static final double LATEST = 0.3;
    private final int rows;
    private final double[] rates;
    private int[] shares;

    /** For {@code rows} rows at first in proportion to {@code speeds}, of whatever unit. */
    Shares(int rows, double[] speeds) {
        this.rows = rows;
        this.rates = new double[speeds.length];
        this.shares = divided(speeds);
    }

    /** The rows of each device; together all. */
    int[] now() {
        return shares.clone();
    }

    /** Says how many seconds each device took for its share. */
    void took(double[] seconds) {
        for (int i = 0; i < rates.length; i++) {
            double rate = shares[i] / Math.max(1e-9, seconds[i]);
            rates[i] = shares[i] == 0 ? rates[i] : rates[i] == 0 ? rate : (1 - LATEST) * rates[i] + LATEST * rate;
        }
        int[] better = divided(rates);
        if (time(better) < WORTH_IT * time(shares)) {
            shares = better;
        }
    }

    private double time(int[] of) {
        return IntStream.range(0, of.length).mapToDouble(i -> of[i] == 0 ? 0 : of[i] / rates[i]).max().orElse(0);
    }

    /** In whole units, the largest rests rounded up; the first device, which ends each call, has one at least. */
    private int[] divided(double[] speeds) {
        int unit = Math.max(1, rows / PARTS);
        double all = Arrays.stream(speeds).sum();
        double[] wanted = Arrays.stream(speeds).map(s -> s / all * rows / unit).toArray();
        int[] units = Arrays.stream(wanted).mapToInt(w -> (int) w).toArray();
        int left = rows / unit - Arrays.stream(units).sum();
        int[] order = IntStream.range(0, speeds.length).boxed().sorted((a, b) -> Double.compare(wanted[b] - units[b], wanted[a] - units[a]))
                .mapToInt(i -> i).toArray();
        for (int i = 0; i < left; i++) {
            units[order[i % order.length]]++;
        }
        int[] divided = Arrays.stream(units).map(u -> u * unit).toArray();
        int most = IntStream.range(0, speeds.length).reduce((a, b) -> speeds[b] > speeds[a] ? b : a).orElse(0);
        divided[most] += rows - Arrays.stream(divided).sum();
        if (divided[0] == 0) {
            divided[most] -= unit;
            divided[0] = unit;
        }
        return divided;
    }
}
