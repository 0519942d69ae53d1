package io.clarion.opencl.driver;

import io.clarion.opencl.driver.device.DeviceInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/**
 * A device's peak bandwidth and operations a second, as the kernels of {@code probe.cl} measured them.
 *
 * @param readGBs             10⁹ bytes a second that a sum over 64 MiB reads
 * @param copyGBs             10⁹ bytes a second that a copy of 64 MiB reads and writes, both counted
 * @param gflops              10⁹ float operations a second in multiply-adds, two each
 * @param launchMicros        microseconds for a kernel in a long chain of empty ones
 * @param launchAndWaitMicros microseconds for an empty kernel, waited for
 */
public record Probe(double readGBs, double copyGBs, double gflops, double launchMicros, double launchAndWaitMicros) {
    private static final int BYTES = 64 << 20;
    /** Multiply-adds of a chain in one launch, a power of 2; llvmpipe silently ends loops after 65,535 rounds. */
    private static final int ROUNDS = 1 << 14;
    private static final long ENOUGH_NANOS = 30_000_000;

    /** Measures a device, in about half a second; slow devices are given less to do. */
    public static Probe measure(Context context) {
        DeviceInfo device = context.device();
        int lanes = lanes(device);
        boolean gpu = device.lanesAreWorkItems();
        String options = "-cl-mad-enable -DV=float" + (lanes == 1 ? "" : lanes) + " -DLANES=" + lanes
                + (gpu ? " -DINTERLEAVED" : "");
        int bytes = (int) Math.min(BYTES, Long.highestOneBit(device.maxAllocation()) / 4);
        try (Program program = context.build(source(), options);
                Buffer x = context.allocate(bytes);
                Buffer y = context.allocate(bytes)) {
            return new Measurement(context, program, x, y, lanes, gpu).run();
        }
    }

    private static int lanes(DeviceInfo device) {
        int told = Math.max(1, Math.min(16, device.nativeVectorWidthFloat()));
        return Integer.highestOneBit(told);
    }

    private static String source() {
        try (InputStream in = Probe.class.getResourceAsStream("/io/clarion/kernels/probe.cl")) {
            if (in == null) {
                throw new IllegalStateException("the resource /io/clarion/kernels/probe.cl is not on the class path; "
                        + "the module kernels-cl brings it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Measurement(Context context, Program program, Buffer x, Buffer y, int lanes, boolean gpu) {
        Probe run() {
            Queue queue = context.queue();
            queue.fill(x, 0, 0, x.bytes());
            queue.fill(y, 0, 0, y.bytes());
            queue.finish();
            try (Kernel launch = program.kernel("launch").arg(0, y);
                    Kernel copy = program.kernel("copy").arg(0, x).arg(1, y);
                    Kernel sum = program.kernel("sum").arg(0, x).arg(1, y);
                    Kernel peak = program.kernel("peak").arg(0, y).arg(2, 0.999f)) {
                long[] one = {1};
                double chain = rate(2_000, n -> {
                    for (int i = 0; i < n; i++) {
                        queue.enqueue(launch, one, one);
                    }
                    queue.finish();
                });
                double waited = rate(200, n -> {
                    for (int i = 0; i < n; i++) {
                        queue.enqueue(launch, one, one);
                        queue.finish();
                    }
                });
                long[] local = {gpu ? Math.min(copy.preferredMultiple() * 4, copy.workGroupLimit()) : 1};
                long[] global = {(gpu ? 64 * local[0] : 8) * context.device().computeUnits()};
                int vectors = (int) (x.bytes() / (4L * lanes * global[0])) & ~3;
                double bytesPerVector = 4.0 * lanes * global[0];
                double read = rate(vectors, n -> walk(queue, sum, n, global, local));
                double copied = rate(vectors, n -> walk(queue, copy, n, global, local));
                double rounds = rate(256 * ROUNDS, n -> {
                    peak.arg(1, Math.min(n, ROUNDS));
                    for (int done = 0; done < n; done += ROUNDS) {
                        queue.enqueue(peak, global, local);
                    }
                    queue.finish();
                });
                return new Probe(read * bytesPerVector / 1e9, 2 * copied * bytesPerVector / 1e9,
                        rounds * 24 * lanes * global[0] / 1e9, 1e6 / chain, 1e6 / waited);
            }
        }

        private static void walk(Queue queue, Kernel kernel, int vectors, long[] global, long[] local) {
            queue.enqueue(kernel.arg(2, Math.max(4, vectors & ~3)), global, local);
            queue.finish();
        }

        /**
         * Returns the best number a second of three tries, at a size that takes long enough to be told, {@code most} at
         * most.
         */
        private static double rate(int most, IntConsumer work) {
            work.accept(1); // some drivers compile now
            int n = 1;
            long nanos = time(n, work);
            while (n < most && nanos < ENOUGH_NANOS) {
                n = (int) Math.min(most,
                        n * Long.highestOneBit(Math.max(2, Math.min(64, ENOUGH_NANOS / Math.max(1, nanos)))));
                nanos = time(n, work);
            }
            for (int i = 0; i < 2 && nanos < 10 * ENOUGH_NANOS; i++) {
                nanos = Math.min(nanos, time(n, work));
            }
            return n / (nanos / 1e9);
        }

        private static long time(int n, IntConsumer work) {
            long start = System.nanoTime();
            work.accept(n);
            return System.nanoTime() - start;
        }
    }
}
