package io.clarion.schedule.place;

/**
 * The ranks of tasks, the work still to come from each on: what orders tasks, and what tells which device leads on
 * well.
 */
final class Ranks {
    private Ranks() {}

    /**
     * Returns the upward rank: the length of the longest way from the beginning of each task to the end of all, where
     * it takes {@code seconds} and its result as long as {@link Costs#sending}, times {@code far}. Topcuoglu, Hariri,
     * Wu, "Performance-Effective and Low-Complexity Task Scheduling for Heterogeneous Computing", IEEE TPDS 13(3),
     * 2002, equation 5, has the mean of all devices for {@code seconds}, and 1 for {@code far}.
     */
    static double[] upward(Costs costs, double[] seconds, double far) {
        double[] rank = new double[costs.tasks];
        for (int t = costs.tasks - 1; t >= 0; t--) {
            double after = 0;
            for (int reader : costs.readers[t]) {
                after = Math.max(after, far * costs.sending[t] + rank[reader]);
            }
            rank[t] = seconds[t] + after;
        }
        return rank;
    }

    /** Returns the same as {@link #upward}, with what it is in {@code placement}. */
    static double[] upward(Costs costs, Placement placement) {
        double[] rank = new double[costs.tasks];
        int[] device = placement.device();
        for (int t = costs.tasks - 1; t >= 0; t--) {
            double after = 0;
            for (int reader : costs.readers[t]) {
                after = Math.max(after, costs.arrival(t, rank[reader], device[t], device[reader]));
            }
            rank[t] = costs.graph.seconds()[t][device[t]] + after;
        }
        return rank;
    }

    /**
     * Returns the optimistic cost table, task × device: how long it takes at least from the end of a task on a device
     * to the end of all, were each later task on the device that is best for it. Arabnejad, Barbosa, "List Scheduling
     * Algorithm for Heterogeneous Systems by an Optimistic Cost Table", IEEE TPDS 25(3), 2014, equation 3.
     */
    static double[][] optimistic(Costs costs) {
        double[][] table = new double[costs.tasks][costs.devices];
        for (int t = costs.tasks - 1; t >= 0; t--) {
            for (int reader : costs.readers[t]) {
                double elsewhere = costs.sending[t] + least(table[reader], costs.graph.seconds()[reader]);
                for (int d = 0; d < costs.devices; d++) {
                    double here = table[reader][d] + costs.graph.seconds()[reader][d];
                    table[t][d] = Math.max(table[t][d], Math.min(here, elsewhere));
                }
            }
        }
        return table;
    }

    private static double least(double[] after, double[] seconds) {
        double least = Double.POSITIVE_INFINITY;
        for (int d = 0; d < after.length; d++) {
            least = Math.min(least, after[d] + seconds[d]);
        }
        return least;
    }

    /** Returns the mean of each task's row. */
    static double[] means(double[][] table) {
        double[] means = new double[table.length];
        for (int t = 0; t < means.length; t++) {
            double sum = 0;
            for (double value : table[t]) {
                sum += value;
            }
            means[t] = sum / table[t].length;
        }
        return means;
    }
}
