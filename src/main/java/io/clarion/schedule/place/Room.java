package io.clarion.schedule.place;

import java.util.Arrays;

/**
 * The memory that devices have left. That of tasks with one possible device is taken beforehand, so that others leave
 * it to them.
 */
final class Room {
    private final TaskGraph graph;
    private final int[] pins;
    private final long[] left;
    /** Of each group, what it needs. */
    private final long[] needs;
    /** Of each group, how many of its tasks are placed, and where. */
    private final int[] placed;
    private final int[] on;

    /** Room for all of {@code graph}; throws {@link NoRoom} if what is pinned does not fit. */
    Room(TaskGraph graph, Machine machine) {
        this.graph = graph;
        this.left = machine.memory().clone();
        this.pins = Arrays.stream(graph.seconds()).mapToInt(Room::pin).toArray();
        this.needs = new long[graph.tasks()];
        this.placed = new int[graph.tasks()];
        this.on = new int[graph.tasks()];
        for (int t = 0; t < pins.length; t++) {
            needs[graph.group()[t]] += graph.memory()[t];
            if (pins[t] >= 0) {
                if (graph.memory()[t] > left[pins[t]]) {
                    throw new NoRoom(t, graph, left);
                }
                left[pins[t]] -= graph.memory()[t];
            }
        }
    }

    private Room(Room of) {
        this.graph = of.graph;
        this.left = of.left.clone();
        this.pins = of.pins;
        this.needs = of.needs;
        this.placed = of.placed.clone();
        this.on = of.on.clone();
    }

    Room copy() {
        return new Room(this);
    }

    /** Returns the only device with a finite time; −1 if there are more. */
    private static int pin(double[] seconds) {
        int pin = -1;
        for (int d = 0; d < seconds.length; d++) {
            if (Double.isFinite(seconds[d])) {
                if (pin >= 0) {
                    return -1;
                }
                pin = d;
            }
        }
        return pin;
    }

    /** Returns whether a task can run on a device, and its group is there or there is memory for it. */
    boolean has(int task, int device) {
        int group = graph.group()[task];
        boolean fits = placed[group] > 0 ? on[group] == device : needs[group] <= left[device];
        return Double.isFinite(graph.seconds()[task][device]) && (pins[task] >= 0 || fits);
    }

    void take(int task, int device) {
        int group = graph.group()[task];
        if (pins[task] < 0 && placed[group]++ == 0) {
            on[group] = device;
            left[device] -= needs[group];
        }
    }

    /** To be followed by all of the group, before one of it is elsewhere. */
    void leave(int task, int device) {
        int group = graph.group()[task];
        if (pins[task] < 0 && --placed[group] == 0) {
            left[device] += needs[group];
        }
    }

    long left(int device) {
        return left[device];
    }

    NoRoom noneFor(int task) {
        return new NoRoom(task, graph, left);
    }
}
