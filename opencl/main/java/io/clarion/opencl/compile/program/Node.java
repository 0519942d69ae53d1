package io.clarion.opencl.compile.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A part of a program that runs in its turn: a kernel, kernels in one launch, or control flow. */
public sealed interface Node permits Kernel, Node.FusedRows, Node.SideBySide, Node.Control {
    /** Returns the buffers that it leaves to others. */
    List<Buffer> outputs();

    /** Returns the buffers that it reads, and whether each is read at the place of the output alone. */
    Map<Buffer, Boolean> reads();

    /** Kernels that need nothing of each other, done side by side; none changes a variable that another reads. */
    record SideBySide(List<Kernel> kernels) implements Node {
        @Override
        public List<Buffer> outputs() {
            return kernels.stream().flatMap(k -> k.outputs().stream()).toList();
        }

        /**
         * Variables at one place if one kernel alone reads them; all else never: another could be given the place of
         * what is read.
         */
        @Override
        public Map<Buffer, Boolean> reads() {
            Map<Buffer, Boolean> reads = new LinkedHashMap<>();
            kernels.forEach(k -> k.reads().forEach((b, atOnePlace) -> reads.merge(b,
                    atOnePlace && b.source() instanceof Buffer.Source.Content, (x, y) -> false)));
            return reads;
        }

        @Override
        public String toString() {
            return kernels.stream().map(Kernel::toString).collect(Collectors.joining(" | "));
        }
    }

    /**
     * Kernels on rows, places on axis 0 of all that they make, row r of each of which needs no other row of the others:
     * a work-item takes rows through all of them.
     *
     * @param locals what they make for each other alone: arrays for the rows at hand hold it
     */
    record FusedRows(List<Kernel> stages, int rows, Set<Buffer> locals) implements Node {
        @Override
        public List<Buffer> outputs() {
            return made().filter(b -> !locals.contains(b)).toList();
        }

        public Stream<Buffer> made() {
            return stages.stream().flatMap(s -> s.outputs().stream());
        }

        /**
         * Returns the buffers that the stages read from outside, none at one place: a stage may read what it needs when
         * another has stored its own.
         */
        @Override
        public Map<Buffer, Boolean> reads() {
            Map<Buffer, Boolean> reads = new LinkedHashMap<>();
            stages.forEach(s -> s.reads().keySet().forEach(b -> reads.put(b, false)));
            made().forEach(reads::remove);
            return reads;
        }

        @Override
        public String toString() {
            return stages.stream().map(Kernel::toString).collect(Collectors.joining("; "));
        }
    }

    /** Control flow: regions of nodes. */
    sealed interface Control extends Node {
        /** Returns what has to be in buffers before it starts. */
        List<Buffer> first();

        /** Returns its regions' nodes, each after those whose outputs it reads. */
        List<List<Node>> regions();

        /** Returns the same with other nodes, which leave the same buffers, in its regions. */
        Control with(List<List<Node>> regions);

        /** Returns what its nodes read and do not make themselves; never at one place. */
        @Override
        default Map<Buffer, Boolean> reads() {
            Map<Buffer, Boolean> reads = new LinkedHashMap<>();
            var made = new ArrayList<Buffer>();
            first().forEach(b -> reads.put(b, false));
            for (List<Node> region : regions()) {
                region.forEach(node -> {
                    made.addAll(node.outputs());
                    node.reads().keySet().forEach(b -> reads.put(b, false));
                });
            }
            made.forEach(reads::remove);
            return reads;
        }
    }

    /**
     * A loop.
     *
     * @param depth   how many loops there are around it
     * @param first   slices of {@code outputs} with the first carried values
     * @param outputs the carried values, of two halves each, and what is stacked
     */
    record Repeat(int depth, int steps, boolean reversed, List<Buffer> first, List<Buffer> outputs, List<Node> body)
            implements Control {
        @Override
        public List<List<Node>> regions() {
            return List.of(body);
        }

        @Override
        public Repeat with(List<List<Node>> regions) {
            return new Repeat(depth, steps, reversed, first, outputs, regions.get(0));
        }
    }

    /** One of two regions: the first unless {@code condition}, a scalar, is 0. */
    record Choose(Buffer condition, List<Buffer> outputs, List<Node> then, List<Node> otherwise) implements Control {
        @Override
        public List<Buffer> first() {
            return List.of(condition);
        }

        @Override
        public List<List<Node>> regions() {
            return List.of(then, otherwise);
        }

        @Override
        public Choose with(List<List<Node>> regions) {
            return new Choose(condition, outputs, regions.get(0), regions.get(1));
        }
    }

    /**
     * The places of indices, int32, sorted by the row that they name.
     *
     * @param starts for each of {@code rows} rows where its places begin in {@code order}, and at last their number
     */
    record Sort(Buffer indices, int rows, Buffer starts, Buffer order) implements Control {
        @Override
        public List<Buffer> outputs() {
            return List.of(starts, order);
        }

        @Override
        public List<Buffer> first() {
            return List.of(indices);
        }

        @Override
        public List<List<Node>> regions() {
            return List.of();
        }

        @Override
        public Sort with(List<List<Node>> regions) {
            return this;
        }
    }
}
