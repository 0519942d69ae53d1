package io.clarion.schedule.place;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Task graphs as in Topcuoglu, Hariri, Wu, IEEE TPDS 13(3), 2002, section 5: costs of a task are uniform in [0, 2], and
 * on each device within {@code 1 ± beta/2} of that; results are of such sizes that sending takes, on average,
 * {@code ccr} times as long as computing.
 */
final class TaskGraphs {
    /** A graph and a machine for it. */
    record Case(String name, TaskGraph graph, Machine machine) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** How costs are drawn. */
    record Draw(int devices, double ccr, double beta, long seed) {}

    private TaskGraphs() {}

    /**
     * A layered graph of height √tasks / alpha and mean width √tasks · alpha, each task of which has up to
     * {@code degree} readers in later layers.
     */
    static Case layered(int tasks, double alpha, int degree, Draw draw) {
        var random = new Random(draw.seed);
        int height = Math.max(1, (int) Math.round(uniform(random, 2 * Math.sqrt(tasks) / alpha)));
        int[] layer = IntStream.range(0, tasks).map(t -> t < height ? t : random.nextInt(height)).sorted().toArray();
        List<TreeSet<Integer>> needs = Stream.generate(TreeSet<Integer>::new).limit(tasks).toList();
        for (int t = 0; t < tasks; t++) {
            int at = layer[t];
            int[] later = IntStream.range(t, tasks).filter(s -> layer[s] > at).toArray();
            int[] next = Arrays.stream(later).filter(s -> layer[s] == at + 1).toArray();
            for (int i = 1 + random.nextInt(degree); i > 0 && later.length > 0; i--) {
                int[] from = random.nextBoolean() ? next : later;
                needs.get(from[random.nextInt(from.length)]).add(t);
            }
            int[] previous = IntStream.range(0, t).filter(s -> layer[s] == at - 1).toArray();
            if (at > 0 && needs.get(t).isEmpty()) {
                needs.get(t).add(previous[random.nextInt(previous.length)]);
            }
        }
        return drawn("layered " + tasks + " tasks, alpha " + alpha + ", degree " + degree, needs, draw, random);
    }

    private static double uniform(Random random, double below) {
        return random.nextDouble() * below;
    }

    /**
     * Gaussian elimination of a matrix of {@code size} columns: in each step a pivot column, then an update of each
     * later one.
     */
    static Case gaussian(int size, Draw draw) {
        var needs = new ArrayList<TreeSet<Integer>>();
        int[] last = new int[size];
        Arrays.fill(last, -1);
        for (int k = 0; k < size - 1; k++) {
            int pivot = add(needs, last[k]);
            for (int j = k + 1; j < size; j++) {
                last[j] = add(needs, pivot, last[j]);
            }
        }
        return drawn("gaussian elimination of " + size + " columns", needs, draw, new Random(draw.seed));
    }

    /** The fast Fourier transform of 2^{@code levels} points: a tree of recursive calls, then layers of butterflies. */
    static Case fourier(int levels, Draw draw) {
        var needs = new ArrayList<TreeSet<Integer>>();
        int points = 1 << levels;
        int[] layer = {add(needs, -1)};
        for (int l = 1; l <= levels; l++) {
            int[] above = layer;
            layer = IntStream.range(0, 1 << l).map(i -> add(needs, above[i / 2])).toArray();
        }
        for (int l = 0; l < levels; l++) {
            int[] above = layer;
            int bit = 1 << l;
            layer = IntStream.range(0, points).map(i -> add(needs, above[i], above[i ^ bit])).toArray();
        }
        return drawn("Fourier transform of " + points + " points", needs, draw, new Random(draw.seed));
    }

    private static int add(List<TreeSet<Integer>> needs, int... of) {
        var set = new TreeSet<Integer>();
        Arrays.stream(of).filter(n -> n >= 0).forEach(set::add);
        needs.add(set);
        return needs.size() - 1;
    }

    private static Case drawn(String name, List<TreeSet<Integer>> needs, Draw draw, Random random) {
        int tasks = needs.size();
        double[][] seconds = new double[tasks][];
        long[] bytes = new long[tasks];
        for (int t = 0; t < tasks; t++) {
            double cost = uniform(random, 2);
            seconds[t] = IntStream.range(0, draw.devices)
                    .mapToDouble(d -> cost * (1 + draw.beta * (random.nextDouble() - 0.5))).toArray();
            bytes[t] = Math.round(1e6 * uniform(random, 2) * draw.ccr);
        }
        return new Case(name + ", " + draw,
                new TaskGraph(needs.stream().map(s -> s.stream().mapToInt(n -> n).toArray()).toArray(int[][]::new),
                        seconds, bytes,
                        new long[tasks]),
                machine(draw.devices, 0, 1e6));
    }

    /** All ways alike, and no end of memory. */
    static Machine machine(int devices, double latency, double bytesPerSecond) {
        long[] memory = new long[devices];
        Arrays.fill(memory, Long.MAX_VALUE);
        return new Machine(table(devices, latency), table(devices, bytesPerSecond), memory);
    }

    private static double[][] table(int devices, double value) {
        return Stream.generate(() -> IntStream.range(0, devices).mapToDouble(d -> value).toArray()).limit(devices)
                .toArray(double[][]::new);
    }
}
