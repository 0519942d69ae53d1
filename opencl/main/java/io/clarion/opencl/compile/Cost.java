package io.clarion.opencl.compile;

import io.clarion.graph.Contraction;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a launch of a kernel moves and computes at least: each element that it needs is read once, each of its outputs
 * written once. A product and its addition count as two operations, an elementwise function as one an element.
 *
 * @param read    bytes
 * @param written bytes
 * @param flops   operations on numbers
 */
public record Cost(long read, long written, double flops) {
    static final Cost NONE = new Cost(0, 0, 0);

    public Cost plus(Cost other) {
        return new Cost(read + other.read, written + other.written, flops + other.flops);
    }

    public Cost times(int n) {
        return new Cost(read * n, written * n, flops * n);
    }

    public long bytes() {
        return read + written;
    }

    static Cost of(Work work, Lowering lowering) {
        // Of a buffer that a loop walks through, a step reads one element of axis 0.
        Set<Tensor> walked = lowering.nests().cells().values().stream().filter(c -> c.at() != null).map(Cell::buffer).collect(Collectors.toSet());
        long read = work.reads().keySet().stream()
                .mapToLong(t -> MemoryPlan.bytes(t) / (walked.contains(t) ? Math.max(1, t.shape().size(0)) : 1)).sum();
        long written = work.outputs().stream().mapToLong(MemoryPlan::bytes).sum();
        double flops = TopologicalOrder.of(work.outputs(), t -> work.reads().containsKey(t) ? List.of() : lowering.inputs(t)).stream()
                .filter(t -> !work.reads().containsKey(t)).mapToDouble(Cost::operations).sum();
        return new Cost(read, written, flops);
    }

    private static double operations(Tensor t) {
        return switch (t.op()) {
            case Op.Contract(Contraction c) -> (double) c.operands().size() * Plan.of(c).terms(c) * t.shape().elements();
            case Op.Reduce r -> t.input(0).shape().elements();
            case Op.ScatterAdd s -> t.input(0).shape().elements();
            case Op.Scan s -> 2.0 * t.shape().elements();
            case Op.Elementwise e -> t.shape().elements();
            case Op other -> 0;
        };
    }

    /** All that steps move and compute, loops counted as often as they run, of a choice its first side. */
    public static Cost of(List<Compiler.Step> steps) {
        Cost sum = NONE;
        for (Compiler.Step step : steps) {
            sum = sum.plus(switch (step) {
                case Compiler.Step.Kernel k -> k.cost();
                case Compiler.Step.Repeat loop -> of(loop.steps()).times(loop.times());
                case Compiler.Step.Choice choice -> of(choice.then());
            });
        }
        return sum;
    }

    /** As in {@code 1.2 MB read, 16 KB written, 6.4 MFLOP}. */
    @Override
    public String toString() {
        return scaled(read, "B") + " read, " + scaled(written, "B") + " written, " + scaled(flops, "FLOP");
    }

    private static String scaled(double n, String unit) {
        return n >= 1e9 ? String.format(Locale.ROOT, "%.1f G", n / 1e9) + unit : n >= 1e6 ? String.format(Locale.ROOT, "%.1f M", n / 1e6) + unit
                : n >= 1e3 ? String.format(Locale.ROOT, "%.1f K", n / 1e3) + unit : String.format(Locale.ROOT, "%.0f ", n) + unit;
    }
}
