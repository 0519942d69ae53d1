package io.clarion.schedule.place;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Makes a placement shorter by small changes, mostly to the tasks that the end waits for: some go to another device, or
 * a task has its turn earlier or later. A change is kept if it makes the whole little longer at most, and less and less
 * so (threshold accepting: Dueck, Scheuer, Journal of Computational Physics 90, 1990). The same for the same graph and
 * machine.
 */
final class LocalSearch {
    /** How many changes are tried in a round, at most. */
    private static final int TRIES = 3000;
    /** How often a device is asked when it is free, by whoever made the placement and in all rounds, at most. */
    private static final long LOOKS = 2_700_000;
    /**
     * By which part of the whole a change may make it longer, at the beginning of each round, which starts from the
     * best so far.
     */
    private static final double[] ROUNDS = {0.04, 0.5, 0.2, 0.05};
    private final Costs costs;
    private final ListSchedule schedule;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Room room;
    private final double[] after;
    private final int[] order;
    private final int[] on;
    private double now;
    private int[] critical;
    private Placement best;

    private LocalSearch(Costs costs, ListSchedule schedule, Room room, Placement from) {
        this.costs = costs;
        this.schedule = schedule;
        this.room = room.copy();
        double[] rank = Ranks.upward(costs, costs.least, 0);
        this.after = IntStream.range(0, rank.length).mapToDouble(t -> rank[t] - costs.least[t]).toArray();
        this.order = new int[costs.tasks];
        this.on = from.device().clone();
        IntStream.range(0, on.length).forEach(t -> this.room.take(t, on[t]));
        this.best = from;
    }

    /** Returns {@code from} or a shorter one, with {@code room} for all tasks; {@code schedule} is who made it. */
    static Placement improved(Costs costs, ListSchedule schedule, Room room, Placement from) {
        if (costs.tasks == 0 || costs.devices == 1 || costs.areFixed()) {
            return from;
        }
        var search = new LocalSearch(costs, schedule, room, from);
        for (int round = 0; round < ROUNDS.length; round++) {
            search.run(round);
        }
        return search.best;
    }

    private void run(int round) {
        begin();
        double bound = IntStream.range(0, costs.tasks).mapToDouble(t -> after[t] + costs.least[t]).max().orElse(0);
        long first = schedule.looks();
        long most = Math.max(1, (LOOKS - first) / (ROUNDS.length - round));
        for (int i = 0; i < TRIES && best.makespan() > bound; i++) {
            // A change that is given up at once takes some time for each task all the same.
            double left = 1 - Math.max((double) i / TRIES, (schedule.looks() - first + 0.1 * i * costs.tasks) / most);
            if (left <= 0) {
                return;
            }
            double limit = now * (1 + ROUNDS[round] * left * left);
            int task = random.nextInt(8) > 0 ? critical[random.nextInt(critical.length)] : random.nextInt(costs.tasks);
            if (random.nextInt(3) == 0) {
                reorder(task, limit);
            } else {
                move(task, limit);
            }
        }
    }

    /** Goes back to the best so far. */
    private void begin() {
        for (int t = 0; t < on.length; t++) {
            room.leave(t, on[t]);
            on[t] = best.device()[t];
        }
        IntStream.range(0, on.length).forEach(t -> room.take(t, on[t]));
        attempt(costs.order(Arrays.stream(best.start()).map(s -> -s).toArray()), Double.POSITIVE_INFINITY);
    }

    /**
     * Computes the makespan of what there is now, in order {@code next}; says whether it is no more than {@code limit},
     * and if so keeps the order.
     */
    private boolean attempt(int[] next, double limit) {
        double makespan = schedule.makespan(next, on, after, limit);
        if (makespan > limit) {
            return false;
        }
        now = makespan;
        System.arraycopy(next, 0, order, 0, order.length);
        critical = critical();
        if (makespan < best.makespan()) {
            best = schedule.placement();
        }
        return true;
    }

    /**
     * Returns the tasks from the one that ends last back to one that waited for none: each for a result, or for its
     * device.
     */
    private int[] critical() {
        int[] before = schedule.before();
        int[] chain = new int[costs.tasks];
        int length = 0;
        int task = schedule.last();
        while (task >= 0 && length < chain.length) {
            chain[length++] = task;
            task = waitedFor(task, before[task]);
        }
        return Arrays.copyOf(chain, length);
    }

