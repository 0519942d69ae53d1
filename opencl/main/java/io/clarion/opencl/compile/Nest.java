package io.clarion.opencl.compile;

import io.clarion.graph.Tensor;
import java.util.List;

/** What takes more than a kernel with one accumulation: what it reads, what it computes, and the buffers that it leaves. */
sealed interface Nest {
    /** Tensors from outside that it reads. */
    List<Tensor> given();

    /** What has to be there before it starts. */
    List<Tensor> first();

    /** What each of its parts computes and stores. */
    List<List<Tensor>> parts();

    /** The buffers into which the parts' results go. */
    List<Tensor> buffers();

    /**
     * A loop.
     *
     * @param depth      how many loops there are around it
     * @param parameters what stands in the body for carried values and elements
     * @param starts     the first carried values, stored in the buffers' first halves
     * @param results    the new carried values and what is stacked
     */
    record Repeat(int depth, int steps, boolean reversed, List<Tensor> parameters, List<Tensor> starts, List<Tensor> given,
            List<Tensor> results, List<Tensor> buffers) implements Nest {
        @Override
        public List<Tensor> first() {
            return starts;
        }

        @Override
        public List<List<Tensor>> parts() {
            return List.of(results);
        }

        /** The same with other tensors from outside. */
        Repeat reading(List<Tensor> more) {
            return new Repeat(depth, steps, reversed, parameters, starts, more, results, buffers);
        }
    }

    /** One of two parts: the first unless {@code condition}, a stored scalar, is 0. */
    record Choice(Tensor condition, List<Tensor> given, List<Tensor> then, List<Tensor> otherwise, List<Tensor> buffers) implements Nest {
        @Override
        public List<Tensor> first() {
            return List.of(condition);
        }

        @Override
        public List<List<Tensor>> parts() {
            return List.of(then, otherwise);
        }
    }

    /**
     * The places of indices, int32, sorted by the row that they name.
     *
     * @param starts for each of {@code rows} rows where its places begin in {@code order}, and at last their number
     */
    record Sorted(Tensor indices, int rows, Tensor starts, Tensor order) implements Nest {
        @Override
        public List<Tensor> given() {
            return List.of();
        }

        @Override
        public List<Tensor> first() {
            return List.of(indices);
        }

        @Override
        public List<List<Tensor>> parts() {
            return List.of();
        }

        @Override
        public List<Tensor> buffers() {
            return List.of(starts, order);
        }
    }
}
