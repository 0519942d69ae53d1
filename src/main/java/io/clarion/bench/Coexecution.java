package io.clarion.bench;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.schedule.DeviceGroup;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * How fast devices are together that share each call's batch.
 *
 * @param workload what was done
 * @param alone    units a second of each device alone
 * @param together units a second of all at once
 */
public record Coexecution(String workload, double[] alone, double together) {
    /** Calls in which the devices find their shares. */
    private static final int SETTLING = 12;

    /** Something to measure, of so many units a call. */
    public record Case(String workload, double units, Supplier<Workload.Run> prepare) {
        /** Times it on each of {@code devices}, then on all, each for {@code seconds}. */
        public Coexecution measured(List<Device> devices, double seconds) {
            double[] alone = devices.stream().mapToDouble(d -> speed(d, seconds)).toArray();
            try (var all = new DeviceGroup(devices)) {
                return new Coexecution(workload, alone, speed(all, seconds));
            }
        }

        private double speed(Device device, double seconds) {
            K.useDevice(device);
            try (Workload.Run run = prepare.get()) {
                for (int i = 0; i < SETTLING; i++) {
                    run.once();
                }
                return units / Timing.of(run::once, seconds).median();
            }
        }
    }

    /** Training steps of batches of 1,024, and a product of 4,096. */
    public static List<Case> cases() {
        return List.of(new Case("mlp_train1024", 1024, () -> Workloads.perceptron(1024, 784, 512, 512, 10)),
                new Case("cnn_train1024", 1024, () -> Workloads.convolutional(DimOrdering.TF, 1024)),
                new Case("gemm4096", 2e-9 * Math.pow(4096, 3), () -> Workloads.product(4096)));
    }

    /** The speed of all at once, of the sum of each alone. */
    public double share() {
        return together / DoubleStream.of(alone).sum();
    }

    /** As in {@code mlp_train1024: 17000 + 15000 alone, 30000 together, 0.94}. */
    @Override
    public String toString() {
        return workload + ": " + String.join(" + ", DoubleStream.of(alone).mapToObj(Result::number).toList()) + " alone, "
                + Result.number(together) + " together, " + String.format(Locale.ROOT, "%.2f", share());
    }
}
