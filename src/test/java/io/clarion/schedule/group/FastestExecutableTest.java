package io.clarion.schedule.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.engine.Executable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The way that took least is the one that stays. */
class FastestExecutableTest {
    private long now;

    /** Takes so many nanoseconds for each call, the last for all that follow, and counts. */
    private final class Timed implements Executable {
        private final long[] nanos;
        private int calls;
        private int closings;

        Timed(long... nanos) {
            this.nanos = nanos;
        }

        @Override
        public List<NDArray> call(List<NDArray> inputs, long draw) {
            now += nanos[Math.min(calls++, nanos.length - 1)];
            return List.of(NDArray.scalar(DType.INT64, draw));
        }

        @Override
        public String explain() {
            return "takes " + nanos[nanos.length - 1];
        }

        @Override
        public void close() {
            closings++;
        }
    }

    @Test
    void eachIsTriedAndTheFastestStays() {
        // The first call of the second builds kernels; the first of each turn of the third does not count.
        List<Timed> ways = List.of(new Timed(40, 40, 30), new Timed(900, 20), new Timed(1, 25, 1, 60));
        var chosen = new FastestExecutable(ways, () -> now);
        var draws = new ArrayList<Long>();
        IntStream.range(0, 40).forEach(i -> draws.add(chosen.call(List.of(), i).get(0).getLong(0)));
        assertEquals(IntStream.range(0, 40).mapToObj(i -> (long) i).toList(), draws);
        assertEquals(List.of(6, 28, 6), ways.stream().map(w -> w.calls).toList());
        assertEquals("takes 20", chosen.explain());
        chosen.close();
        assertEquals(List.of(1, 1, 1), ways.stream().map(w -> w.closings).toList());
    }

    @Test
    void aMachineThatIsSlowForAWhileDecidesNothing() {
        List<Timed> ways = List.of(new Timed(30, 30, 300, 300, 30), new Timed(20, 200, 200, 20, 20));
        var chosen = new FastestExecutable(ways, () -> now);
        IntStream.range(0, 40).forEach(i -> chosen.call(List.of(), i));
        assertEquals(List.of(6, 34), ways.stream().map(w -> w.calls).toList());
    }

    @Test
    void allAreClosedThatNobodyCalled() {
        List<Timed> ways = List.of(new Timed(1), new Timed(2));
        new FastestExecutable(ways, () -> now).close();
        assertEquals(List.of(1, 1), ways.stream().map(w -> w.closings).toList());
    }
}
