package io.clarion.schedule.place;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Places tasks on devices so that the last ends early. Heterogeneous earliest finish time, HEFT (Topcuoglu, Hariri, Wu, IEEE TPDS
 * 13(3), 2002): tasks in the order of their upward ranks, each on the device where it ends first, in a gap if it fits. The same with other ranks, with
 * a look ahead, and with all on one device; the shortest of them is improved by a {@link LocalSearch}. A result is sent to a
 * device once, as soon as it is made, for all that read it there; sending does not keep a device from computing.
 *
 * <pre>
 *     device 0   |  0  |    1    |  3  |
 *     device 1         ..|  2  |..            2 needs 0, and 3 needs 1 and 2: two are sent
 * </pre>
 */
public final class EarliestFinish {
    /** Beyond so many pairs of tasks and devices, fewer orders are tried. */
    private static final long MANY = 100_000;
    /** More seconds than any placement takes. */
    private static final double ALL = 1e30;
    private final Costs costs;
    private final Room room;
    private final ListSchedule schedule;
    private final List<Placement> found = new ArrayList<>();
    private NoRoom none;

    private EarliestFinish(TaskGraph graph, Machine machine) {
        this.costs = new Costs(graph, machine);
        this.room = new Room(graph, machine);
        this.schedule = new ListSchedule(costs);
    }

    /**
     * A short placement, the same whenever it is asked for.
     *
     * @throws NoRoom if no device has memory for a task
     */
    public static Placement of(TaskGraph graph, Machine machine) {
        return new EarliestFinish(graph, machine).placed();
    }

    private Placement placed() {
        double[][] ahead = Ranks.optimistic(costs);
        int[] upward = costs.order(Ranks.upward(costs, costs.mean, 1));
        tryOrder(upward, null);
        tryOrder(upward, ahead);
        tryOrder(costs.order(Ranks.means(ahead)), ahead);
        if ((long) costs.tasks * costs.devices <= MANY) {
            for (double[] seconds : List.of(costs.mean, costs.least)) {
                for (double far : new double[] {0, 0.5, 1, 2}) {
                    int[] order = costs.order(Ranks.upward(costs, seconds, far));
                    tryOrder(order, null);
                    tryOrder(order, ahead);
                }
            }
            IntStream.range(0, costs.devices).forEach(d -> attempt(() -> together(d, upward)));
        }
        if (found.isEmpty()) {
            attempt(() -> largestFirst(upward));
        }
        return LocalSearch.improved(costs, schedule, room, shortest());
    }

    private void tryOrder(int[] order, double[][] ahead) {
        attempt(() -> schedule.chosen(order, ahead, room.copy()));
    }

    private void attempt(Supplier<Placement> way) {
        try {
            found.add(way.get());
        } catch (NoRoom e) {
            none = none == null ? e : none;
        }
    }

    private Placement shortest() {
        return found.stream().min(Comparator.comparingDouble(Placement::makespan)).orElseThrow(() -> none);
    }

    /** All that can be on one device there, the rest where it ends first. */
    private Placement together(int device, int[] order) {
        double[] elsewhere = IntStream.range(0, costs.devices).mapToDouble(d -> d == device ? 0 : ALL).toArray();
        double[][] ahead = Stream.generate(() -> elsewhere).limit(costs.tasks).toArray(double[][]::new);
        return schedule.chosen(order, ahead, room.copy());
    }

    /** For where memory is short: those that need most choose first, each the device that it fills best. */
    private Placement largestFirst(int[] order) {
        Room left = room.copy();
        int[] on = new int[costs.tasks];
        for (int t : costs.largestFirst()) {
            on[t] = IntStream.range(0, costs.devices).filter(d -> left.has(t, d)).boxed().min(Comparator.comparingLong(left::left))
                    .orElseThrow(() -> left.noneFor(t));
            left.take(t, on[t]);
        }
        schedule.makespan(order, on, new double[costs.tasks], Double.POSITIVE_INFINITY);
        return schedule.placement();
    }
}
