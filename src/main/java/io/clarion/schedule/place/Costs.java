package io.clarion.schedule.place;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** The costs of a task graph on a machine, which scheduling asks for again and again. */
final class Costs {
    final TaskGraph graph;
    final int tasks;
    final int devices;
    /** Of each task, those that read its result. */
    final int[][] readers;
    /** Device × device, in seconds, and in seconds a byte: 0 from a device to itself. */
    final double[][] latency;
    final double[][] perByte;
    /** Of each group, its tasks. */
    final int[][] groups;
    /** Of each task, how long it takes where it can run, on average, and on the device that is fastest for it. */
    final double[] mean;
    final double[] least;
    /** Of each task, how long its result is on its way between two devices, on average. */
    final double[] sending;

    Costs(TaskGraph graph, Machine machine) {
        this.graph = graph;
        this.tasks = graph.tasks();
        this.devices = machine.devices();
        if (tasks > 0 && graph.seconds()[0].length != devices) {
            throw new IllegalArgumentException(
                    "tasks have seconds for " + graph.seconds()[0].length + " devices, and the machine has " + devices);
        }
        this.latency = table((from, to) -> machine.latency()[from][to]);
        this.perByte = table((from, to) -> 1 / machine.bytesPerSecond()[from][to]);
        this.mean = Arrays.stream(graph.seconds())
                .mapToDouble(s -> Arrays.stream(s).filter(Double::isFinite).average().orElseThrow()).toArray();
        this.least = Arrays.stream(graph.seconds()).mapToDouble(s -> Arrays.stream(s).min().orElseThrow()).toArray();
        double pairs = Math.max(1, devices * (devices - 1));
        double meanLatency = Arrays.stream(latency).flatMapToDouble(Arrays::stream).sum() / pairs;
        double meanPerByte = Arrays.stream(perByte).flatMapToDouble(Arrays::stream).sum() / pairs;
        this.sending = Arrays.stream(graph.bytes()).mapToDouble(b -> meanLatency + b * meanPerByte).toArray();
        this.readers = readers(graph.needs());
        this.groups = groups(graph.group());
    }

    /** The way between two devices. */
    private interface Way {
        double cost(int from, int to);
    }

    private double[][] table(Way way) {
        return IntStream.range(0, devices).mapToObj(
                from -> IntStream.range(0, devices).mapToDouble(to -> from == to ? 0 : way.cost(from, to)).toArray())
                .toArray(double[][]::new);
    }

    private static int[][] readers(int[][] needs) {
        int[] counts = new int[needs.length];
        Arrays.stream(needs).forEach(of -> Arrays.stream(of).forEach(n -> counts[n]++));
        int[][] readers = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
        for (int t = needs.length - 1; t >= 0; t--) {
            for (int n : needs[t]) {
                readers[n][--counts[n]] = t;
            }
        }
        return readers;
    }

    private static int[][] groups(int[] group) {
        int[] counts = new int[group.length];
        Arrays.stream(group).forEach(g -> counts[g]++);
        int[][] groups = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
        for (int t = 0; t < group.length; t++) {
            groups[group[t]][--counts[group[t]]] = t;
        }
        return groups;
    }

    /** Returns whether each task can run on one device alone. */
    boolean areFixed() {
        return Arrays.stream(graph.seconds()).allMatch(s -> Arrays.stream(s).filter(Double::isFinite).count() == 1);
    }

    /** Returns the tasks of all groups that {@code some} are of. */
    int[] whole(int[] some) {
        return Arrays.stream(some).map(t -> graph.group()[t]).distinct().flatMap(g -> Arrays.stream(groups[g]))
                .toArray();
    }

    /** Returns when a device has the result of a task that another, or itself, has made by {@code end}. */
    double arrival(int task, double end, int from, int to) {
        return end + latency[from][to] + graph.bytes()[task] * perByte[from][to];
    }

    /** Returns all tasks, those that need most memory first. */
    int[] largestFirst() {
        return IntStream.range(0, tasks).boxed()
                .sorted(Comparator.comparingLong((Integer t) -> graph.memory()[t]).reversed()).mapToInt(t -> t)
                .toArray();
    }

    /**
     * Returns all tasks, each after what it needs: of those that can be next always the one with the highest priority.
     */
    int[] order(double[] priority) {
        int[] missing = Arrays.stream(graph.needs()).mapToInt(n -> n.length).toArray();
        var ready = new PriorityQueue<Integer>((a, b) -> priority[a] != priority[b]
                ? Double.compare(priority[b], priority[a]) : Integer.compare(a, b));
        IntStream.range(0, tasks).filter(t -> missing[t] == 0).forEach(ready::add);
        int[] order = new int[tasks];
        for (int i = 0; i < tasks; i++) {
            order[i] = ready.remove();
            for (int reader : readers[order[i]]) {
                if (--missing[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        return order;
    }
}
