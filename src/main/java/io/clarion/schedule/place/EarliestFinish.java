package io.clarion.schedule.place;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Places tasks on devices so that the last ends early. Heterogeneous earliest finish time, HEFT (Topcuoglu, Hariri, Wu,
 * IEEE TPDS 13(3), 2002): tasks in the order of their upward ranks, each on the device where it ends first, in a gap if
 * it fits. The same with other ranks, with a look ahead, and with all on one device; the shortest of them is improved
 * by a {@link LocalSearch}. A result is sent to a device once, as soon as it is made, for all that read it there;
 * sending does not keep a device from computing.
 *
 * <pre>
 *     device 0   |  0  |    1    |  3  |
 *     device 1         ..|  2  |..            2 needs 0, and 3 needs 1 and 2: two are sent
 * </pre>
 */
final class EarliestFinish {
    /** Beyond so many pairs of tasks and devices, fewer orders are tried, and one device alone. */
    private static final long MANY = 100_000;
    private final Costs costs;
    private final Room room;
    private final ListSchedule schedule;
    /** More seconds than a good placement takes. */
    private final double penalty;
    private final List<Placement> found = new ArrayList<>();
    private NoRoom none;

    private EarliestFinish(TaskGraph graph, Machine machine) {
        this.costs = new Costs(graph, machine);
        this.room = new Room(graph, machine);
        this.schedule = new ListSchedule(costs);
        this.penalty = 1e3 * (Arrays.stream(costs.mean).sum() + Arrays.stream(costs.sending).sum());
    }

    /**
     * Returns a short placement, the same whenever it is asked for.
     *
     * @throws NoRoom if no device has memory for a task
     */
    public static Placement of(TaskGraph graph, Machine machine) {
        return new EarliestFinish(graph, machine).placed();
    }

    private Placement placed() {
        boolean isSmall = (long) costs.tasks * costs.devices <= MANY;
        double[][] ahead = Ranks.optimistic(costs);
        int[] upward = costs.order(Ranks.upward(costs, costs.mean, 1));
        for (int[] order : isSmall ? orders() : List.of(upward)) {
            tryOrder(order, null);
            tryOrder(order, ahead);
        }
        tryOrder(costs.order(Ranks.means(ahead)), ahead);
        IntStream.range(0, costs.devices).boxed().sorted(Comparator.comparingDouble(this::alone))
                .limit(isSmall ? costs.devices : 1)
                .forEach(d -> attempt(() -> together(d, upward)));
        if (found.isEmpty()) {
            attempt(() -> largestFirst(upward));
        }
        return LocalSearch.improved(costs, schedule, room, shortest());
    }

    /**
     * By ranks in which a task takes as long as on average, or as on the device that is fastest for it, and sending
     * counts less, or more.
     */
    private List<int[]> orders() {
        return Stream.of(costs.mean, costs.least).flatMap(seconds -> DoubleStream.of(1, 0, 0.5, 2)
                .mapToObj(far -> costs.order(Ranks.upward(costs, seconds, far)))).toList();
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

    /** Returns the seconds of all tasks on one device, with {@link #penalty} for each that cannot run there. */
    private double alone(int device) {
        return Arrays.stream(costs.graph.seconds()).mapToDouble(s -> Double.isFinite(s[device]) ? s[device] : penalty)
                .sum();
    }

    /** Returns all that can be on one device there, the rest where it ends first. */
    private Placement together(int device, int[] order) {
        double[] elsewhere = IntStream.range(0, costs.devices).mapToDouble(d -> d == device ? 0 : penalty).toArray();
        double[][] ahead = Stream.generate(() -> elsewhere).limit(costs.tasks).toArray(double[][]::new);
        return schedule.chosen(order, ahead, room.copy());
    }

    /** For where memory is short: those that need most choose first, each the device that it fills best. */
    private Placement largestFirst(int[] order) {
        Room left = room.copy();
        int[] on = new int[costs.tasks];
        for (int t : costs.largestFirst()) {
            on[t] = IntStream.range(0, costs.devices).filter(d -> left.has(t, d)).boxed()
                    .min(Comparator.comparingLong(left::left))
                    .orElseThrow(() -> left.noneFor(t));
            left.take(t, on[t]);
        }
        schedule.makespan(order, on, new double[costs.tasks], Double.POSITIVE_INFINITY);
        return schedule.placement();
    }
}
