package io.clarion.schedule.place;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tasks, what each needs, and what each costs on each device.
 *
 * @param needs   of each task, the tasks whose results it reads, each of a smaller number
 * @param seconds task × device: how long a task takes; {@link Double#POSITIVE_INFINITY} where it cannot run, by which a
 *                task is pinned
 * @param bytes   of each task's result, which other devices have to be sent
 * @param memory  of each task, the bytes that its device keeps for it
 * @param group   of each task, a number from 0 to before that of tasks: those of one number are on one device
 */
record TaskGraph(int[][] needs, double[][] seconds, long[] bytes, long[] memory, int[] group) {
    /** Refuses what does not fit together, and a task that can run nowhere. A group can run where all of it can. */
    public TaskGraph {
        int tasks = needs.length;
        if (seconds.length != tasks || bytes.length != tasks || memory.length != tasks || group.length != tasks) {
            throw new IllegalArgumentException("there are needs of " + tasks + " tasks, seconds of " + seconds.length
                    + ", bytes of " + bytes.length
                    + ", memory of " + memory.length + " and groups of " + group.length + "; they have to be as many");
        }
        seconds = together(seconds, group);
        for (int t = 0; t < tasks; t++) {
            check(t, needs[t], seconds[t], seconds[0].length, bytes[t], memory[t]);
        }
    }

    /** Tasks of which each may be on a device of its own. */
    public TaskGraph(int[][] needs, double[][] seconds, long[] bytes, long[] memory) {
        this(needs, seconds, bytes, memory, IntStream.range(0, needs.length).toArray());
    }

    private static double[][] together(double[][] seconds, int[] group) {
        int tasks = group.length;
        if (!Arrays.stream(group).allMatch(g -> g >= 0 && g < tasks)) {
            throw new IllegalArgumentException(
                    "tasks are in groups " + Arrays.toString(group) + "; each has to be from 0 to " + (tasks - 1));
        }
        double[][] all = Arrays.stream(seconds).map(double[]::clone).toArray(double[][]::new);
        double[][] least = new double[tasks][];
        for (int pass = 0; pass < 2; pass++) {
            for (int t = 0; t < tasks; t++) {
                double[] of = least[group[t]] == null ? least[group[t]] = all[t].clone() : least[group[t]];
                for (int d = 0; d < Math.min(of.length, all[t].length); d++) {
                    of[d] = Double.isFinite(all[t][d]) ? of[d] : all[t][d];
                    all[t][d] = Double.isFinite(of[d]) || Double.isNaN(of[d]) ? all[t][d] : of[d];
                }
            }
        }
        return all;
    }

    private static void check(int task, int[] needs, double[] seconds, int devices, long bytes, long memory) {
        if (Arrays.stream(needs).anyMatch(n -> n < 0 || n >= task)) {
            throw new IllegalArgumentException(
                    "task " + task + " needs " + Arrays.toString(needs) + "; each has to be from 0 to " + (task - 1));
        }
        boolean isSomewhere = Arrays.stream(seconds).anyMatch(Double::isFinite);
        if (seconds.length != devices || !isSomewhere || !Arrays.stream(seconds).allMatch(s -> s >= 0)) {
            throw new IllegalArgumentException(
                    "task " + task + " takes " + Arrays.toString(seconds) + " seconds; it takes 0 or more on each of "
                            + devices + " devices, and has to run on one at least, with its group");
        }
        if (bytes < 0 || memory < 0) {
            throw new IllegalArgumentException("task " + task + " has a result of " + bytes + " bytes and keeps "
                    + memory + "; 0 or more would do");
        }
    }

    int tasks() {
        return needs.length;
    }
}
