package io.clarion.schedule.cost;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.Comparator;

/**
 * The work of computing a tensor from its inputs at least, each of which is read once, whatever device does it. A
 * product and its addition count as two operations, an elementwise function as one an element. Views take nothing: who
 * reads a view reads what is under it.
 *
 * @param flops    operations on numbers
 * @param read     bytes
 * @param written  bytes
 * @param launches how many kernels it is, were none fused with others
 */
public record Effort(Kind kind, double flops, double read, double written, double launches) {
    /** The kind of work, which devices may be good at or not. */
    enum Kind {
        /** Sums of products without windows. */
        PRODUCT,
        /** Sums of products with windows. */
        CONVOLUTION,
        /** Functions of elements, casts, and elements put together. */
        ELEMENTWISE,
        /** Sums and extremes. */
        REDUCTION,
        /** Steps that need those before, with all that is in them. */
        LOOP,
        /** Rows that indices name, read or added to. */
        GATHER,
        /** Random numbers. */
        RANDOM
    }

    private static final Effort NOTHING = new Effort(Kind.ELEMENTWISE, 0, 0, 0, 0);

    /**
     * Returns the effort of one tensor, its inputs being there; of a loop that of its body for each step, of a branch
     * that of the longer side.
     *
     * @throws IllegalStateException if its sizes are not known
     */
    public static Effort of(Tensor t) {
        return switch (t.op()) {
            case Op.Random r -> made(t, Kind.RANDOM);
            case Op.Iota i -> made(t, Kind.ELEMENTWISE);
            case Op.Leaf l -> NOTHING;
            case Op.View v -> NOTHING;
            case Op.Result r -> NOTHING;
            case Op.Alias a -> NOTHING;
            case Op.Elementwise e -> made(t, Kind.ELEMENTWISE);
            case Op.Cast c -> made(t, Kind.ELEMENTWISE);
            case Op.Concat c -> made(t, Kind.ELEMENTWISE);
            case Op.Contract(Contraction c) -> made(t, c.operands().size() == 1 ? Kind.REDUCTION
                    : c.windows().isEmpty() ? Kind.PRODUCT : Kind.CONVOLUTION);
            case Op.Reduce r -> made(t, Kind.REDUCTION);
            case Op.Gather g -> new Effort(Kind.GATHER, 0, bytes(t) + bytes(t.input(1)), bytes(t), 1);
            case Op.ScatterAdd s -> made(t, Kind.GATHER);
            case Op.Scan s -> made(t, Kind.LOOP);
            case Bundle.Loop loop -> of(loop.body()).times(loop.steps().size());
            case Bundle.Branch branch -> branch.bodies().stream().map(Effort::of)
                    .max(Comparator.comparingDouble(e -> e.flops + e.bytes())).orElseThrow();
        };
    }

    private static Effort of(Body body) {
        return Graph.tensors(body.results()).stream().map(Effort::of).reduce(NOTHING.of(Kind.LOOP), Effort::plus);
    }

    private static Effort made(Tensor t, Kind kind) {
        double flops = t.op().operations(t.inputs().stream().map(Tensor::shape).toList(), t.shape());
        return new Effort(kind, flops, t.inputs().stream().distinct().mapToDouble(Effort::read).sum(), bytes(t), 1);
    }

    /** Returns what reading a tensor reads: less than its elements if it is a part of another, or one stretched. */
    private static double read(Tensor in) {
        double least = bytes(in);
        Tensor t = in;
        while (t.op() instanceof Op.View || t.op() instanceof Op.Alias) {
            t = t.input(0);
            least = Math.min(least, bytes(t));
        }
        return t.op() instanceof Op.Literal || t.op() instanceof Op.Size ? 0 : least;
    }

    private static double elements(Tensor t) {
        return t.shape().elements();
    }

    static double bytes(Tensor t) {
        return elements(t) * t.dtype().bytes();
    }

    /** Both, of the kind of this. */
    private Effort plus(Effort other) {
        return new Effort(kind, flops + other.flops, read + other.read, written + other.written,
                launches + other.launches);
    }

    private Effort times(int n) {
        return new Effort(kind, flops * n, read * n, written * n, launches * n);
    }

    private Effort of(Kind other) {
        return new Effort(other, flops, read, written, launches);
    }

    /** Returns whether there is nothing to be done. */
    boolean isNothing() {
        return launches == 0;
    }

    double bytes() {
        return read + written;
    }
}
