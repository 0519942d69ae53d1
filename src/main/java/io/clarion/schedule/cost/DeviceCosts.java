package io.clarion.schedule.cost;

import io.clarion.engine.DeviceReport;
import io.clarion.engine.Speed;
import io.clarion.schedule.cost.CostModel.Direction;
import io.clarion.schedule.cost.CostModel.Moved;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The cost of computing and sending on one device: a first guess of each term, times what was learned. Not thread-safe.
 */
final class DeviceCosts {
    private static final Effort.Kind[] KINDS = Effort.Kind.values();
    /** The terms after those of the kinds. */
    private static final int LAUNCH = KINDS.length;
    private static final int CALL = LAUNCH + 1;
    /** Of a direction the latency, and the next one for the bytes. */
    private static final Map<Direction,
            Integer> WAYS = Map.of(Direction.TO_DEVICE, CALL + 1, Direction.FROM_DEVICE, CALL + 3);
    private static final String[] TERMS = Stream.of(Arrays.stream(KINDS).map(Enum::name), Stream.of("LAUNCH", "CALL"),
            Stream.of(Direction.TO_DEVICE, Direction.FROM_DEVICE).flatMap(d -> Stream.of(d + "_LATENCY", d + "_BYTES")))
            .flatMap(s -> s).toArray(String[]::new);
    private final Peak peak;
    private final boolean isCpu;
    private final LearnedSum sum;

    /**
     * The peak of a device: operations and bytes a second, and the seconds of a launch, and of a call that waits for
     * one.
     */
    private record Peak(double flops, double bytes, double launch, double call) {
        static Peak of(Speed speed) {
            return new Peak(speed.gflops() * 1e9, speed.readGBs() * 1e9, speed.launchMicros() * 1e-6,
                    speed.launchAndWaitMicros() * 1e-6);
        }

        /**
         * Of one that was never measured: a core computes 8 multiply-adds at 2.5 GHz, a multiprocessor of a GPU 64 at
         * 1.5 GHz.
         */
        static Peak of(DeviceReport device) {
            int units = Math.max(1, device.computeUnits());
            return device.type().equals("CPU") ? new Peak(units * 40e9, 10e9, 5e-6, 50e-6)
                    : new Peak(units * 192e9, 200e9, 5e-6, 50e-6);
        }

        boolean isPossible() {
            return flops > 0 && bytes > 0 && launch > 0 && call > 0;
        }
    }

    /** Makes the costs of a device that was measured, or never if {@code speed} is null. */
    DeviceCosts(DeviceReport device, Speed speed, Map<String, CostFile.Term> learned) {
        Peak measured = speed == null ? Peak.of(device) : Peak.of(speed);
        this.peak = measured.isPossible() ? measured : Peak.of(device);
        this.isCpu = device.type().equals("CPU");
        List<CostFile.Term> terms = Arrays.stream(TERMS).map(n -> learned.getOrDefault(n, new CostFile.Term(1, 0)))
                .toList();
        this.sum = new LearnedSum(terms.stream().mapToDouble(CostFile.Term::factor).toArray(),
                terms.stream().mapToDouble(CostFile.Term::seen).toArray());
    }

    /** Returns all that is known, as a file keeps it. */
    Map<String, CostFile.Term> terms() {
        Map<String, CostFile.Term> terms = new TreeMap<>();
        IntStream.range(0, TERMS.length)
                .forEach(i -> terms.put(TERMS[i], new CostFile.Term(sum.factors()[i], sum.seen()[i])));
        return terms;
    }

    /** Of efforts within a call. */
    double seconds(List<Effort> efforts) {
        return sum.of(guess(efforts));
    }

    /** Returns what a call takes besides the efforts in it. */
    double call() {
        return sum.of(called(List.of(), Moved.NOTHING));
    }

    /** Learns what a call took. */
    void took(List<Effort> efforts, Moved moved, double seconds) {
        sum.was(seconds, called(efforts, moved));
    }

    private double[] called(List<Effort> efforts, Moved moved) {
        double[] terms = guess(efforts);
        terms[CALL] = peak.call;
        Stream.of(Direction.values()).filter(d -> moved.bytes(d) > 0).forEach(d -> move(terms, d, moved.bytes(d)));
        return terms;
    }

    /**
     * Returns seconds for each kind, and for launches. A tensor takes as long as its operations or its bytes do,
     * whichever is longer: the roofline of Williams, Waterman, Patterson, Communications of the ACM 52(4), 2009.
     */
    private double[] guess(List<Effort> efforts) {
        double[] terms = new double[TERMS.length];
        for (Effort e : efforts) {
            terms[e.kind().ordinal()] += Math.max(e.flops() / peak.flops, e.bytes() / peak.bytes)
                    / efficiency(e.kind());
            terms[LAUNCH] += e.launches() * peak.launch;
        }
        return terms;
    }

    /** Returns which part of its peak a device may reach, before anything was learned of it. */
    private static double efficiency(Effort.Kind kind) {
        return switch (kind) {
            case PRODUCT -> 0.6;
            case CONVOLUTION -> 0.4;
            case ELEMENTWISE, REDUCTION -> 0.7;
            case GATHER -> 0.3;
            case LOOP, RANDOM -> 0.2;
        };
    }

    double transfer(Direction direction, double bytes) {
        double[] terms = new double[TERMS.length];
        move(terms, direction, bytes);
        return sum.of(terms);
    }

    /**
     * The latency and the seconds of the bytes: a copy within the host's memory, else half of what PCI Express 3 with
     * 16 lanes does.
     */
    private void move(double[] terms, Direction direction, double bytes) {
        int at = WAYS.get(direction);
        terms[at] = isCpu ? 5e-6 : 20e-6;
        terms[at + 1] = bytes / (isCpu ? 10e9 : 8e9);
    }
}
