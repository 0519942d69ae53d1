package io.clarion.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GaugeTest {
    private final ByteBuffer counts = ByteBuffer.allocateDirect(Gauge.BYTES);
    /** Such clocks may begin anywhere. */
    private long now = -1000;
    private final Gauge gauge = new Gauge(CompletableFuture.completedFuture(counts), () -> now, () -> { });

    private Gauge.Reading reading() {
        return Gauge.Reading.of(counts, now);
    }

    @Test
    void aGaugeThatWasToldNothingReadsNothing() {
        now += 50;
        assertEquals(Gauge.Reading.NONE, reading());
    }

    @Test
    void aCallIsQueuedUntilItLeavesAndBusyFromItsStartToItsStop() {
        gauge.arrive();
        now += 5;
        assertEquals(new Gauge.Reading(1, 0, 0, 0), reading());
        gauge.start();
        now += 7;
        assertEquals(new Gauge.Reading(1, 0, 7, 0), reading(), "a call in progress counts up to now");
        gauge.stop();
        now += 100;
        assertEquals(new Gauge.Reading(1, 1, 7, 0), reading());
        gauge.leave();
        assertEquals(new Gauge.Reading(0, 1, 7, 0), reading());
    }

    @Test
    void aCallThatBeganAsTheGaugeOpenedIsSeen() {
        gauge.start();
        now += 3;
        assertEquals(3, reading().busy());
    }

    @Test
    void aCallThatNeverHadTheDeviceDidNotEnd() {
        gauge.arrive();
        gauge.leave();
        assertEquals(Gauge.Reading.NONE, reading());
    }

    @Test
    void memoryGrowsAndShrinks() {
        gauge.held(1L << 40);
        gauge.held(-24);
        assertEquals((1L << 40) - 24, reading().held());
    }

    /** Each step lets time pass, then starts a call, or stops the one that has run longest. */
    @Property
    void callsSideBySideAreBusyWhileThereIsAny(@ForAll @Size(max = 40) List<@IntRange(min = -9, max = 9) Integer> steps) {
        new GaugeTest().busyWhileThereIsAny(steps);
    }

    private void busyWhileThereIsAny(List<Integer> steps) {
        var running = new ArrayDeque<Integer>();
        long busy = 0;
        for (int step : steps) {
            now += Math.abs(step);
            busy += running.isEmpty() ? 0 : Math.abs(step);
            if (step >= 0) {
                running.add(step);
                gauge.start();
            } else if (!running.isEmpty()) {
                running.remove();
                gauge.stop();
            }
            assertEquals(busy, reading().busy());
        }
    }

    @Test
    void threadsLoseNoCount() {
        int threads = 4;
        int calls = 2000;
        try (var executor = Executors.newFixedThreadPool(threads)) {
            IntStream.range(0, threads).forEach(t -> executor.execute(() -> {
                for (int i = 0; i < calls; i++) {
                    gauge.arrive();
                    gauge.start();
                    gauge.held(3);
                    gauge.stop();
                    gauge.leave();
                }
            }));
        }
        assertEquals(new Gauge.Reading(0, threads * calls, 0, 3L * threads * calls), reading());
    }
}
