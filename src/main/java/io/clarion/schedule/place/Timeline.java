package io.clarion.schedule.place;

import java.util.Arrays;

/** What a device does when: tasks one after another, with gaps between them. */
final class Timeline {
    private double[] starts = new double[16];
    private double[] ends = new double[16];
    private int[] tasks = new int[16];
    private int count;

    void clear() {
        count = 0;
    }

    /** The earliest time, {@code ready} or later, at which the device is free for so many seconds. */
    double earliest(double ready, double seconds) {
        double start = ready;
        for (int i = firstAfter(ready); i < count && starts[i] < start + seconds; i++) {
            start = Math.max(start, ends[i]);
        }
        return start;
    }

    /** The place of the first task that ends after {@code time}. */
    private int firstAfter(double time) {
        int low = 0;
        int high = count;
        if (count > 0 && ends[count - 1] <= time) {
            return count;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] > time) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Takes a time that {@link #earliest} gave. */
    void put(int task, double start, double end) {
        int at = firstAfter(start);
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            tasks = Arrays.copyOf(tasks, 2 * count);
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(ends, at, ends, at + 1, count - at);
        System.arraycopy(tasks, at, tasks, at + 1, count - at);
        starts[at] = start;
        ends[at] = end;
        tasks[at] = task;
        count++;
    }

    /** Tells for each task which one the device does before it; −1 for the first. */
    void order(int[] before) {
        for (int i = 0; i < count; i++) {
            before[tasks[i]] = i == 0 ? -1 : tasks[i - 1];
        }
    }
}
