package io.clarion.schedule;

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

    /**
     * Unit after unit to the device that would be done with it first, so that a slow one has none where it would keep the others
     * waiting; the first device, which ends each call, has one at least.
     */
    private int[] divided(double[] speeds) {
        int unit = Math.max(1, rows / PARTS);
        int[] divided = new int[speeds.length];
        divided[0] = Math.min(unit, rows);
        for (int left = rows - divided[0]; left > 0; left -= unit) {
            int more = Math.min(unit, left);
            int first = IntStream.range(0, speeds.length)
                    .reduce((a, b) -> (divided[b] + more) / speeds[b] < (divided[a] + more) / speeds[a] ? b : a).orElseThrow();
            divided[first] += more;
        }
        return divided;
    }
}
