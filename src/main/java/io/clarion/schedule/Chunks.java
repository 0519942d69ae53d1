package io.clarion.schedule;

import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a device does with chunks of a batch, compiled for each of their sizes. */
final class Chunks implements Part {
    private final Member member;
    private final TreeMap<Integer, Piece> pieces = new TreeMap<>();

    Chunks(Cut cut, DeviceGroup devices, Member member, int[] rows, Map<Dim.Symbol, Integer> sizes) {
        this.member = member;
        try {
            for (int size : rows) {
                pieces.put(size, new Piece(cut, devices, member, 0, 1, 0, size, 1, sizes));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** How many rows they may have, from the smallest. */
    int[] sizes() {
        return pieces.keySet().stream().mapToInt(s -> s).toArray();
    }

    /** For all rows of the outputs some of {@code arrays}. */
    Map<Tensor, NDArray> outputs(HostArrays arrays) {
        return pieces.firstEntry().getValue().outputs(0, arrays);
    }

    /**
     * Does chunks as long as there are some.
     *
     * @param whole gets the rows of the outputs
     * @return true
     */
    boolean work(Stock stock, List<NDArray> inputs, Map<Tensor, NDArray> whole, long draw) {
        int number = member.number();
        for (Optional<Stock.Chunk> chunk = stock.take(number); chunk.isPresent(); chunk = stock.take(number)) {
            try {
                Stock.Chunk rows = chunk.get();
                stock.done(number, pieces.get(rows.rows()).run(0, rows.from(), List.of(), inputs, whole, draw));
            } catch (RuntimeException e) {
                stock.back(number);
                throw e;
            }
        }
        return true;
    }

    @Override
    public Set<Variable> variables() {
        return pieces.firstEntry().getValue().variables();
    }

    /** That of the largest chunk, from which the others differ in sizes alone. */
    @Override
    public String explain() {
        return pieces.lastEntry().getValue().explain();
    }

    @Override
    public void close() {
        pieces.values().forEach(Piece::close);
    }
}
