package io.clarion.cli;

import java.util.List;

/**
 * The commands of a trace, in columns, as a page takes it. Times are in nanoseconds from the first command on; texts
 * are told by their place among {@code texts}.
 *
 * @param trace   the file's name
 * @param devices their names
 */
record Timeline(String trace, List<String> devices, List<Lane> lanes, List<String> texts, Arrows arrows) {
    /** The commands of a track of a device, in the order of the starts: one bar in each column's place. */
    record Lane(int device, String track, long[] start, long[] duration, int[] name, int[] what, long[] bytes,
            double[] flops) {}

    /** From a time on a lane to a time on another: one arrow in each column's place. */
    record Arrows(int[] name, int[] fromLane, long[] from, int[] toLane, long[] to) {}

    long bars() {
        return lanes.stream().mapToLong(l -> l.start().length).sum();
    }

    double seconds() {
        return lanes.stream().mapToLong(l -> {
            long end = 0;
            for (int i = 0; i < l.start().length; i++) {
                end = Math.max(end, l.start()[i] + l.duration()[i]);
            }
            return end;
        }).max().orElse(0) * 1e-9;
    }
}
