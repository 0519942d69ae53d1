package io.clarion.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.schedule.Stock.Chunk;
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
class StockTest {
    private static final int ROWS = 262_144;
    private static final int DRAWS = 1000;
    /** What a chunk costs besides its rows, of the seconds of a call. */
    private static final double CALL = 0.002;

    /** How fast devices are: rows a second from the beginning, and from some time on. */
    private record Speeds(double[] first, double[] then, double change) {
        static Speeds of(double... constant) {
            return new Speeds(constant, constant, 0);
        }

        /** When a device that begins some rows at a time is done with them. */
        double end(int device, double start, double rows) {
            double before = Math.max(0, change - start) * first[device];
            return before >= rows ? start + rows / first[device] : Math.max(start, change) + (rows - before) / then[device];
        }

        /** When all rows are done at the earliest. */
        double bound(double rows) {
            double before = change * DoubleStream.of(first).sum();
            return before >= rows ? rows / DoubleStream.of(first).sum() : change + (rows - before) / DoubleStream.of(then).sum();
        }
    }

    private static int[][] sizes(int rows, int count) {
        return IntStream.range(0, count).mapToObj(i -> GuidedExecutable.sizes(rows, count, rows)).toArray(int[][]::new);
    }

    /** When the last device is done, each of which takes the next chunk when it is done with one. */
    private static double makespan(Speeds speeds, RowRates believed) {
        int count = believed.devices();
        var stock = new Stock(ROWS, sizes(ROWS, count), believed);
        double call = CALL * speeds.bound(ROWS);
        double[] starts = new double[count];
        double[] free = new double[count];
        boolean[] works = new boolean[count];
        double last = 0;
        int[] todo = IntStream.range(0, count).toArray();
        while (todo.length > 0) {
            int next = Arrays.stream(todo).boxed().min((a, b) -> Double.compare(free[a], free[b])).orElseThrow();
            if (works[next]) {
                stock.done(next, free[next] - starts[next]);
            }
            var chunk = stock.take(next);
            works[next] = chunk.isPresent();
            if (chunk.isPresent()) {
                starts[next] = free[next];
                free[next] = call + speeds.end(next, free[next], chunk.get().rows());
                last = Math.max(last, free[next]);
            } else {
                todo = Arrays.stream(todo).filter(i -> i != next).toArray();
            }
        }
        assertTrue(stock.isDone());
        return last;
    }

    private static double withShares(Speeds speeds, RowRates believed) {
        int[] shares = new Shares(ROWS, believed).now(i -> true);
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

    /** What makespans are to their bounds, over many draws. */
    private interface Draw {
        /** That of chunks, and that of shares. */
        double[] ratios(double[] speeds, Random random);
    }

    private static double[] ratios(Speeds speeds, RowRates believed) {
        double bound = speeds.bound(ROWS);
        return new double[] {makespan(speeds, believed) / bound, withShares(speeds, believed) / bound};
    }

    private static void assertNear(int count, String what, boolean isKnown, Draw draw) {
        var random = new Random(count);
        List<double[]> all = IntStream.range(0, DRAWS).mapToObj(i -> draw.ratios(speeds(count, random), random)).toList();
        double[] mean = IntStream.range(0, 2).mapToDouble(i -> all.stream().mapToDouble(r -> r[i]).average().orElseThrow()).toArray();
        double[] worst = IntStream.range(0, 2).mapToDouble(i -> all.stream().mapToDouble(r -> r[i]).max().orElseThrow()).toArray();
        System.out.printf(Locale.ROOT, "%d devices, %s: to the bound %.2f on average and %.2f at most, with shares %.2f and %.2f%n", count, what, mean[0], worst[0], mean[1], worst[1]);
        assertTrue(mean[0] <= 1.06 && worst[0] <= 1.1, () -> what + ": " + mean[0] + " on average, " + worst[0] + " at most");
        assertTrue(isKnown || mean[0] < mean[1] && worst[0] < worst[1], () -> what + ": with shares " + mean[1] + " on average, " + worst[1] + " at most");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void devicesOfKnownSpeedsAreDoneTogether(int count) {
        assertNear(count, "as believed", true, (speeds, random) -> ratios(Speeds.of(speeds), known(speeds)));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void speedsMayBeFourTimesWhatIsBelievedOrAQuarter(int count) {
        assertNear(count, "believed wrongly", false, (speeds, random) -> ratios(Speeds.of(speeds),
                new RowRates(DoubleStream.of(speeds).map(s -> s * Math.pow(16, random.nextDouble() - 0.5)).toArray())));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 17, 33, 64})
    void aDeviceMayHalveItsSpeedInTheMiddleOfACall(int count) {
        assertNear(count, "one halved", false, (speeds, random) -> {
            double[] then = speeds.clone();
            then[random.nextInt(count)] /= 2;
            return ratios(new Speeds(speeds, then, random.nextDouble() * ROWS / DoubleStream.of(speeds).sum()), known(speeds));
        });
    }

    @Property
    void everyRowIsInAChunk(@ForAll @IntRange(min = 1, max = 3000) int rows, @ForAll @IntRange(min = 1, max = 9) int count, @ForAll long seed) {
        var random = new Random(seed);
        var stock = new Stock(rows, sizes(rows, count), known(speeds(count, random)));
        boolean[] done = new boolean[rows];
        while (!stock.isDone()) {
            int device = random.nextInt(count);
            stock.take(device).ifPresent(c -> {
                if (random.nextInt(4) == 0) {
                    stock.back(device);
                } else {
                    IntStream.range(c.from(), c.from() + c.rows()).forEach(i -> done[i] = true);
                    stock.done(device, c.rows() * random.nextDouble());
                }
            });
        }
        IntStream.range(0, rows).forEach(i -> assertTrue(done[i], "row " + i));
    }

    @Test
    void chunksAreSmallerTowardsTheEnd() {
        var stock = new Stock(128, new int[][] {{2, 8, 32}, {2, 8, 32}}, known(new double[] {1, 1}));
        var taken = new ArrayList<Integer>();
        for (int i = 0; !stock.isDone(); i++) {
            taken.add(stock.take(i % 2).orElseThrow().rows());
            stock.done(i % 2, taken.get(i));
        }
        assertEquals(List.of(32, 8, 8, 8, 8, 8, 8, 8, 8, 8), taken.subList(0, 10));
        assertEquals(Collections.nCopies(12, 2), taken.subList(10, taken.size()));
    }

    @Test
    void aDeviceThatWouldKeepTheOthersWaitingHasNoRows() {
        var stock = new Stock(128, new int[][] {{2}, {2}}, known(new double[] {1, 0.01}));
        assertEquals(Optional.empty(), stock.take(1));
        assertEquals(new Chunk(0, 2), stock.take(0).orElseThrow());
    }

    @Test
    void whatADeviceFailsToDoOthersDo() {
        var stock = new Stock(4, new int[][] {{2}, {2}}, known(new double[] {1, 1}));
        stock.take(0);
        stock.take(1);
        stock.done(1, 2);
        assertEquals(Optional.empty(), stock.take(1));
        assertTrue(stock.isWaiting());
        stock.back(0);
        assertFalse(stock.isDone());
        stock.leave(0);
        assertEquals(Optional.empty(), stock.take(0));
        assertEquals(new Chunk(0, 2), stock.take(1).orElseThrow());
        stock.done(1, 2);
        assertTrue(stock.isDone());
    }
}
