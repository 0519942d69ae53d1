package io.clarion.schedule.batch;

import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.GroupDevice;
import io.clarion.schedule.group.HostArrays;
import io.clarion.schedule.group.Part;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The executables of a device for chunks of a batch, compiled for each of their sizes. */
final class Chunks implements Part {
    private final GroupDevice member;
    private final TreeMap<Integer, BatchShard> shards = new TreeMap<>();

    Chunks(BatchPartition partition, DeviceTeam devices, GroupDevice member, int[] rows,
            Map<Dim.Symbol, Integer> sizes) {
        this.member = member;
        try {
            for (int size : rows) {
                shards.put(size, new BatchShard(partition, devices, member, 0, 1, 0, size, 1, sizes));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns how many rows they may have, from the smallest. */
    int[] sizes() {
        return shards.keySet().stream().mapToInt(s -> s).toArray();
    }

    /** For all rows of the outputs some of {@code arrays}. */
    Map<Tensor, NDArray> outputs(HostArrays arrays) {
        return shards.firstEntry().getValue().outputs(0, arrays);
    }

    /**
     * Does chunks as long as there are some.
     *
     * @param whole gets the rows of the outputs
     * @return true
     */
    boolean work(ChunkQueue queue, List<NDArray> inputs, Map<Tensor, NDArray> whole, long draw) {
        int number = member.number();
        for (Optional<ChunkQueue.Chunk> chunk = queue.take(number); chunk.isPresent(); chunk = queue.take(number)) {
            try {
                ChunkQueue.Chunk rows = chunk.get();
                queue.done(number, shards.get(rows.rows()).run(0, rows.from(), List.of(), inputs, whole, draw));
            } catch (RuntimeException e) {
                queue.back(number);
                throw e;
            }
        }
        return true;
    }

    @Override
    public Set<Variable> variables() {
        return shards.firstEntry().getValue().variables();
    }

    /** That of the largest chunk, from which the others differ in sizes alone. */
    @Override
    public String explain() {
        return shards.lastEntry().getValue().explain();
    }

    @Override
    public void close() {
        shards.values().forEach(BatchShard::close);
    }
}
