package io.clarion.schedule.group;

import io.clarion.engine.Executable;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A graph that can be computed in several ways: the first calls try each in turn, and those after take the one that was
 * fastest. Each has several turns, as a machine may be slow for seconds.
 */
public final class FastestExecutable implements Executable {
    private static final Logger LOG = LoggerFactory.getLogger(FastestExecutable.class);
    /** Turns of each way. */
    private static final int TURNS = 3;
    /** Calls of a turn, of which the last counts: in the first, kernels are built and variables fetched. */
    private static final int CALLS = 2;
    private final List<Way> ways;
    private final LongSupplier clock;
    private int calls;
    private Way best;

    /** A way, and the nanoseconds of the shortest of its calls that count. */
    private static final class Way {
        private final Executable executable;
        private long nanos = Long.MAX_VALUE;

        Way(Executable executable) {
            this.executable = executable;
        }
    }

    /** With a clock of nanoseconds. */
    public FastestExecutable(List<? extends Executable> ways, LongSupplier clock) {
        this.ways = ways.stream().map(Way::new).toList();
        this.clock = clock;
    }

    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        return timed(way -> way.call(inputs, draw));
    }

    @Override
    public void call(List<? extends Value> inputs, List<NDArray> into, long draw) {
        timed(way -> {
            way.call(inputs, into, draw);
            return into;
        });
    }

    private List<NDArray> timed(Function<Executable, List<NDArray>> call) {
        if (best != null) {
            return call.apply(best.executable);
        }
        Way way = next();
        long start = clock.getAsLong();
        List<NDArray> results = call.apply(way.executable);
        calls++;
        if (calls % CALLS == 0) {
            way.nanos = Math.min(way.nanos, clock.getAsLong() - start);
        }
        if (calls == TURNS * CALLS * ways.size()) {
            choose();
        }
        return results;
    }

    private Way next() {
        return ways.get(calls / CALLS % ways.size());
    }

    private void choose() {
        best = ways.stream().min(Comparator.comparingLong(w -> w.nanos)).orElseThrow();
        LOG.info("of {} ms, {} is the fastest", ways.stream().map(w -> w.nanos / 1e6).toList(), best.nanos / 1e6);
        ways.stream().filter(w -> w != best).forEach(w -> w.executable.close());
    }

    @Override
    public String explain() {
        return (best == null ? next() : best).executable.explain();
    }

    @Override
    public String explain(String pass) {
        return (best == null ? next() : best).executable.explain(pass);
    }

    @Override
    public void close() {
        if (best != null) {
            best.executable.close();
        } else {
            ways.forEach(w -> w.executable.close());
        }
    }
}
