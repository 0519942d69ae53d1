package io.clarion.schedule.place;

import java.util.Arrays;

/**
 * A placement of tasks on devices, in time.
 *
 * @param device of each task
 * @param start  of each task, in seconds from the beginning
 * @param end    of each task
 */
record Placement(int[] device, double[] start, double[] end) {
    /** Returns when the last task ends. */
    public double makespan() {
        return Arrays.stream(end).max().orElse(0);
    }
}
