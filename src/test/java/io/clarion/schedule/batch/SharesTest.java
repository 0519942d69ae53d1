package io.clarion.schedule.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SharesTest {
    @Test
    void aSlowDeviceKeepsNobodyWaiting() {
        var shares = new Shares(128, new RowRates(new double[] {1, 1, 1}));
        int[] first = shares.now(i -> true);
        for (int i = 0; i < 4; i++) {
            shares.took(new double[] {first[0] * 1e-4, first[1] * 1e-4, 3});
            shares.now(d -> true);
        }
        assertArrayEquals(new int[] {64, 64, 0}, shares.now(i -> true));
    }

    @Test
    void sharesFollowSpeeds() {
        var shares = new Shares(1000, new RowRates(new double[] {1, 1, 1}));
        assertEquals(1000, IntStream.of(shares.now(i -> true)).sum());
        for (int i = 0; i < 200; i++) {
            int[] now = shares.now(d -> true);
            shares.took(new double[] {now[0] / 100.0, now[1] / 300.0, now[2] / 50.0});
        }
        int[] now = shares.now(d -> true);
        assertEquals(1000, IntStream.of(now).sum());
        double makespan = Stream.of(now[0] / 100.0, now[1] / 300.0, now[2] / 50.0).mapToDouble(t -> t).max()
                .orElseThrow();
        assertTrue(makespan <= 1.1 * 1000 / 450.0, () -> makespan + " for " + List.of(now[0], now[1], now[2]));
    }
}
