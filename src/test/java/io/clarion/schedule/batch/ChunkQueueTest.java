package io.clarion.schedule.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.schedule.batch.ChunkQueue.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that take chunks are done at about the same time, in virtual time, whatever was believed of their speeds. */
class ChunkQueueTest {
    /** Rows that are cut in chunks of four sizes, and, for more than 16 devices, of three. */
    private static final int MANY = 262_144;
    private static final int FEW = 65_536;
    private static final int DRAWS = 1000;
    /** What a chunk costs besides its rows, of the seconds of a call. */
    private static final double CALL = 0.002;

    /** How fast devices are: rows a second from the beginning, and from some time on. */
    private record Speeds(double[] first, double[] then, double change) {
        static Speeds of(double... constant) {
            return new Speeds(constant, constant, 0);
        }

        /** Returns when a device that begins some rows at a time is done with them. */
        double end(int device, double start, double rows) {
            double before = Math.max(0, change - start) * first[device];
            return before >= rows ? start + rows / first[device]
                    : Math.max(start, change) + (rows - before) / then[device];
        }

        /** Returns when all rows are done at the earliest. */
        double bound(double rows) {
            double before = change * DoubleStream.of(first).sum();
            return before >= rows ? rows / DoubleStream.of(first).sum()
                    : change + (rows - before) / DoubleStream.of(then).sum();
        }
    }

    private static int[][] sizes(int rows, int count) {
        return IntStream.range(0, count).mapToObj(i -> GuidedExecutable.sizes(rows, count, rows)).toArray(int[][]::new);
    }

    /** Returns when the last device is done, each of which takes the next chunk when it is done with one. */
    private static double makespan(int rows, Speeds speeds, RowRates believed) {
        int count = believed.devices();
        var queue = new ChunkQueue(rows, sizes(rows, count), believed);
        double call = CALL * speeds.bound(rows);
        double[] starts = new double[count];
        double[] free = new double[count];
        boolean[] works = new boolean[count];
        double last = 0;
        int[] todo = IntStream.range(0, count).toArray();
        while (todo.length > 0) {
            int next = Arrays.stream(todo).boxed().min((a, b) -> Double.compare(free[a], free[b])).orElseThrow();
            if (works[next]) {
                queue.done(next, free[next] - starts[next]);
            }
            var chunk = queue.take(next);
            works[next] = chunk.isPresent();
            if (chunk.isPresent()) {
                starts[next] = free[next];
                free[next] = call + speeds.end(next, free[next], chunk.get().rows());
                last = Math.max(last, free[next]);
            } else {
                todo = Arrays.stream(todo).filter(i -> i != next).toArray();
            }
        }
        assertTrue(queue.isDone());
        return last;
    }

    private static double withShares(int rows, Speeds speeds, RowRates believed) {
        int[] shares = new Shares(rows, believed).now(i -> true);
        return IntStream.range(0, shares.length).mapToDouble(i -> speeds.end(i, 0, shares[i])).max().orElseThrow();
    }

    private static double[] speeds(int count, Random random) {
        return random.doubles(count).map(r -> 1e4 * Math.pow(50, r)).toArray();
    }

    private static RowRates known(double[] speeds) {
        var known = new RowRates(speeds);
        IntStream.range(0, speeds.length).forEach(i -> known.took(i, 1000, 1000 / speeds[i], 1));
        return known;
    }

    /** Devices of a draw, and what is believed of them. */
    private record Drawn(Speeds speeds, RowRates believed) {}

    private interface Draw {
        Drawn of(double[] speeds, Random random);
    }

    /** What makespans are to their bounds, over many draws. */
    private record Ratios(double mean, double worst) {
        static Ratios of(double... each) {
            return new Ratios(DoubleStream.of(each).average().orElseThrow(), DoubleStream.of(each).max().orElseThrow());
        }

        void assertWithin(double mean, double worst) {
            assertTrue(this.mean <= mean && this.worst <= worst, this::toString);
        }

        void assertLessThan(Ratios other) {
            assertTrue(mean < other.mean && worst < other.worst, () -> this + ", with shares " + other);
        }
    }

    /** Those of chunks, and those of shares. */
    private record Measured(Ratios chunks, Ratios shares) {}

    private static Measured measured(int rows, int count, String what, Draw draw) {
        var random = new Random(count);
        List<Drawn> all = IntStream.range(0, DRAWS).mapToObj(i -> draw.of(speeds(count, random), random)).toList();
        var measured = new Measured(
                Ratios.of(all.stream().mapToDouble(d -> makespan(rows, d.speeds, d.believed) / d.speeds.bound(rows))
                        .toArray()),
                Ratios.of(all.stream().mapToDouble(d -> withShares(rows, d.speeds, d.believed) / d.speeds.bound(rows))
                        .toArray()));
        System.out.printf(Locale.ROOT, "%,d rows, %d devices, %s: %s%n", rows, count, what, measured);
        return measured;
    }

