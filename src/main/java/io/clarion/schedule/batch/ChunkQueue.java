package io.clarion.schedule.batch;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The rows of a call that no device has taken yet. Whoever is free takes a chunk: half of what its speed gives it of
 * the rows that are left, so that chunks are large at first and small towards the end, of one of a few sizes; the
 * smallest while its speed is not known. That is guided self-scheduling (Polychronopoulos, Kuck, IEEE Transactions on
 * Computers 36(12), 1987), with weights as in weighted factoring (Flynn Hummel, Schmidt, Uma, Wein, SPAA 1996).
 * Thread-safe.
 */
final class ChunkQueue {
    /**
     * How much of its share of what is left a device takes at once: even at half of its speed it is not the last then.
     */
    private static final double AT_ONCE = 0.5;
    /** How much the last chunk counts: speeds may change in a call. */
    private static final double LATEST = 0.5;
    /** For how much of a call others may wait. */
    private static final double SLIGHT = 1.0 / 16;
    private final int all;
    private final int[][] sizes;
    private final RowRates rates;
    private final Deque<Chunk> left = new ArrayDeque<>();
    /** What each device is at; null if nothing. */
    private final Chunk[] taken;
    /** Who came and found nothing that was worth while. */
    private final boolean[] isAway;
    /** Who gets nothing more. */
    private final boolean[] isOut;
    private final int[] rows;
    private final double[] seconds;

    /** Rows {@code from} to before {@code from + rows}. */
    record Chunk(int from, int rows) {}

    /**
     * All rows of a call.
     *
     * @param sizes of the chunks of each device, from the smallest; none of a device that does not take part
     * @param rates what is known before
     */
    ChunkQueue(int rows, int[][] sizes, RowRates rates) {
        this.all = rows;
        this.sizes = sizes;
        this.rates = rates.copy();
        this.taken = new Chunk[sizes.length];
        this.isAway = new boolean[sizes.length];
        this.isOut = new boolean[sizes.length];
        this.rows = new int[sizes.length];
        this.seconds = new double[sizes.length];
        IntStream.range(0, sizes.length).forEach(i -> isAway[i] = sizes[i].length == 0);
        left.add(new Chunk(0, rows));
    }

    /** Returns a chunk for a device that is free; empty if it has to do nothing more. */
    synchronized Optional<Chunk> take(int device) {
        double[] expected = rates.expected();
        isAway[device] = isOut[device] || left.isEmpty() || isLate(device, expected);
        if (isAway[device]) {
            return Optional.empty();
        }
        Chunk next = left.remove();
        int size = size(device, next.rows, expected);
        if (next.rows > size) {
            left.addFirst(new Chunk(next.from + size, next.rows - size));
        }
        // If fewer rows are left than the smallest chunk has, it has some that another has too.
        taken[device] = new Chunk(Math.min(next.from, next.from + next.rows - size), size);
        return Optional.of(taken[device]);
    }

    /**
     * Returns whether a device has to leave the rest to the others: at half of its speed its smallest chunk would keep
     * them waiting, and not only slightly. One whose speed is not known may try.
     */
    private boolean isLate(int device, double[] expected) {
        boolean isKnown = rates.isKnown(device);
        int[] others = IntStream.range(0, sizes.length).filter(i -> i != device && !isAway[i]).toArray();
        int undone = left() + Arrays.stream(others).filter(i -> taken[i] != null).map(i -> taken[i].rows).sum();
        double rest = undone
                / Arrays.stream(others).filter(i -> rates.isKnown(i) || !isKnown).mapToDouble(i -> expected[i]).sum();
        double slight = SLIGHT * all / Arrays.stream(expected).sum();
        return sizes[device][0] / expected[device] > (isKnown ? Math.max(rest / 2, Math.min(rest, slight)) : rest);
    }

    private int size(int device, int most, double[] expected) {
        double sum = IntStream.range(0, sizes.length).filter(i -> !isAway[i]).mapToDouble(i -> expected[i]).sum();
        double fitting = rates.isKnown(device) ? Math.min(most, AT_ONCE * (left() + most) * expected[device] / sum) : 0;
        return Arrays.stream(sizes[device]).filter(s -> s <= fitting).max().orElse(sizes[device][0]);
    }

    private int left() {
        return left.stream().mapToInt(Chunk::rows).sum();
    }

    /** Says that a device has done what it took, in so many seconds. */
    synchronized void done(int device, double took) {
        rates.took(device, taken[device].rows, took, LATEST);
        rows[device] += taken[device].rows;
        seconds[device] += took;
        taken[device] = null;
    }

    /** Says that a device has failed to do what it took: others have to. */
    synchronized void back(int device) {
        left.add(taken[device]);
        taken[device] = null;
        isAway[device] = true;
    }

    /** Says that a device has failed: it gets nothing more, should it answer after all. */
    synchronized void leave(int device) {
        isOut[device] = true;
        isAway[device] = true;
    }

    /** Returns whether all rows are done. */
    synchronized boolean isDone() {
        return left.isEmpty() && !isWaiting();
    }

    /** Returns whether some device is at what it took. */
    synchronized boolean isWaiting() {
        return Arrays.stream(taken).anyMatch(Objects::nonNull);
    }

    /** Says how fast the devices were in this call, of which the latest counts {@code latest} of 1. */
    synchronized void tell(RowRates known, double latest) {
        IntStream.range(0, rows.length).filter(i -> rows[i] > 0)
                .forEach(i -> known.took(i, rows[i], seconds[i], latest));
    }
}
