package io.clarion.bench;

/** The unit of a workload's speed. */
public enum Unit {
    /** 10⁹ operations a second: a rate. */
    GFLOPS("GFLOP/s", true, 1e-9),
    /** Samples a second: a rate. */
    SAMPLES("samples/s", true, 1),
    /** Thousandths of a second a run. */
    MILLIS("ms", false, 1e3),
    /** Millionths of a second a run. */
    MICROS("us", false, 1e6),
    SECONDS("s", false, 1),
    MEGABYTES("MB", false, 1e-6);

    private final String word;
    private final boolean isRate;
    private final double scale;

    Unit(String word, boolean isRate, double scale) {
        this.word = word;
        this.isRate = isRate;
        this.scale = scale;
    }

    public String word() {
        return word;
    }

    /** Returns whether more is better. */
    public boolean isRate() {
        return isRate;
    }

    /**
     * Returns the figure.
     *
     * @param amount   what a run does: operations or samples, of a rate; 1 of others
     * @param measured seconds a run took, or bytes
     */
    double of(double amount, double measured) {
        return isRate ? amount / measured * scale : measured * scale;
    }

    /** Returns how many times as good {@code value} is as {@code other}. */
    public double ratio(double value, double other) {
        return isRate ? value / other : other / value;
    }
}
