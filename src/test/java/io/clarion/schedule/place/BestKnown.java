package io.clarion.schedule.place;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The least makespan that is known of a graph by other means than {@link EarliestFinish}: slow, plain, and sharing no
 * code with it.
 */
final class BestKnown {
    private final TaskGraph graph;
    private final Machine machine;
    private final int tasks;
    private final int devices;
    private final List<List<Integer>> readers = new ArrayList<>();

    BestKnown(TaskGraphs.Case of) {
        this.graph = of.graph();
        this.machine = of.machine();
        this.tasks = graph.needs().length;
        this.devices = machine.memory().length;
        IntStream.range(0, tasks).forEach(t -> readers.add(new ArrayList<>()));
        IntStream.range(0, tasks).forEach(t -> Arrays.stream(graph.needs()[t]).forEach(n -> readers.get(n).add(t)));
    }

    /** Returns what a task's result takes to another device, on average. */
    private double sending(int task) {
        double sum = 0;
        for (int i = 0; i < devices; i++) {
            for (int j = 0; j < devices; j++) {
                sum += i == j ? 0 : machine.latency()[i][j] + graph.bytes()[task] / machine.bytesPerSecond()[i][j];
            }
        }
        return devices == 1 ? 0 : sum / (devices * (devices - 1));
    }

    private double mean(int task) {
        return Arrays.stream(graph.seconds()[task]).average().orElseThrow();
    }

    private double least(int task) {
        return Arrays.stream(graph.seconds()[task]).min().orElseThrow();
    }

    /** The longest way at the least costs, and the whole work shared by all devices: no placement is shorter. */
    double bound() {
        double[] ends = new double[tasks];
        for (int t = 0; t < tasks; t++) {
            ends[t] = least(t) + Arrays.stream(graph.needs()[t]).mapToDouble(n -> ends[n]).max().orElse(0);
        }
        return Math.max(Arrays.stream(ends).max().orElse(0),
                IntStream.range(0, tasks).mapToDouble(this::least).sum() / devices);
    }

    /** A schedule as it grows: the intervals of each device. */
    private final class Growing {
        final int[] device = new int[tasks];
        final double[] end = new double[tasks];
        final List<List<double[]>> busy = IntStream.range(0, devices)
                .mapToObj(d -> (List<double[]>) new ArrayList<double[]>()).toList();

        double start(int t, int d) {
            double at = 0;
            for (int n : graph.needs()[t]) {
                at = Math.max(at, end[n] + (device[n] == d ? 0
                        : machine.latency()[device[n]][d] + graph.bytes()[n] / machine.bytesPerSecond()[device[n]][d]));
            }
            for (double[] interval : busy.get(d)) {
                if (interval[1] > at) {
                    if (interval[0] >= at + graph.seconds()[t][d]) {
                        break;
                    }
                    at = interval[1];
                }
            }
            return at;
        }

        void put(int t, int d) {
            double start = start(t, d);
            device[t] = d;
            end[t] = start + graph.seconds()[t][d];
            List<double[]> of = busy.get(d);
            int i = of.size();
            while (i > 0 && of.get(i - 1)[0] > start) {
                i--;
            }
            of.add(i, new double[] {start, end[t]});
        }

        double makespan() {
            return Arrays.stream(end).max().orElse(0);
        }
    }

    private interface Choice {
        int device(Growing schedule, int task);
    }

    /** Of the tasks that have what they need always the one of the highest priority. */
    private double list(double[] priority, Choice choice) {
        var schedule = new Growing();
        int[] missing = Arrays.stream(graph.needs()).mapToInt(n -> n.length).toArray();
        var ready = new TreeSet<>(Comparator.comparingDouble((Integer t) -> -priority[t]).thenComparing(t -> t));
        IntStream.range(0, tasks).filter(t -> missing[t] == 0).forEach(ready::add);
        while (!ready.isEmpty()) {
            int t = ready.pollFirst();
            schedule.put(t, choice.device(schedule, t));
            readers.get(t).stream().filter(r -> --missing[r] == 0).forEach(ready::add);
        }
        return schedule.makespan();
    }

    private int earliest(Growing schedule, int task, double[] more) {
        return IntStream.range(0, devices).boxed()
                .min(Comparator.comparingDouble(d -> schedule.start(task, d) + graph.seconds()[task][d] + more[d]))
                .orElseThrow();
    }

    private double[] upward() {
        double[] rank = new double[tasks];
        for (int t = tasks - 1; t >= 0; t--) {
            double sending = sending(t);
            rank[t] = mean(t) + readers.get(t).stream().mapToDouble(r -> sending + rank[r]).max().orElse(0);
        }
        return rank;
    }

    /** Heterogeneous earliest finish time. */
    double heft() {
        return list(upward(), (schedule, t) -> earliest(schedule, t, new double[devices]));
    }

