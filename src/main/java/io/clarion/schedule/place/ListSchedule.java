package io.clarion.schedule.place;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * List scheduling: one task after another, each as early as its device has what it needs and a gap that is long enough.
 */
final class ListSchedule {
    private final Costs costs;
    private final DeviceSchedule[] timelines;
    private final double[] ready;
    /** Who did what in the last run. */
    final int[] device;
    final double[] start;
    final double[] end;
    private long looks;

    ListSchedule(Costs costs) {
        this.costs = costs;
        this.timelines = Stream.generate(DeviceSchedule::new).limit(costs.devices).toArray(DeviceSchedule[]::new);
        this.ready = new double[costs.devices];
        this.device = new int[costs.tasks];
        this.start = new double[costs.tasks];
        this.end = new double[costs.tasks];
    }

    /** Returns how often a device was asked when it is free, in all runs; that a task is placed counts as twice. */
    long looks() {
        return looks;
    }

    /**
     * Chooses for each task the device where it ends first.
     *
     * @param ahead task × device, what is added to the end before ends are compared; null for nothing
     * @param room  of which it takes; throws {@link NoRoom} where that leads to a task for which there is none
     */
    Placement chosen(int[] order, double[][] ahead, Room room) {
        clear();
        for (int t : order) {
            arrivals(t);
            looks += costs.devices;
            int best = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int d = 0; d < costs.devices; d++) {
                if (room.has(t, d)) {
                    double end = timelines[d].earliest(ready[d], costs.graph.seconds()[t][d])
                            + costs.graph.seconds()[t][d];
                    double value = ahead == null ? end : end + ahead[t][d];
                    if (best < 0 || value < least) {
                        best = d;
                        least = value;
                    }
                }
            }
            if (best < 0) {
                throw room.noneFor(t);
            }
            room.take(t, best);
            put(t, best, ready[best]);
        }
        return placement();
    }

    private void clear() {
        for (DeviceSchedule timeline : timelines) {
            timeline.clear();
        }
    }

    /** When each device has all that a task needs. */
    private void arrivals(int task) {
        Arrays.fill(ready, 0);
        for (int n : costs.graph.needs()[task]) {
            double[] latency = costs.latency[device[n]];
            double[] perByte = costs.perByte[device[n]];
            double bytes = costs.graph.bytes()[n];
            for (int d = 0; d < ready.length; d++) {
                ready[d] = Math.max(ready[d], end[n] + latency[d] + bytes * perByte[d]);
            }
        }
    }

    private void put(int task, int on, double ready) {
        double seconds = costs.graph.seconds()[task][on];
        device[task] = on;
        start[task] = timelines[on].earliest(ready, seconds);
        end[task] = start[task] + seconds;
        timelines[on].put(task, start[task], end[task]);
        looks += 2;
    }

    /**
     * Returns the makespan with tasks on given devices; infinite, and not computed to the end, if it is more than
     * {@code limit}.
     *
     * @param after of each task, the least time from its end to the end of all
     */
    double makespan(int[] order, int[] on, double[] after, double limit) {
        clear();
        double makespan = 0;
        for (int t : order) {
            double ready = 0;
            for (int n : costs.graph.needs()[t]) {
                ready = Math.max(ready, costs.arrival(n, end[n], device[n], on[t]));
            }
            put(t, on[t], ready);
            makespan = Math.max(makespan, end[t] + after[t]);
            if (makespan > limit) {
                return Double.POSITIVE_INFINITY;
            }
        }
        return makespan;
    }

    /** Returns the last run. */
    Placement placement() {
        return new Placement(device.clone(), start.clone(), end.clone());
    }

    /** Returns the task that ends last. */
    int last() {
        int last = 0;
        for (int t = 1; t < end.length; t++) {
            last = end[t] > end[last] ? t : last;
        }
        return last;
    }

    /** Of each task, which one its device does before it; −1 for the first. */
    int[] before() {
        int[] before = new int[costs.tasks];
        for (DeviceSchedule timeline : timelines) {
            timeline.order(before);
        }
        return before;
    }
}
