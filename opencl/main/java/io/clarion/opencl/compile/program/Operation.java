package io.clarion.opencl.compile.program;

import io.clarion.graph.Listing;
import io.clarion.graph.Op;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Locale;

/** An operation that makes an {@link Expr} of its inputs: one of the graph, or one that only a program has. */
public sealed interface Operation {
    /**
     * Returns whether it combines several elements of its inputs into one, so that a kernel has one of them at most.
     */
    default boolean accumulates() {
        return false;
    }

    /** Returns whether element i depends on element i of its inputs alone. */
    default boolean keepsPlace() {
        return false;
    }

    /** Returns what people call it, as in {@code sigmoid} or {@code contract over [1]}. */
    default String words() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /**
     * An operation of the graph but placeholders, variables, constants, loops, branches and scatters, which are
     * lowered.
     */
    record Compute(Op op) implements Operation {
        @Override
        public boolean accumulates() {
            return op.accumulates();
        }

        @Override
        public boolean keepsPlace() {
            return op.keepsPlace();
        }

        @Override
        public String words() {
            return Listing.words(op);
        }
    }

    /** All of a buffer. */
    record Load(Buffer buffer) implements Operation {}

    /** Place {@code at}, an expression of loops' counters, of axis 0 of the input. */
    record Element(Index at) implements Operation {}

    /** The input, which has to be stored in {@code buffer}. */
    record Store(Buffer buffer) implements Operation {
        @Override
        public boolean keepsPlace() {
            return true;
        }
    }

    /**
     * A contraction as products of matrices. Inputs: the operand that is read element by element, and the one that is
     * read from a buffer, in panels if the tile says so.
     */
    record Product(Tile tile) implements Operation {
        @Override
        public boolean accumulates() {
            return true;
        }

        @Override
        public String words() {
            return Listing.words(new Op.Contract(tile.contraction()));
        }
    }

    /**
     * Sums of rows that indices name, as {@link Op.ScatterAdd}. Inputs: the rows that are added, and both results of a
     * {@link Sort}.
     *
     * @param rows    of the result
     * @param indices the shape of the indices
     */
    record SegmentSum(int rows, Shape indices) implements Operation {
        @Override
        public boolean accumulates() {
            return true;
        }

        @Override
        public String words() {
            return "scatteradd";
        }
    }

    /** All of a buffer that the input, a {@link Control}, leaves. */
    record Filled(Buffer buffer) implements Operation {}

    /**
     * Control flow, or a sort: it leaves buffers, which {@link Filled} exprs tell apart. As an expr it has no elements.
     */
    sealed interface Control extends Operation {
        /**
         * Returns how many of its inputs have to be in buffers before it starts; the others are what its regions read
         * from outside.
         */
        int first();

        /** Returns for each of its regions what it stores. */
        List<List<Expr>> regions();

        /** Returns the buffers that it leaves. */
        List<Buffer> buffers();
    }

    /**
     * A loop. Its first inputs are the first carried values, stored in the first halves of the carried values' buffers.
     *
     * @param depth   how many loops there are around it
     * @param first   how many values are carried
     * @param results the stores of the new carried values and of what is stacked
     */
    record Repeat(int depth, int steps, boolean reversed, int first, List<Expr> results, List<Buffer> buffers)
            implements Control {
        @Override
        public List<List<Expr>> regions() {
            return List.of(results);
        }
    }

    /** One of two regions: the first unless the first input, a stored scalar, is 0. */
    record Choose(List<Expr> then, List<Expr> otherwise, List<Buffer> buffers) implements Control {
        @Override
        public int first() {
            return 1;
        }

        @Override
        public List<List<Expr>> regions() {
            return List.of(then, otherwise);
        }
    }

    /**
     * The places of the input, int32 indices, sorted by the row that they name.
     *
     * @param starts for each of {@code rows} rows where its places begin in {@code order}, and at last their number
     */
    record Sort(int rows, Buffer starts, Buffer order) implements Control {
        @Override
        public int first() {
            return 1;
        }

        @Override
        public List<List<Expr>> regions() {
            return List.of();
        }

        @Override
        public List<Buffer> buffers() {
            return List.of(starts, order);
        }
    }
}