    /** Critical path on a processor: Topcuoglu, Hariri, Wu, 2002, section 4.2. */
    double cpop() {
        double[] up = upward();
        double[] down = new double[tasks];
        for (int t = 0; t < tasks; t++) {
            down[t] = Arrays.stream(graph.needs()[t]).mapToDouble(n -> down[n] + mean(n) + sending(n)).max().orElse(0);
        }
        double[] both = IntStream.range(0, tasks).mapToDouble(t -> up[t] + down[t]).toArray();
        double longest = Arrays.stream(both).max().orElse(0);
        boolean[] critical = new boolean[tasks];
        int at = IntStream.range(0, tasks).filter(t -> graph.needs()[t].length == 0 && both[t] >= longest * (1 - 1e-9))
                .findFirst().orElse(-1);
        while (at >= 0) {
            critical[at] = true;
            at = readers.get(at).stream().filter(r -> both[r] >= longest * (1 - 1e-9)).findFirst().orElse(-1);
        }
        int processor = IntStream.range(0, devices).boxed().min(Comparator.comparingDouble(
                d -> IntStream.range(0, tasks).filter(t -> critical[t]).mapToDouble(t -> graph.seconds()[t][d]).sum()))
                .orElseThrow();
        return list(both, (schedule, t) -> critical[t] ? processor : earliest(schedule, t, new double[devices]));
    }

    /** Predict earliest finish time: Arabnejad, Barbosa, 2014. */
    double peft() {
        double[][] table = new double[tasks][devices];
        for (int t = tasks - 1; t >= 0; t--) {
            double sending = sending(t);
            for (int r : readers.get(t)) {
                for (int d = 0; d < devices; d++) {
                    int here = d;
                    table[t][d] = Math.max(table[t][d], IntStream.range(0, devices)
                            .mapToDouble(e -> table[r][e] + graph.seconds()[r][e] + (e == here ? 0 : sending)).min()
                            .orElseThrow());
                }
            }
        }
        double[] priority = Arrays.stream(table).mapToDouble(row -> Arrays.stream(row).average().orElseThrow())
                .toArray();
        return list(priority, (schedule, t) -> earliest(schedule, t, table[t]));
    }

    /** The whole on each device alone. */
    double alone() {
        return IntStream.range(0, devices)
                .mapToDouble(d -> IntStream.range(0, tasks).mapToDouble(t -> graph.seconds()[t][d]).sum()).min()
                .orElseThrow();
    }

    /** Simulated annealing of priorities and devices, from the upward ranks and devices by chance, some times anew. */
    double annealed(int restarts, int steps, long seed) {
        var random = new Random(seed);
        double[] up = upward();
        double best = Double.POSITIVE_INFINITY;
        for (int r = 0; r < restarts; r++) {
            int one = random.nextInt(devices);
            boolean isTogether = r % 2 == 0;
            best = Math.min(best,
                    annealed(up.clone(),
                            IntStream.range(0, tasks).map(t -> isTogether ? one : random.nextInt(devices)).toArray(),
                            steps, random));
        }
        return best;
    }

    private double annealed(double[] priority, int[] device, int steps, Random random) {
        double now = list(priority, (schedule, t) -> device[t]);
        double best = now;
        double first = now / 10;
        for (int i = 0; i < steps; i++) {
            double temperature = first * Math.pow(1e-3, (double) i / steps);
            int a = random.nextInt(tasks);
            int b = random.nextInt(tasks);
            double was = priority[a];
            double other = priority[b];
            int on = device[a];
            if (random.nextInt(3) == 0) {
                priority[a] = other;
                priority[b] = was;
            } else {
                device[a] = random.nextBoolean() ? device[b] : random.nextInt(devices);
            }
            double then = list(priority, (schedule, t) -> device[t]);
            if (then <= now || random.nextDouble() < Math.exp((now - then) / temperature)) {
                now = then;
                best = Math.min(best, now);
            } else {
                priority[a] = was;
                priority[b] = other;
                device[a] = on;
            }
        }
        return best;
    }

    /**
     * The true optimum, by all orders in which tasks can start and all devices: for few tasks. {@code known} is one
     * that can be reached.
     */
    double optimum(double known) {
        var search = new Exhaustion(known);
        search.go(0, 0, 0);
        return search.best;
    }

    /** Tasks in the order of their starts, so that each comes after all that its device did so far. */
    private final class Exhaustion {
        private final double[] after = new double[tasks];
        private final double[] free = new double[devices];
        private final int[] device = new int[tasks];
        private final double[] end = new double[tasks];
        private final boolean[] done = new boolean[tasks];
        private double best;

        Exhaustion(double known) {
            best = known;
            for (int t = tasks - 1; t >= 0; t--) {
                after[t] = readers.get(t).stream().mapToDouble(r -> least(r) + after[r]).max().orElse(0);
            }
        }

        void go(int count, double last, double makespan) {
            if (count == tasks) {
                best = Math.min(best, makespan);
                return;
            }
            for (int t = 0; t < tasks; t++) {
                if (!done[t] && Arrays.stream(graph.needs()[t]).allMatch(n -> done[n])) {
                    for (int d = 0; d < devices; d++) {
                        place(t, d, count, last, makespan);
                    }
                }
            }
        }

        private void place(int t, int d, int count, double last, double makespan) {
            double start = free[d];
            for (int n : graph.needs()[t]) {
                start = Math.max(start, end[n] + (device[n] == d ? 0
                        : machine.latency()[device[n]][d] + graph.bytes()[n] / machine.bytesPerSecond()[device[n]][d]));
            }
            double then = start + graph.seconds()[t][d];
            if (start < last || Math.max(makespan, then + after[t]) >= best) {
                return;
            }
            double was = free[d];
            done[t] = true;
            device[t] = d;
            end[t] = then;
            free[d] = then;
            go(count + 1, start, Math.max(makespan, then));
            free[d] = was;
            done[t] = false;
        }
    }

    /** The least of all. */
    double makespan(int restarts, int steps) {
        return DoubleStream.of(heft(), cpop(), peft(), alone(), annealed(restarts, steps, 1)).min().orElseThrow();
    }
}
