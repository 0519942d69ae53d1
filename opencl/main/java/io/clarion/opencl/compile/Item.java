package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is launched in its turn: a kernel, or a nest of kernels. */
sealed interface Item permits Work, Item.Nested {
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
}
