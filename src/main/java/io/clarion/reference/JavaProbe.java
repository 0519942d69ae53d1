package io.clarion.reference;

import io.clarion.engine.Executable;
import io.clarion.engine.Speed;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.List;

/** Measures how fast plain Java is here; each figure is the best of some runs. */
final class JavaProbe {
    private static final int NUMBERS = 1 << 22;
    private static final int CHAIN = 1000;
    private static final int RUNS = 12;

    private double kept;

    private JavaProbe() {}

    static Speed measure(ReferenceDevice device) {
        var probe = new JavaProbe();
        double[] from = new double[NUMBERS];
        double[] to = new double[NUMBERS];
        double read = best(() -> probe.read(from));
        double copy = best(() -> System.arraycopy(from, 0, to, 0, NUMBERS));
        double multiply = best(probe::multiplyAndAdd);
        double chain = callSeconds(device, CHAIN);
        double single = callSeconds(device, 1);
        return new Speed(8e-9 * NUMBERS / read, 16e-9 * NUMBERS / copy, 2e-9 * NUMBERS * 8 / multiply,
                1e6 * chain / CHAIN, 1e6 * single);
    }

    private static double best(Runnable work) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        }
        return best;
    }

    private static double callSeconds(ReferenceDevice device, int nodes) {
        Tensor t = Tensor.literal(DType.FLOAT32, 1);
        for (int i = 0; i < nodes; i++) {
            t = t.neg();
        }
        try (Executable chain = device.compile(new Graph(List.of(), List.of(t), List.of()))) {
            return best(() -> chain.call(List.of(), 0));
        }
    }

    private void read(double[] from) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        for (int i = 0; i < from.length; i += 4) {
            a += from[i];
            b += from[i + 1];
            c += from[i + 2];
            d += from[i + 3];
        }
        kept += a + b + c + d;
    }

    private void multiplyAndAdd() {
        float[] sums = new float[512];
        for (int round = 0; round < NUMBERS * 8 / sums.length; round++) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] = sums[i] * 0.5f + 1f;
            }
        }
        kept += sums[0];
    }
}
