package io.clarion.schedule.batch;

import java.util.stream.DoubleStream;

/**
 * Rows a second of devices, as far as they were seen at work; of others, what their speeds are beside those of the
 * former. Not thread-safe.
 */
final class RowRates {
    private final double[] speeds;
    /** 0 of a device that has had no rows so far. */
    private final double[] rates;

    /** Makes the rates of devices that were not seen at work, with speeds of whatever unit. */
    RowRates(double[] speeds) {
        this(speeds.clone(), new double[speeds.length]);
    }

    private RowRates(double[] speeds, double[] rates) {
        this.speeds = speeds;
        this.rates = rates;
    }

    RowRates copy() {
        return new RowRates(speeds, rates.clone());
    }

    int devices() {
        return rates.length;
    }

    boolean isKnown(int device) {
        return rates[device] > 0;
    }

    /**
     * Learns that a device took so many seconds for so many rows; that counts {@code latest} of 1 where others were
     * seen before.
     */
    void took(int device, int rows, double seconds, double latest) {
        double rate = rows / Math.max(1e-9, seconds);
        rates[device] = rates[device] == 0 ? rate : (1 - latest) * rates[device] + latest * rate;
    }

    /** Returns rows a second of each device; in a unit of its own if none was seen at work. */
    double[] expected() {
        int known = 0;
        double sum = 0;
        for (int i = 0; i < rates.length; i++) {
            known += isKnown(i) ? 1 : 0;
            sum += rates[i] / speeds[i];
        }
        double[] expected = new double[rates.length];
        for (int i = 0; i < rates.length; i++) {
            expected[i] = isKnown(i) ? rates[i] : known == 0 ? speeds[i] : speeds[i] * sum / known;
        }
        return expected;
    }

    /** Returns how many seconds all devices together take for so many rows; NaN if none was seen at work. */
    double seconds(int rows) {
        return DoubleStream.of(rates).allMatch(r -> r == 0) ? Double.NaN : rows / DoubleStream.of(expected()).sum();
    }
}
