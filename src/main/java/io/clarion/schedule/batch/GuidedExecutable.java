package io.clarion.schedule.batch;

import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.GroupDevice;
import io.clarion.schedule.group.GroupExecutable;
import io.clarion.schedule.group.Layout;
import io.clarion.schedule.group.Replicas;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A graph of rows that need no others, on several devices, each of which takes chunks of the batch as it becomes free.
 */
final class GuidedExecutable extends GroupExecutable<Chunks> {
    private static final Logger LOG = LoggerFactory.getLogger(GuidedExecutable.class);
    /** How many times as many rows as the next smaller size each size has. */
    private static final int STEP = 4;
    /**
     * Fewer rows than the unit of shares are a chunk only if there are so many of them, as products of few rows are
     * slow.
     */
    private static final int FEW = 32;
    private final BatchPartition partition;
    private final Map<Dim.Symbol, Integer> sizes;
    private final RowRates rates;
    /** How many rows a chunk of each device has at most. */
    private final int[] most;

    /** Makes an executable of a partition that {@link BatchPartition#isRowByRow}. */
    GuidedExecutable(BatchPartition partition, Map<Dim.Symbol, Integer> sizes, DeviceTeam devices, RowRates rates) {
        super(partition.graph(), devices);
        this.partition = partition;
        this.sizes = sizes;
        this.rates = rates;
        this.most = IntStream.generate(partition::rows).limit(rates.devices()).toArray();
    }

    @Override
    protected Layout<Chunks> layout(Layout<Chunks> known) {
        List<GroupDevice> present = devices().present();
        if (known != null && known.isCurrent() && known.members().equals(present)) {
            return known;
        }
        close();
        var made = new Layout<Chunks>(devices());
        for (GroupDevice member : present) {
            if (made.isCurrent()) {
                give(made, member, () -> new Chunks(partition, devices(), member, chunks(member), sizes));
            }
        }
        return made;
    }

    private int[] chunks(GroupDevice member) {
        return sizes(partition.rows(), rates.devices(), most[member.number()]);
    }

    /**
     * Returns the rows of the chunks that devices take, from the smallest, a quarter of the unit of shares or that, to
     * half of an equal share, or to {@code most}.
     */
    static int[] sizes(int rows, int devices, int most) {
        int unit = Shares.unit(rows, devices);
        int least = unit / STEP >= FEW ? unit / STEP : unit;
        return IntStream.iterate(least, s -> s == least || s <= Math.min(most, rows / (2 * devices)), s -> STEP * s)
                .toArray();
    }

    @Override
    protected Optional<List<NDArray>> attempt(Layout<Chunks> now, Map<Variable, Replicas> replicas,
            List<NDArray> inputs, long draw) {
        Map<Tensor, NDArray> outputs = now.parts().get(0).outputs(arrays());
        int[][] chunks = devices().members().stream()
                .map(m -> now.members().contains(m) ? now.part(m).sizes() : new int[0]).toArray(int[][]::new);
        var queue = new ChunkQueue(partition.rows(), chunks, rates);
        List<GroupDevice> working = now.members();
        while (!queue.isDone()) {
            Set<GroupDevice> worked = devices().workers()
                    .each(working, m -> now.part(m).work(queue, inputs, outputs, draw), this::failed).keySet();
            working.stream().filter(m -> !worked.contains(m)).forEach(m -> queue.leave(m.number()));
            // Who does not answer may still write what it is at, at any time: the others begin anew, with other arrays.
            if (worked.isEmpty() || queue.isWaiting()) {
                return Optional.empty();
            }
            working = List.copyOf(worked);
        }
        if (now.isWarm()) {
            queue.tell(rates, Shares.LATEST);
        }
        now.warmUp();
        return Optional.of(graph().outputs().stream().map(outputs::get).toList());
    }

    /** Takes a device out, unless it lacks memory for large chunks alone. */
    @Override
    protected void failed(GroupDevice member, int epoch, DeviceFailure why) {
        int[] chunks = chunks(member);
        if (why.isOutOfMemory() && chunks.length > 1) {
            most[member.number()] = chunks[chunks.length - 2];
            LOG.warn("{} has chunks of {} rows at most from now on, for it lacks memory: {}", member,
                    most[member.number()], why.getMessage());
            spoil();
        } else {
            super.failed(member, epoch, why);
        }
    }

    @Override
    protected String title(GroupDevice member) {
        String chunks = Arrays.stream(chunks(member)).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        return member + ", chunks of " + chunks + " of " + partition.rows() + " rows:\n";
    }
}
