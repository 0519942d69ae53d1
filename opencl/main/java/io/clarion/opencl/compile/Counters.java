package io.clarion.opencl.compile;

import java.util.regex.Pattern;

/** The counters of loops, which kernels get as arguments, as variables of an {@link Index}. */
final class Counters {
    static final String TIME = "time";
    static final String HALF = "half";
    private static final Pattern COUNTER = Pattern.compile("(" + TIME + "|" + HALF + ")\\d+");

    private Counters() {}

    /** Returns the number of the element that a loop at {@code depth} is at. */
    static Index time(int depth, int steps) {
        return Index.var(TIME + depth, steps);
    }

    /** Returns which half of a carried value's buffer a step reads: 0 or 1; it writes the other. */
    static Index half(int depth) {
        return Index.var(HALF + depth, 2);
    }

    /** Returns whether a variable of an index is a counter of a loop. */
    static boolean isCounter(String variable) {
        return COUNTER.matcher(variable).matches();
    }

    /** Returns whether an index depends on the counters of the loop at {@code depth}. */
    static boolean isOf(Index index, int depth) {
        return Variables.of(java.util.List.of(index)).stream().anyMatch(v -> v.equals(TIME + depth) || v.equals(HALF + depth));
    }
}
