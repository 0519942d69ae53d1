package io.clarion.graph;

import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A movement of elements, by which a view lies in its input: for each place of the result, the place that it reads. */
public sealed interface Movement {
    /** Returns the shape of the view of an input of shape {@code in}. */
    Shape shape(Shape in);

    default Movement resolve(Map<Dim.Symbol, Integer> sizes) {
        return this;
    }

    /** The same elements in row-major order under another shape. */
    record Reshape(Shape to) implements Movement {
        @Override
        public Shape shape(Shape in) {
            if (!in.count().mayEqual(to.count())) {
                throw new IllegalArgumentException("shape " + in + " has " + in.count().describe() + " elements, shape "
                        + to + " has " + to.count().describe());
            }
            return to;
        }

        @Override
        public Movement resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Reshape(to.resolve(sizes));
        }
    }

    /** Axis {@code i} of the result is axis {@code order[i]} of the input. */
    record Permute(List<Integer> order) implements Movement {
        @Override
        public Shape shape(Shape in) {
            return new Shape(order.stream().map(in::dim).toList());
        }

        /** Returns the permutation that undoes this one. */
        public Permute inverse() {
            var inverse = new ArrayList<>(order);
            for (int i = 0; i < order.size(); i++) {
                inverse.set(order.get(i), i);
            }
            return new Permute(inverse);
        }
    }

    /** Axes of size 1 stretched to the sizes of {@code to}, which has the input's rank. */
    record Broadcast(Shape to) implements Movement {
        @Override
        public Shape shape(Shape in) {
            for (int a = 0; a < to.rank(); a++) {
                if (in.rank() != to.rank() || !in.dim(a).is(1) && !in.dim(a).mayEqual(to.dim(a))) {
                    throw new IllegalArgumentException("shape " + in + " does not broadcast to " + to);
                }
            }
            return to;
        }

        @Override
        public Movement resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Broadcast(to.resolve(sizes));
        }
    }

    /** Along each axis, element {@code i} of the result is element {@code start + i·step} of the input. */
    record Slice(List<Integer> start, List<Integer> step, Shape to) implements Movement {
        @Override
        public Shape shape(Shape in) {
            for (int a = 0; a < to.rank(); a++) {
                if (in.dim(a).isKnown() && to.dim(a).isKnown() && to.size(a) > 0
                        && start.get(a) + (to.size(a) - 1) * step.get(a) >= in.size(a)) {
                    throw new IllegalArgumentException("a slice of " + to.size(a) + " elements from " + start.get(a)
                            + " in steps of " + step.get(a) + " leaves axis " + a + " of shape " + in);
                }
            }
            return to;
        }

        @Override
        public Movement resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Slice(start, step, to.resolve(sizes));
        }
    }

    /**
     * Along each axis, element {@code i} of the input is element {@code before + i·step} of the result; the rest is
     * {@code value}.
     */
    record Pad(List<Integer> before, List<Integer> step, Shape to, double value) implements Movement {
        @Override
        public Shape shape(Shape in) {
            for (int a = 0; a < to.rank(); a++) {
                if (in.dim(a).isKnown() && to.dim(a).isKnown() && in.size(a) > 0
                        && before.get(a) + (in.size(a) - 1) * step.get(a) >= to.size(a)) {
                    throw new IllegalArgumentException("shape " + in + " does not fit into " + to + " from " + before);
                }
            }
            return to;
        }

        @Override
        public Movement resolve(Map<Dim.Symbol, Integer> sizes) {
            return new Pad(before, step, to.resolve(sizes), value);
        }
    }

    /** The elements in reverse order along {@code axes}. */
    record Reverse(List<Integer> axes) implements Movement {
        @Override
        public Shape shape(Shape in) {
            return in;
        }
    }

    /**
     * Axis {@code axis} as two, (place, tap): element (o, t) is element {@code stride·o + dilation·t} of the input's
     * axis. There are as many places as have all their taps inside.
     */
    record Windows(int axis, int taps, int stride, int dilation) implements Movement {
        @Override
        public Shape shape(Shape in) {
            int span = dilation * (taps - 1) + 1;
            if (in.dim(axis).isKnown() && in.size(axis) < span) {
                throw new IllegalArgumentException(
                        "a window of " + span + " elements does not fit axis " + axis + " of shape " + in);
            }
            var dims = new ArrayList<>(in.dims());
            dims.set(axis, in.dim(axis).plus(-span).dividedBy(Dim.of(stride)).plus(1));
            dims.add(axis + 1, Dim.of(taps));
            return new Shape(dims);
        }
    }
}
