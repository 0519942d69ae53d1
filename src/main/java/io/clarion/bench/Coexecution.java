package io.clarion.bench;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.schedule.DeviceGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The throughput of devices that share each call's batch, alone and together.
 *
 * @param workload what was done
 * @param alone    units a second of each device alone
 * @param together units a second of all at once
 */
public record Coexecution(String workload, double[] alone, double together) {
    /**
     * Calls at least in which the devices find their shares, and how many times as long as a round Java has to compile
     * what is called.
     */
    private static final int SETTLING = 12;
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 5;

    /** Something to measure, of so many units a call. */
    public record Case(String workload, double units, Supplier<Workload.Run> prepare) {
        /**
         * Times it on each of {@code devices} and on all, in turn, in rounds of {@code seconds} for each; the middle
         * one counts.
         */
        public Coexecution measured(List<Device> devices, double seconds) {
            try (var all = new DeviceGroup(devices)) {
                var runs = new ArrayList<Workload.Run>();
                try {
                    devices.forEach(d -> runs.add(prepared(d)));
                    runs.add(prepared(all));
                    runs.forEach(run -> settle(run, seconds));
                    double[][] rounds = new double[ROUNDS][];
                    for (int r = 0; r < ROUNDS; r++) {
                        rounds[r] = runs.stream().mapToDouble(run -> Timing.of(run::once, seconds).median()).toArray();
                    }
                    double[] speeds = IntStream.range(0, runs.size())
                            .mapToDouble(i -> units / middle(Arrays.stream(rounds).mapToDouble(r -> r[i]))).toArray();
                    return new Coexecution(workload, Arrays.copyOf(speeds, devices.size()), speeds[devices.size()]);
                } finally {
                    runs.forEach(Workload.Run::close);
                }
            }
        }

        private static double middle(DoubleStream values) {
            return values.sorted().toArray()[ROUNDS / 2];
        }

        private Workload.Run prepared(Device device) {
            K.useDevice(device);
            return prepare.get();
        }

        private static void settle(Workload.Run run, double seconds) {
            long start = System.nanoTime();
            for (int i = 0; i < SETTLING || System.nanoTime() - start < WARM_UP * seconds * 1e9; i++) {
                run.once();
            }
        }
    }

    /** Training steps of batches of 1,024, and a product of 4,096. */
    public static List<Case> cases() {
        return List.of(new Case("mlp_train1024", 1024, () -> Workloads.perceptron(1024, 784, 512, 512, 10)),
                new Case("cnn_train1024", 1024, () -> Workloads.convolutional(DimOrdering.TF, 1024)),
                new Case("gemm4096", 2e-9 * Math.pow(4096, 3), () -> Workloads.product(4096)));
    }

    /** Returns the speed of all at once, of the sum of each alone. */
    public double share() {
        return together / DoubleStream.of(alone).sum();
    }

    /** As in {@code mlp_train1024: 17000 + 15000 alone, 30000 together, 0.94}. */
    @Override
    public String toString() {
        return workload + ": " + String.join(" + ", DoubleStream.of(alone).mapToObj(Result::number).toList())
                + " alone, "
                + Result.number(together) + " together, " + String.format(Locale.ROOT, "%.2f", share());
    }
}
