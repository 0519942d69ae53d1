package io.clarion.bench;

import io.clarion.engine.Speed;
import java.util.Locale;

/**
 * The measured speed of a workload.
 *
 * @param share of the device's own peak; NaN where none is known
 */
public record Result(String workload, double value, Unit unit, double share) {
    /** Runs a workload on the device in use, whose peak is {@code peak} or null if it is not known. */
    public static Result of(Workload w, Speed peak, double seconds) {
        try (Workload.Run run = w.prepare().get()) {
            Timing timing = Timing.of(run::once, seconds);
            return new Result(w.name(), w.unit().of(w.amount(), timing.median()), w.unit(),
                    share(w, peak, timing.median()));
        }
    }

    private static double share(Workload w, Speed peak, double seconds) {
        if (peak == null) {
            return Double.NaN;
        }
        return w.work() * 1e-9 / seconds / switch (w.limit()) {
            case ARITHMETIC -> peak.gflops();
            case READING -> peak.readGBs();
            case COPYING -> peak.copyGBs();
            case NONE -> Double.NaN;
        };
    }

    /** Returns {@code clarion-intel:0 gemm512 101.2 GFLOP/s}: who, what, how much. */
    public String line(String who) {
        return who + " " + workload + " " + number(value) + " " + unit.word();
    }

    /** Four digits, as in 0.01234, 12.34 and 12340. */
    public static String number(double value) {
        return value >= 1000 ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT,
                        "%." + Math.clamp((long) (3 - Math.floor(Math.log10(Math.max(value, 1e-4)))), 0, 7) + "f",
                        value);
    }
}