    private int waitedFor(int task, int before) {
        double start = schedule.start[task];
        for (int n : costs.graph.needs()[task]) {
            if (costs.arrival(n, schedule.end[n], on[n], on[task]) >= start) {
                return n;
            }
        }
        return before >= 0 && schedule.end[before] >= start ? before : -1;
    }

    /** Gives a task another place in the order, between what it needs and who needs it. */
    private void reorder(int task, double limit) {
        int at = IntStream.range(0, order.length).filter(i -> order[i] == task).findFirst().orElseThrow();
        int first = at;
        while (first > 0 && !contains(costs.graph.needs()[task], order[first - 1])) {
            first--;
        }
        int last = at;
        while (last < order.length - 1 && !contains(costs.readers[task], order[last + 1])) {
            last++;
        }
        int to = random.nextInt(first, last + 1);
        if (to != at) {
            int[] next = order.clone();
            shift(next, at, to);
            attempt(next, limit);
        }
    }

    private static void shift(int[] next, int at, int to) {
        int task = next[at];
        if (to > at) {
            System.arraycopy(next, at + 1, next, at, to - at);
        } else {
            System.arraycopy(next, to, next, to + 1, at - to);
        }
        next[to] = task;
    }

    private static boolean contains(int[] some, int task) {
        for (int s : some) {
            if (s == task) {
                return true;
            }
        }
        return false;
    }

    /**
     * Takes a task, and maybe neighbours on its device, to another device: often one that has a neighbour; maybe in
     * exchange for a task there.
     */
    private void move(int task, double limit) {
        int from = on[task];
        int[] group = costs.whole(group(task));
        int near = neighbour(group[random.nextInt(group.length)]);
        int to = near >= 0 && on[near] != from && random.nextBoolean() ? on[near] : random.nextInt(costs.devices);
        int other = random.nextInt(costs.tasks);
        if (random.nextInt(3) == 0 && on[other] != from) {
            int there = on[other];
            int[] back = costs.whole(new int[] {other});
            int[] both = IntStream.concat(Arrays.stream(group), Arrays.stream(back)).toArray();
            move(both, t -> on[t] == from ? there : from, limit);
        } else if (to != from) {
            move(group, t -> to, limit);
        }
    }

    /** Takes tasks to other devices, unless there is no room or the whole takes longer than {@code limit}. */
    private void move(int[] group, IntUnaryOperator to, double limit) {
        int[] were = Arrays.stream(group).map(t -> on[t]).toArray();
        int[] next = Arrays.stream(group).map(to).toArray();
        for (int i = 0; i < group.length; i++) {
            room.leave(group[i], were[i]);
        }
        int moved = 0;
        while (moved < group.length && room.has(group[moved], next[moved])) {
            room.take(group[moved], next[moved]);
            on[group[moved]] = next[moved];
            moved++;
        }
        if (moved == group.length && attempt(order, limit)) {
            return;
        }
        for (int i = 0; i < moved; i++) {
            room.leave(group[i], next[i]);
            on[group[i]] = were[i];
        }
        for (int i = 0; i < group.length; i++) {
            room.take(group[i], were[i]);
        }
    }

    /** Returns a task alone, or with some that it is connected with on its device. */
    private int[] group(int task) {
        int[] group = new int[Math.min(costs.tasks, 1 << random.nextInt(5))];
        group[0] = task;
        int size = 1;
        for (int i = 1; i < group.length; i++) {
            int other = neighbour(group[random.nextInt(size)]);
            if (other >= 0 && on[other] == on[task] && !contains(Arrays.copyOf(group, size), other)) {
                group[size++] = other;
            }
        }
        return Arrays.copyOf(group, size);
    }

    /** Returns one of those that a task needs or that need it; −1 if there is none. */
    private int neighbour(int task) {
        int[] needs = costs.graph.needs()[task];
        int[] readers = costs.readers[task];
        if (needs.length + readers.length == 0) {
            return -1;
        }
        int i = random.nextInt(needs.length + readers.length);
        return i < needs.length ? needs[i] : readers[i - needs.length];
    }
}
