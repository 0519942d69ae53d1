package io.clarion.reference;

import io.clarion.graph.Contraction;
import io.clarion.graph.Contraction.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The order in which the axes of a contraction that are not in its result get their values: what a window determines is
 * solved, what is free is looped over, the longest axis without a window innermost.
 */
record LoopNest(List<Step> steps) {
    /** A step of the loop nest, which gives one axis its value once the axes before have theirs. */
    sealed interface Step {
        record Loop(int axis) implements Step {}

        /** The axis has the one value, if any, for which the window holds. */
        record Solve(int axis, Window window) implements Step {}

        /** All axes of the window have values; it holds or it does not. */
        record Check(Window window) implements Step {}
    }

    static LoopNest of(Contraction c) {
        var bound = new ArrayList<>(c.out());
        var open = new ArrayList<>(c.windows());
        var steps = new ArrayList<Step>();
        settle(open, bound, steps);
        Comparator<Integer> tiedFirst = Comparator
                .comparing(a -> c.windows().stream().noneMatch(w -> w.axes().contains(a)));
        Comparator<Integer> order = tiedFirst.thenComparing(a -> c.extents().get(a).size());
        for (int axis : IntStream.range(0, c.extents().size()).boxed().sorted(order).toList()) {
            if (!bound.contains(axis)) {
                bound.add(axis);
                steps.add(new Step.Loop(axis));
                settle(open, bound, steps);
            }
        }
        return new LoopNest(List.copyOf(steps));
    }

    private static void settle(List<Window> open, List<Integer> bound, List<Step> steps) {
        for (boolean moved = true; moved;) {
            moved = false;
            for (Window w : List.copyOf(open)) {
                List<Integer> unknown = w.axes().stream().filter(a -> !bound.contains(a)).toList();
                if (unknown.size() > 1) {
                    continue;
                }
                steps.add(unknown.isEmpty() ? new Step.Check(w) : new Step.Solve(unknown.get(0), w));
                bound.addAll(unknown);
                open.remove(w);
                moved = true;
            }
        }
    }
}
