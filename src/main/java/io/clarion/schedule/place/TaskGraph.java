package io.clarion.schedule.place;

import java.util.Arrays;

/**
 * Tasks, what each needs, and what each costs on each device.
 *
 * @param needs   of each task, the tasks whose results it reads, each of a smaller number
 * @param seconds task × device: how long a task takes; {@link Double#POSITIVE_INFINITY} where it cannot run, by which a task is pinned
 * @param bytes   of each task's result, which other devices have to be sent
 * @param memory  of each task, the bytes that its device keeps for it
 */
public record TaskGraph(int[][] needs, double[][] seconds, long[] bytes, long[] memory) {
    /** Refuses what does not fit together, and a task that can run nowhere. */
    public TaskGraph {
        int tasks = needs.length;
        if (seconds.length != tasks || bytes.length != tasks || memory.length != tasks) {
            throw new IllegalArgumentException("there are needs of " + tasks + " tasks, seconds of " + seconds.length + ", bytes of " + bytes.length
                    + " and memory of " + memory.length + "; they have to be as many");
        }
        for (int t = 0; t < tasks; t++) {
            check(t, needs[t], seconds[t], seconds[0].length, bytes[t], memory[t]);
        }
    }

    private static void check(int task, int[] needs, double[] seconds, int devices, long bytes, long memory) {
        if (Arrays.stream(needs).anyMatch(n -> n < 0 || n >= task)) {
            throw new IllegalArgumentException("task " + task + " needs " + Arrays.toString(needs) + "; each has to be from 0 to " + (task - 1));
        }
        boolean isSomewhere = Arrays.stream(seconds).anyMatch(Double::isFinite);
        if (seconds.length != devices || !isSomewhere || !Arrays.stream(seconds).allMatch(s -> s >= 0)) {
            throw new IllegalArgumentException("task " + task + " takes " + Arrays.toString(seconds) + " seconds; it takes 0 or more on each of "
                    + devices + " devices, and has to run on one at least");
        }
        if (bytes < 0 || memory < 0) {
            throw new IllegalArgumentException("task " + task + " has a result of " + bytes + " bytes and keeps " + memory + "; 0 or more would do");
        }
    }

    int tasks() {
        return needs.length;
    }
}
