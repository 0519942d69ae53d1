package io.clarion.schedule.place;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.schedule.place.TaskGraphs.Case;
import io.clarion.schedule.place.TaskGraphs.Draw;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * How short placements are, beside the best that is known by other means; {@code -Dclarion.sweep=full} has more graphs
 * and searches longer for the best.
 */
class EarliestFinishTest {
    private static final boolean FULL = "full".equals(System.getProperty("clarion.sweep"));
    private static final double[] CCR = {0.1, 0.5, 1, 5, 10};
    private static final double[] BETA = {0.1, 0.25, 0.5, 0.75, 1};
    private static final double[] ALPHA = {0.5, 1, 2};
    private static final int[] DEVICES = {2, 3, 4, 8, 16};

    /** What a placement's makespan is to the best known, and to the lower bound. */
    private record Ratio(String name, double toBest, double toBound) {}

    private static Ratio ratio(Case of) {
        Placement placement = EarliestFinish.of(of.graph(), of.machine());
        check(of.graph(), of.machine(), placement);
        var other = new BestKnown(of);
        double best = FULL ? other.makespan(4, 20_000) : other.makespan(2, 2_000);
        return new Ratio(of.name(), placement.makespan() / best, placement.makespan() / other.bound());
    }

    /** Prints the ratios of all, and requires each to be near the best. */
    private static void report(String what, List<Ratio> ratios) {
        Ratio worst = ratios.stream().max(Comparator.comparingDouble(Ratio::toBest)).orElseThrow();
        System.out.printf(Locale.ROOT,
                "%s: %d graphs, to the best known %.3f at most and %.3f on average, to the bound %.2f and %.2f; worst: %s%n",
                what, ratios.size(),
                worst.toBest(), ratios.stream().mapToDouble(Ratio::toBest).average().orElseThrow(),
                ratios.stream().mapToDouble(Ratio::toBound).max().orElseThrow(),
                ratios.stream().mapToDouble(Ratio::toBound).average().orElseThrow(), worst.name());
        assertTrue(worst.toBest() <= 1.25, worst::toString);
    }

    @Test
    void layeredGraphsAreNearTheBestKnown() {
        var random = new Random(1);
        for (double ccr : CCR) {
            report("layered, CCR " + ccr,
                    IntStream.range(0, FULL ? 40 : 6)
                            .mapToObj(i -> ratio(TaskGraphs.layered(20 + 20 * random.nextInt(FULL ? 5 : 2),
                                    ALPHA[i % 3], 1 + random.nextInt(5), draw(ccr, random))))
                            .toList());
        }
    }

    private static Draw draw(double ccr, Random random) {
        return new Draw(DEVICES[random.nextInt(DEVICES.length)], ccr, BETA[random.nextInt(BETA.length)],
                random.nextLong());
    }

    @Test
    void structuredGraphsAreNearTheBestKnown() {
        var random = new Random(2);
        var elimination = new ArrayList<Ratio>();
        var fourier = new ArrayList<Ratio>();
        for (double ccr : CCR) {
            for (int i = 0; i < (FULL ? 10 : 2); i++) {
                elimination.add(ratio(TaskGraphs.gaussian(5 + random.nextInt(FULL ? 11 : 4), draw(ccr, random))));
                fourier.add(ratio(TaskGraphs.fourier(2 + random.nextInt(FULL ? 3 : 2), draw(ccr, random))));
            }
        }
        report("Gaussian elimination", elimination);
        report("Fourier transform", fourier);
    }

    @Test
    void smallGraphsAreNearTheOptimum() {
        var random = new Random(3);
        report("of at most 8 tasks, to the optimum", IntStream.range(0, FULL ? 2000 : 200).mapToObj(i -> {
            var draw = new Draw(2 + random.nextInt(2), CCR[i % 5], BETA[random.nextInt(5)], random.nextLong());
            Case small = TaskGraphs.layered(3 + random.nextInt(6), ALPHA[i % 3], 1 + random.nextInt(3), draw);
            Placement placement = EarliestFinish.of(small.graph(), small.machine());
            var other = new BestKnown(small);
            return new Ratio(small.name(), placement.makespan() / other.optimum(placement.makespan()),
                    placement.makespan() / other.bound());
        }).toList());
    }

    /** Prints how long it took; it has to be valid only. */
    @Test
    void tenThousandTasksArePlacedOnSixtyFourDevices() {
        Case large = TaskGraphs.layered(10_000, 1, 8, new Draw(64, 1, 1, 3));
        for (int i = 0; i < 4; i++) {
            long start = System.nanoTime();
            long busy = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            Placement placement = EarliestFinish.of(large.graph(), large.machine());
            System.out.printf(Locale.ROOT,
                    "10,000 tasks on 64 devices, time %d: %.0f ms, the processor busy for %.0f%n", i + 1,
                    (System.nanoTime() - start) * 1e-6,
                    (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - busy) * 1e-6);
            check(large.graph(), large.machine(), placement);
        }
    }

