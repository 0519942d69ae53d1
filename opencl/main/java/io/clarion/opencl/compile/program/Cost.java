package io.clarion.opencl.compile.program;

import io.clarion.graph.Op;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The bytes moved and operations of a kernel's launch, at least: each element that it needs is read once, each of its
 * outputs written once. A product and its addition count as two operations, an elementwise function as one an element.
 *
 * @param read    bytes
 * @param written bytes
 * @param flops   operations on numbers
 */
public record Cost(long read, long written, double flops) {
    public static final Cost NONE = new Cost(0, 0, 0);

    public Cost plus(Cost other) {
        return new Cost(read + other.read, written + other.written, flops + other.flops);
    }

    public Cost times(int n) {
        return new Cost(read * n, written * n, flops * n);
    }

    public long bytes() {
        return read + written;
    }

    public static Cost of(Kernel kernel) {
        List<Expr> exprs = kernel.exprs();
        // Of a buffer that a loop walks through, a step reads one element of axis 0.
        Set<Buffer> walked = exprs.stream().filter(e -> e.op() instanceof Operation.Element)
                .flatMap(e -> e.input(0).op() instanceof Operation.Load(Buffer b) ? Stream.of(b) : Stream.of())
                .collect(Collectors.toSet());
        long read = kernel.reads().keySet().stream()
                .mapToLong(b -> b.bytes() / (walked.contains(b) ? Math.max(1, b.shape().size(0)) : 1)).sum();
        long written = kernel.outputs().stream().mapToLong(Buffer::bytes).sum();
        return new Cost(read, written, exprs.stream().mapToDouble(Cost::operations).sum());
    }

    private static double operations(Expr e) {
        List<Shape> in = e.inputs().stream().map(Expr::shape).toList();
        return switch (e.op()) {
            case Operation.Compute(Op op) -> op.operations(in, e.shape());
            case Operation.Product(Tile tile) -> new Op.Contract(tile.contraction()).operations(in, e.shape());
            case Operation.SegmentSum s -> e.input(0).elements();
            case Operation other -> 0;
        };
    }

    /** Returns the cost in words, as in {@code 1.2 MB read, 16 KB written, 6.4 MFLOP}. */
    @Override
    public String toString() {
        return scaled(read, "B") + " read, " + scaled(written, "B") + " written, " + scaled(flops, "FLOP");
    }

    private static String scaled(double n, String unit) {
        return n >= 1e9 ? String.format(Locale.ROOT, "%.1f G", n / 1e9) + unit
                : n >= 1e6 ? String.format(Locale.ROOT, "%.1f M", n / 1e6) + unit
                        : n >= 1e3 ? String.format(Locale.ROOT, "%.1f K", n / 1e3) + unit
                                : String.format(Locale.ROOT, "%.0f ", n) + unit;
    }
}
