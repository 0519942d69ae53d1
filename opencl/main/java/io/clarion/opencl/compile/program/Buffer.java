package io.clarion.opencl.compile.program;

import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.List;

/** Memory that a program's kernels read or write. Two are equal only if they are the same object. */
public final class Buffer {
    private final DType dtype;
    private final Shape shape;
    private final Source source;

    public Buffer(DType dtype, Shape shape, Source source) {
        this.dtype = dtype;
        this.shape = shape;
        this.source = source;
    }

    /** The source of a buffer. */
    public sealed interface Source {
        /** An input of the graph, by its number, which each call gives. */
        record Input(int number) implements Source {}

        /** A variable; {@code isVolatile} says whether it is likely to change between calls. */
        record Content(Variable variable, boolean isVolatile) implements Source {}

        /** An array that never changes. */
        record Fixed(Tensor constant) implements Source {}

        /** Memory for values of a call. */
        record Scratch() implements Source {}

        /** A place of axis 0 of another buffer, an expression of loops' counters; all of it if {@code at} is null. */
        record Slice(Buffer of, Index at) implements Source {}
    }

    public static Buffer scratch(DType dtype, Shape shape) {
        return new Buffer(dtype, shape, new Source.Scratch());
    }

    /** Returns a buffer for the elements of an expr. */
    public static Buffer scratch(Expr like) {
        return scratch(like.dtype(), like.shape());
    }

    /** Returns place {@code at} of axis 0 of this as a buffer. */
    public Buffer slice(Index at) {
        return new Buffer(dtype, shape.part(1, shape.rank()), new Source.Slice(this, at));
    }

    /** Returns this buffer under another name, for who fills it in one of several ways. */
    public Buffer alias() {
        return new Buffer(dtype, shape, new Source.Slice(this, null));
    }

    public DType dtype() {
        return dtype;
    }

    public Shape shape() {
        return shape;
    }

    public Source source() {
        return source;
    }

    public int elements() {
        return shape.elements();
    }

    public long bytes() {
        return (long) shape.elements() * dtype.bytes();
    }

    /** Returns whether it is part of another buffer, or another name of it. */
    public boolean isSlice() {
        return source instanceof Source.Slice;
    }

    /** Returns the buffer that it is a slice of; itself if it is none. */
    public Buffer home() {
        return source instanceof Source.Slice(Buffer of, Index at) ? of : this;
    }

    /** Returns whether it is a variable's content. */
    public boolean isContentOf(Variable v) {
        return source instanceof Source.Content(Variable variable, boolean isVolatile) && variable == v;
    }

    /** Returns the place in {@link #home} of a flat place in this. */
    public Index placed(Index flat) {
        return source instanceof Source.Slice(Buffer of, Index at) && at != null ? at.times(elements()).plus(flat)
                : flat;
    }

    /** Returns the loops' counters on which its place in {@link #home} depends. */
    public List<String> counters() {
        return source instanceof Source.Slice(Buffer of, Index at) && at != null ? Variables.of(List.of(at))
                : List.of();
    }

    @Override
    public String toString() {
        return dtype.word() + shape;
    }
}