    /**
     * Devices of other speeds, ways of other lengths, little memory, tasks that cannot run everywhere; where each
     * device could keep all, there is room.
     */
    @Property(tries = 200)
    void everyPlacementKeepsToWhatTasksNeed(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int tasks,
            @ForAll @IntRange(min = 1, max = 6) int devices) {
        var random = new Random(seed);
        TaskGraph drawn = TaskGraphs.layered(tasks, 1, 3, new Draw(devices, random.nextDouble() * 5, 1, seed)).graph();
        for (double[] seconds : drawn.seconds()) {
            int always = random.nextInt(devices);
            IntStream.range(0, devices).filter(d -> d != always && random.nextInt(4) == 0)
                    .forEach(d -> seconds[d] = Double.POSITIVE_INFINITY);
            if (random.nextInt(5) == 0) {
                Arrays.setAll(seconds, d -> seconds[d] < Double.POSITIVE_INFINITY ? 0 : seconds[d]);
            }
        }
        var graph = new TaskGraph(drawn.needs(), drawn.seconds(), drawn.bytes(), random.longs(tasks, 0, 100).toArray(),
                groups(drawn.seconds(), random));
        long[] memory = random.longs(devices, 0, 200L * tasks / devices + 1).toArray();
        var machine = new Machine(table(devices, random, 0.1, 0), table(devices, random, 1e6, 1e5), memory);
        try {
            Placement placement = EarliestFinish.of(graph, machine);
            check(graph, machine, placement);
            assertArrayEquals(placement.end(), EarliestFinish.of(graph, machine).end(), "a second time");
        } catch (NoRoom e) {
            assertTrue(Arrays.stream(graph.memory()).sum() > Arrays.stream(memory).min().orElseThrow(), e::getMessage);
        }
    }

    /** Some tasks with one before them, where a device can run all that are together then. */
    private static int[] groups(double[][] seconds, Random random) {
        int[] group = IntStream.range(0, seconds.length).toArray();
        for (int t = 1; t < group.length; t++) {
            int with = group[random.nextInt(t)];
            int task = t;
            boolean isPossible = IntStream.range(0, seconds[t].length).anyMatch(d -> Double.isFinite(seconds[task][d])
                    && IntStream.range(0, task).filter(o -> group[o] == with)
                            .allMatch(o -> Double.isFinite(seconds[o][d])));
            group[t] = isPossible && random.nextInt(3) == 0 ? with : t;
        }
        return group;
    }

    private static double[][] table(int devices, Random random, double scale, double least) {
        return IntStream.range(0, devices).mapToObj(i -> random.doubles(devices).map(v -> least + scale * v).toArray())
                .toArray(double[][]::new);
    }

    /**
     * No task before what it reads is there, none at the same time as another on its device, and no device fuller than
     * its memory.
     */
    private static void check(TaskGraph graph, Machine machine, Placement placement) {
        int[] device = placement.device();
        long[] held = new long[machine.devices()];
        for (int t = 0; t < graph.tasks(); t++) {
            assertEquals(placement.start()[t] + graph.seconds()[t][device[t]], placement.end()[t]);
            for (int n : graph.needs()[t]) {
                double there = placement.end()[n] + machine.seconds(device[n], device[t], graph.bytes()[n]);
                assertTrue(placement.start()[t] >= there - 1e-12 * there,
                        "task " + t + " before it has the result of " + n);
            }
            held[device[t]] += graph.memory()[t];
            assertEquals(device[graph.group()[t]], device[t], "the group of " + graph.group()[t]);
        }
        for (int d = 0; d < held.length; d++) {
            int on = d;
            assertTrue(held[d] <= machine.memory()[d]);
            int[] there = IntStream.range(0, device.length).filter(t -> device[t] == on).boxed()
                    .sorted(Comparator.comparingDouble((Integer t) -> placement.start()[t])
                            .thenComparing(t -> placement.end()[t]))
                    .mapToInt(t -> t).toArray();
            for (int i = 1; i < there.length; i++) {
                assertTrue(placement.end()[there[i - 1]] <= placement.start()[there[i]],
                        there[i - 1] + " and " + there[i] + " at the same time");
            }
        }
    }

    @Test
    void aChainStaysOnTheFastestDevice() {
        Placement placement = EarliestFinish.of(
                new TaskGraph(new int[][] {{}, {0}, {1}}, new double[][] {{2, 1}, {2, 1}, {2, 1}}, new long[] {5, 5, 5},
                        new long[3]),
                TaskGraphs.machine(2, 0.1, 10));
        assertArrayEquals(new int[] {1, 1, 1}, placement.device());
        assertEquals(3, placement.makespan());
    }

