package io.clarion.opencl.compile.program;

import io.clarion.graph.Contraction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The loop nest of a contraction, given the axes of the result: some are looped over, windows determine others, and
 * windows of which all axes are known are checked.
 *
 * @param loops  the axes that are neither in the result nor determined, ascending
 * @param solves in an order in which each needs only axes known before
 */
public record ContractionLoops(List<Integer> loops, List<Solve> solves, List<Contraction.Window> checks) {

    /** An axis that a window determines from its two others: position, or a quotient that must be whole. */
    public record Solve(int axis, Contraction.Window window) {
        public int divisor() {
            return axis == window.position() ? 1 : axis == window.place() ? window.stride() : window.dilation();
        }

        /** Returns the axis's place times {@link #divisor}. */
        public Index position(List<Index> at) {
            Contraction.Window w = window;
            if (axis == w.position()) {
                return at.get(w.place()).times(w.stride()).plus(at.get(w.tap()).times(w.dilation())).plus(-w.pad());
            }
            Index rest = axis == w.place() ? at.get(w.tap()).times(-w.dilation())
                    : at.get(w.place()).times(-w.stride());
            return at.get(w.position()).plus(w.pad()).plus(rest);
        }
    }

    /**
     * Returns the number of products that are summed for an element of the result, those included for which a window
     * does not hold.
     */
    public double terms(Contraction c) {
        return loops.stream().mapToDouble(a -> c.extents().get(a).size()).reduce(1, (x, y) -> x * y);
    }

    public static ContractionLoops of(Contraction c) {
        Set<Integer> bound = new LinkedHashSet<>(c.out());
        var open = new ArrayList<>(c.windows());
        var loops = new ArrayList<Integer>();
        var solves = new ArrayList<Solve>();
        var checks = new ArrayList<Contraction.Window>();
        while (true) {
            settle(open, bound, solves, checks);
            int next = cheapest(c, bound, open);
            if (next < 0) {
                loops.sort(null);
                return new ContractionLoops(loops, solves, checks);
            }
            bound.add(next);
            loops.add(next);
        }
    }

    private static void settle(List<Contraction.Window> open, Set<Integer> bound, List<Solve> solves,
            List<Contraction.Window> checks) {
        for (boolean moved = true; moved;) {
            moved = false;
            for (var it = open.iterator(); it.hasNext();) {
                Contraction.Window w = it.next();
                int[] unknown = w.axes().stream().mapToInt(a -> a).filter(a -> !bound.contains(a)).distinct().toArray();
                if (unknown.length > 1) {
                    continue;
                }
                if (unknown.length == 0) {
                    checks.add(w);
                } else {
                    bound.add(unknown[0]);
                    solves.add(new Solve(unknown[0], w));
                }
                it.remove();
                moved = true;
            }
        }
    }

    /**
     * Returns the smallest axis to loop over next; one that a window may determine later comes last, positions after
     * places.
     */
    private static int cheapest(Contraction c, Set<Integer> bound, List<Contraction.Window> open) {
        int[] free = java.util.stream.IntStream.range(0, c.extents().size()).filter(a -> !bound.contains(a)).toArray();
        return Arrays.stream(free).boxed().min(java.util.Comparator
                .comparing((Integer a) -> open.stream().anyMatch(w -> w.position() == a))
                .thenComparing(a -> c.extents().get(a).size())).orElse(-1);
    }
}
