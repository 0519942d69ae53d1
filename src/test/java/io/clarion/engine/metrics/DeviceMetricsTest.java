package io.clarion.engine.metrics;

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

class DeviceMetricsTest {
    private final ByteBuffer counts = ByteBuffer.allocateDirect(DeviceMetrics.BYTES);
    /** Such clocks may begin anywhere. */
    private long now = -1000;
    private final DeviceMetrics metrics = new DeviceMetrics(CompletableFuture.completedFuture(counts), () -> now,
            () -> {});

    private DeviceMetrics.Reading reading() {
        return DeviceMetrics.Reading.of(counts, now);
    }

    @Test
    void metricsThatWereToldNothingReadNothing() {
        now += 50;
        assertEquals(DeviceMetrics.Reading.NONE, reading());
    }

    @Test
    void aCallIsQueuedUntilItLeavesAndBusyFromItsStartToItsStop() {
        metrics.arrive();
        now += 5;
        assertEquals(new DeviceMetrics.Reading(1, 0, 0, 0), reading());
        metrics.start();
        now += 7;
        assertEquals(new DeviceMetrics.Reading(1, 0, 7, 0), reading(), "a call in progress counts up to now");
        metrics.stop();
        now += 100;
        assertEquals(new DeviceMetrics.Reading(1, 1, 7, 0), reading());
        metrics.leave();
        assertEquals(new DeviceMetrics.Reading(0, 1, 7, 0), reading());
    }

    @Test
    void aCallThatBeganAsTheMetricsOpenedIsSeen() {
        metrics.start();
        now += 3;
        assertEquals(3, reading().busy());
    }

    @Test
    void aCallThatNeverHadTheDeviceDidNotEnd() {
        metrics.arrive();
        metrics.leave();
        assertEquals(DeviceMetrics.Reading.NONE, reading());
    }

    @Test
    void memoryGrowsAndShrinks() {
        metrics.held(1L << 40);
        metrics.held(-24);
        assertEquals((1L << 40) - 24, reading().held());
    }

    /** Each step lets time pass, then starts a call, or stops the one that has run longest. */
    @Property
    void callsSideBySideAreBusyWhileThereIsAny(
            @ForAll @Size(max = 40) List<@IntRange(min = -9, max = 9) Integer> steps) {
        new DeviceMetricsTest().busyWhileThereIsAny(steps);
    }

    private void busyWhileThereIsAny(List<Integer> steps) {
        var running = new ArrayDeque<Integer>();
        long busy = 0;
        for (int step : steps) {
            now += Math.abs(step);
            busy += running.isEmpty() ? 0 : Math.abs(step);
            if (step >= 0) {
                running.add(step);
                metrics.start();
            } else if (!running.isEmpty()) {
                running.remove();
                metrics.stop();
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
                    metrics.arrive();
                    metrics.start();
                    metrics.held(3);
                    metrics.stop();
                    metrics.leave();
                }
            }));
        }
        assertEquals(new DeviceMetrics.Reading(0, threads * calls, 0, 3L * threads * calls), reading());
    }
}
