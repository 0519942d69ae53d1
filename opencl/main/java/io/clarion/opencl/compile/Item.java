package io.clarion.opencl.compile;

import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is launched in its turn: a kernel, or a nest of kernels. */
sealed interface Item permits Work, Item.Chain, Item.Siblings, Item.Nested {
    /** What it leaves in buffers. */
    List<Tensor> outputs();

    /** The stored tensors that it reads, and whether each is read at the place of the output alone. */
    Map<Tensor, Boolean> reads();

    /** A loop or a branch with the kernels of its parts. */
    record Nested(Nest nest, List<List<Item>> parts) implements Item {
        @Override
        public List<Tensor> outputs() {
            return nest.buffers();
        }

        /** What its kernels read and do not make themselves; never at one place. */
        @Override
        public Map<Tensor, Boolean> reads() {
            Map<Tensor, Boolean> reads = new LinkedHashMap<>();
            var made = new ArrayList<Tensor>();
            nest.first().forEach(t -> reads.put(t, false));
            for (List<Item> part : parts) {
                part.forEach(item -> {
                    made.addAll(item.outputs());
                    item.reads().keySet().forEach(t -> reads.put(t, false));
                });
            }
            made.forEach(reads::remove);
            return reads;
        }
    }

    /** Works that need nothing of each other, done side by side; none changes a variable that another reads. */
    record Siblings(List<Work> works) implements Item {
        @Override
        public List<Tensor> outputs() {
            return works.stream().flatMap(w -> w.outputs().stream()).toList();
        }

        /** Variables at one place if one work alone reads them; all else never: another work could be given the place of what is read. */
        @Override
        public Map<Tensor, Boolean> reads() {
            Map<Tensor, Boolean> reads = new LinkedHashMap<>();
            works.forEach(w -> w.reads().forEach((t, atOnePlace) -> reads.merge(t, atOnePlace && t.op() instanceof Op.Read, (x, y) -> false)));
            return reads;
        }

        @Override
        public String toString() {
            return works.stream().map(Work::toString).collect(Collectors.joining(" | "));
        }
    }

    /**
     * Works on rows, places on axis 0 of all that they make, row r of each of which needs no other row of the others: a
     * work-item takes rows through all of them.
     *
     * @param locals what they make for each other alone: no buffer holds it
     */
    record Chain(List<Work> stages, int rows, Set<Tensor> locals) implements Item {
        @Override
        public List<Tensor> outputs() {
            return made().filter(t -> !locals.contains(t)).toList();
        }

        Stream<Tensor> made() {
            return stages.stream().flatMap(s -> s.outputs().stream());
        }

        /** Never at one place: a stage may read what it needs when another has stored its own. */
        @Override
        public Map<Tensor, Boolean> reads() {
            Map<Tensor, Boolean> reads = new LinkedHashMap<>();
            stages.forEach(s -> s.reads().keySet().forEach(t -> reads.put(t, false)));
            made().forEach(reads::remove);
            return reads;
        }

        @Override
        public String toString() {
            return stages.stream().map(Work::toString).collect(Collectors.joining("; "));
        }
    }
}