    private static Drawn asBelieved(double[] speeds, Random random) {
        return new Drawn(Speeds.of(speeds), known(speeds));
    }

    private static Drawn believedWrongly(double[] speeds, Random random) {
        return new Drawn(Speeds.of(speeds),
                new RowRates(DoubleStream.of(speeds).map(s -> s * Math.pow(16, random.nextDouble() - 0.5)).toArray()));
    }

    /** One of them halves its speed at some time of a call. */
    private static Drawn oneHalved(int rows, double[] speeds, Random random) {
        double[] then = speeds.clone();
        then[random.nextInt(speeds.length)] /= 2;
        return new Drawn(new Speeds(speeds, then, random.nextDouble() * rows / DoubleStream.of(speeds).sum()),
                known(speeds));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void devicesOfKnownSpeedsAreDoneTogether(int count) {
        measured(MANY, count, "as believed", ChunkQueueTest::asBelieved).chunks.assertWithin(1.06, 1.1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void speedsMayBeFourTimesWhatIsBelievedOrAQuarter(int count) {
        Measured measured = measured(MANY, count, "believed wrongly", ChunkQueueTest::believedWrongly);
        measured.chunks.assertWithin(1.06, 1.1);
        measured.chunks.assertLessThan(measured.shares);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void aDeviceMayHalveItsSpeedInTheMiddleOfACall(int count) {
        Measured measured = measured(MANY, count, "one halved", (speeds, random) -> oneHalved(MANY, speeds, random));
        measured.chunks.assertWithin(1.06, 1.1);
        measured.chunks.assertLessThan(measured.shares);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 33, 64})
    void fewerRowsAreCutCoarser(int count) {
        measured(FEW, count, "as believed", ChunkQueueTest::asBelieved).chunks.assertWithin(1.1, 1.2);
        measured(FEW, count, "believed wrongly", ChunkQueueTest::believedWrongly).chunks.assertWithin(1.1, 1.2);
        measured(FEW, count, "one halved", (speeds, random) -> oneHalved(FEW, speeds, random)).chunks.assertWithin(1.1,
                1.2);
    }

    @Property
    void everyRowIsInAChunk(@ForAll @IntRange(min = 1, max = 3000) int rows,
            @ForAll @IntRange(min = 1, max = 9) int count, @ForAll long seed) {
        var random = new Random(seed);
        var queue = new ChunkQueue(rows, sizes(rows, count), known(speeds(count, random)));
        boolean[] done = new boolean[rows];
        while (!queue.isDone()) {
            int device = random.nextInt(count);
            queue.take(device).ifPresent(c -> {
                if (random.nextInt(4) == 0) {
                    queue.back(device);
                } else {
                    IntStream.range(c.from(), c.from() + c.rows()).forEach(i -> done[i] = true);
                    queue.done(device, c.rows() * random.nextDouble());
                }
            });
        }
        IntStream.range(0, rows).forEach(i -> assertTrue(done[i], "row " + i));
    }

    @Test
    void chunksAreSmallerTowardsTheEnd() {
        var queue = new ChunkQueue(128, new int[][] {{2, 8, 32}, {2, 8, 32}}, known(new double[] {1, 1}));
        var taken = new ArrayList<Integer>();
        for (int i = 0; !queue.isDone(); i++) {
            taken.add(queue.take(i % 2).orElseThrow().rows());
            queue.done(i % 2, taken.get(i));
        }
        assertEquals(List.of(32, 8, 8, 8, 8, 8, 8, 8, 8, 8), taken.subList(0, 10));
        assertEquals(Collections.nCopies(12, 2), taken.subList(10, taken.size()));
    }

    @Test
    void aDeviceThatWouldKeepTheOthersWaitingHasNoRows() {
        var queue = new ChunkQueue(128, new int[][] {{2}, {2}}, known(new double[] {1, 0.01}));
        assertEquals(Optional.empty(), queue.take(1));
        assertEquals(new Chunk(0, 2), queue.take(0).orElseThrow());
    }

    @Test
    void whatADeviceFailsToDoOthersDo() {
        var queue = new ChunkQueue(4, new int[][] {{2}, {2}}, known(new double[] {1, 1}));
        queue.take(0);
        queue.take(1);
        queue.done(1, 2);
        assertEquals(Optional.empty(), queue.take(1));
        assertTrue(queue.isWaiting());
        queue.back(0);
        assertFalse(queue.isDone());
        queue.leave(0);
        assertEquals(Optional.empty(), queue.take(0));
        assertEquals(new Chunk(0, 2), queue.take(1).orElseThrow());
        queue.done(1, 2);
        assertTrue(queue.isDone());
    }
}
