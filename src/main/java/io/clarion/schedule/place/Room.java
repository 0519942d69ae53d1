package io.clarion.schedule.place;

/** The memory that devices have left. That of tasks with one possible device is taken beforehand, so that others leave it to them. */
final class Room {
    private final TaskGraph graph;
    private final int[] pins;
    private final long[] left;

    /** Room for all of {@code graph}; throws {@link NoRoom} if what is pinned does not fit. */
    Room(TaskGraph graph, Machine machine) {
        this.graph = graph;
        this.left = machine.memory().clone();
        this.pins = new int[graph.tasks()];
        for (int t = 0; t < pins.length; t++) {
            pins[t] = pin(graph.seconds()[t]);
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
    }

    Room copy() {
        return new Room(this);
    }

    /** The only device with a finite time; −1 if there are more. */
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

    /** Whether a task can run on a device and there is memory for it. */
    boolean has(int task, int device) {
        return Double.isFinite(graph.seconds()[task][device]) && (pins[task] >= 0 || graph.memory()[task] <= left[device]);
    }

    void take(int task, int device) {
        if (pins[task] < 0) {
            left[device] -= graph.memory()[task];
        }
    }

    void leave(int task, int device) {
        if (pins[task] < 0) {
            left[device] += graph.memory()[task];
        }
    }

    long left(int device) {
        return left[device];
    }

    NoRoom noneFor(int task) {
        return new NoRoom(task, graph, left);
    }
}