    /** The picture of docs/explanation/placement.md. */
    @Test
    void ofTwoBranchesTheShorterGoesToTheSlowDevice() {
        Placement placement = EarliestFinish
                .of(new TaskGraph(new int[][] {{}, {0}, {0}, {1, 2}}, new double[][] {{1, 2}, {4, 8}, {3, 3.5}, {1, 2}},
                        new long[] {4, 4, 4, 4}, new long[4]), TaskGraphs.machine(2, 0.1, 10));
        assertArrayEquals(new int[] {0, 0, 1, 0}, placement.device());
        assertArrayEquals(new double[] {0, 1, 1.5, 5.5}, placement.start());
        assertArrayEquals(new double[] {1, 5, 5, 6.5}, placement.end());
    }

    @Test
    void whatIsPinnedStaysAndOthersLeaveItsMemoryToIt() {
        double never = Double.POSITIVE_INFINITY;
        var machine = new Machine(new double[2][2], new double[][] {{1, 1}, {1, 1}}, new long[] {10, 10});
        Placement placement = EarliestFinish.of(new TaskGraph(new int[][] {{}, {}, {0, 1}},
                new double[][] {{1, 9}, {1, 9}, {1, never}}, new long[3], new long[] {6, 6, 4}), machine);
        assertEquals(0, placement.device()[2]);
        assertEquals(1, placement.device()[0] + placement.device()[1]);
    }

    /** In the order of the tasks, the first two would fill both devices too much for the last. */
    @Test
    void whereMemoryIsShortTheLargestChooseFirst() {
        var machine = new Machine(new double[2][2], new double[][] {{1, 1}, {1, 1}}, new long[] {10, 10});
        Placement placement = EarliestFinish.of(new TaskGraph(new int[][] {{}, {}, {0, 1}},
                new double[][] {{1, 1}, {1, 1}, {1, 1}}, new long[3], new long[] {4, 4, 10}), machine);
        assertEquals(placement.device()[0], placement.device()[1]);
        assertEquals(1, placement.device()[1] + placement.device()[2]);
    }

    @Test
    void aTaskWithoutRoomIsNamedWithWhatIsLeft() {
        var machine = new Machine(new double[2][2], new double[][] {{1, 1}, {1, 1}}, new long[] {100, 70});
        var graph = new TaskGraph(new int[][] {{}, {0}}, new double[][] {{1, 2}, {1, 2}}, new long[2],
                new long[] {60, 90});
        NoRoom both = assertThrows(NoRoom.class, () -> EarliestFinish
                .of(new TaskGraph(graph.needs(), graph.seconds(), graph.bytes(), new long[] {60, 120}), machine));
        assertEquals("task 1 needs 120 bytes, and no device has them: device 0 has 40 left, device 1 has 70 left",
                both.getMessage());
        NoRoom pinned = assertThrows(NoRoom.class,
                () -> EarliestFinish
                        .of(new TaskGraph(graph.needs(), new double[][] {{1, 2}, {Double.POSITIVE_INFINITY, 2}},
                                graph.bytes(), graph.memory()), machine));
        assertEquals(
                "task 1 needs 90 bytes, and no device has them: device 0 has 100 left but cannot run it, device 1 has 70 left",
                pinned.getMessage());
        assertArrayEquals(new int[] {1, 0}, EarliestFinish.of(graph, machine).device());
    }

    @Test
    void tasksThatDoNotFitTogetherAreErrors() {
        IllegalArgumentException later = assertThrows(IllegalArgumentException.class,
                () -> new TaskGraph(new int[][] {{1}, {}}, new double[][] {{1}, {1}}, new long[2], new long[2]));
        assertTrue(later.getMessage().contains("task 0 needs [1]"), later::getMessage);
        IllegalArgumentException nowhere = assertThrows(IllegalArgumentException.class,
                () -> new TaskGraph(new int[][] {{}}, new double[][] {{Double.POSITIVE_INFINITY}}, new long[1],
                        new long[1]));
        assertTrue(nowhere.getMessage().contains("has to run on one at least"), nowhere::getMessage);
        assertThrows(IllegalArgumentException.class,
                () -> new TaskGraph(new int[1][0], new double[][] {{1}}, new long[2], new long[1]));
        assertThrows(IllegalArgumentException.class,
                () -> new Machine(new double[][] {{0, -1}, {0, 0}}, new double[][] {{1, 1}, {1, 1}}, new long[2]));
        IllegalArgumentException devices = assertThrows(IllegalArgumentException.class,
                () -> EarliestFinish.of(new TaskGraph(new int[1][0], new double[][] {{1}}, new long[1], new long[1]),
                        TaskGraphs.machine(2, 0, 1)));
        assertTrue(devices.getMessage().contains("1 devices, and the machine has 2"), devices::getMessage);
    }

    @Test
    void withoutTasksThereIsNothingToWaitFor() {
        assertEquals(0, EarliestFinish
                .of(new TaskGraph(new int[0][], new double[0][], new long[0], new long[0]), TaskGraphs.machine(2, 0, 1))
                .makespan());
    }
}
