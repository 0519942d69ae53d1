package io.clarion.opencl.compile.program;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The counters of loops, which kernels get as arguments, as variables of an {@link Index}: {@code time0},
 * {@code half0}, {@code time1} …
 */
public final class Counters {
    private static final String TIME = "time";
    private static final String HALF = "half";
    private static final Pattern COUNTER = Pattern.compile("(" + TIME + "|" + HALF + ")(\\d+)");

    private Counters() {}

    /** Returns the number of the element that a loop at {@code depth} is at. */
    public static Index time(int depth, int steps) {
        return Index.var(time(depth), steps);
    }

    /** Returns the variable of {@link #time(int, int)}. */
    public static String time(int depth) {
        return TIME + depth;
    }

    /**
     * Returns which half of a carried value's buffer a step of a loop at {@code depth} reads: 0 or 1; it writes the
     * other.
     */
    public static Index halfRead(int depth) {
        return Index.var(half(depth), 2);
    }

    /** Returns which half of a carried value's buffer a step of a loop at {@code depth} writes. */
    public static Index halfWritten(int depth) {
        return halfRead(depth).times(-1).plus(1);
    }

    /** Returns the variable of {@link #halfRead}. */
    public static String half(int depth) {
        return HALF + depth;
    }

    /** Returns whether a variable of an index is a counter of a loop. */
    public static boolean isCounter(String variable) {
        return COUNTER.matcher(variable).matches();
    }

    /** Returns whether an index depends on the counters of the loop at {@code depth}. */
    public static boolean isOf(Index index, int depth) {
        return Variables.of(List.of(index)).stream().anyMatch(v -> v.equals(time(depth)) || v.equals(half(depth)));
    }

    /** Returns whether a counter is {@link #time}, rather than {@link #half}. */
    public static boolean isTime(String counter) {
        return counter.startsWith(TIME);
    }

    /** Returns the depth of the loop whose counter a variable is. */
    public static int depth(String counter) {
        Matcher m = COUNTER.matcher(counter);
        if (!m.matches()) {
            throw new AssertionError(counter + " is no counter of a loop");
        }
        return Integer.parseInt(m.group(2));
    }
}
