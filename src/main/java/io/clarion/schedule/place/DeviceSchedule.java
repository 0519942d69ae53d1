package io.clarion.schedule.place;

import java.util.Arrays;

/** The schedule of a device: tasks one after another, with gaps between them. */
final class DeviceSchedule {
    private double[] starts = new double[16];
    private double[] ends = new double[16];
    private int[] tasks = new int[16];
    private int count;
    /** Where nothing is done yet: the last gap has no end. */
    private double[] gapStarts = new double[16];
    private double[] gapEnds = new double[16];
    private int gaps;

    DeviceSchedule() {
        clear();
    }

    void clear() {
        count = 0;
        gaps = 1;
        gapStarts[0] = 0;
        gapEnds[0] = Double.POSITIVE_INFINITY;
    }

    /** Returns the earliest time, {@code ready} or later, at which the device is free for so many seconds. */
    double earliest(double ready, double seconds) {
        int i = first(gapEnds, gaps, ready);
        while (Math.max(ready, gapStarts[i]) + seconds > gapEnds[i]) {
            i++;
        }
        return Math.max(ready, gapStarts[i]);
    }

    /** Returns the first of ascending values that is no less than {@code least}. */
    private static int first(double[] values, int count, double least) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (values[middle] >= least) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Takes a time that {@link #earliest} gave. */
    void put(int task, double start, double end) {
        fill(start, end);
        int at = first(starts, count, start);
        while (at < count && ends[at] <= start) {
            at++;
        }
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

    /** Takes a time out of its gap: what is left of that is none, one, or two. */
    private void fill(double start, double end) {
        int i = first(gapEnds, gaps, end);
        boolean isBefore = start > gapStarts[i];
        boolean isAfter = end < gapEnds[i];
        if (isBefore && isAfter) {
            insert(i, gapStarts[i], start);
            gapStarts[i + 1] = end;
        } else if (isBefore) {
            gapEnds[i] = start;
        } else if (isAfter) {
            gapStarts[i] = end;
        } else {
            gaps--;
            System.arraycopy(gapStarts, i + 1, gapStarts, i, gaps - i);
            System.arraycopy(gapEnds, i + 1, gapEnds, i, gaps - i);
        }
    }

    private void insert(int i, double start, double end) {
        if (gaps == gapStarts.length) {
            gapStarts = Arrays.copyOf(gapStarts, 2 * gaps);
            gapEnds = Arrays.copyOf(gapEnds, 2 * gaps);
        }
        System.arraycopy(gapStarts, i, gapStarts, i + 1, gaps - i);
        System.arraycopy(gapEnds, i, gapEnds, i + 1, gaps - i);
        gaps++;
        gapStarts[i] = start;
        gapEnds[i] = end;
    }

    /** Tells for each task which one the device does before it; −1 for the first. */
    void order(int[] before) {
        for (int i = 0; i < count; i++) {
            before[tasks[i]] = i == 0 ? -1 : tasks[i - 1];
        }
    }
}
