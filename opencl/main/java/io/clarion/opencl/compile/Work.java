package io.clarion.opencl.compile;

import io.clarion.graph.Bundle;
import io.clarion.graph.Listing;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one kernel does: at most one accumulation, and tensors computed from it and from what lies in buffers.
 *
 * @param accumulation the contraction, reduction or scatter in the middle; null where there is none
 * @param outputs      tensors of as many elements each, element i of which is computed together; each after those that
 *                     it needs
 * @param reads        the stored tensors that are read, and whether each is read at the place of the output alone
 */
record Work(Tensor accumulation, List<Tensor> outputs, Map<Tensor, Boolean> reads) implements Item {

    boolean isAccumulating() {
        return accumulation != null;
    }

    /** As in {@code contract over [1] of float32(2, 5), float32(5, 3) → add, tanh → float32(2, 3)}. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        if (isAccumulating()) {
            text.append(Listing.words(accumulation.op())).append(" of ").append(accumulation.inputs().stream().map(Work::sized)
                    .collect(Collectors.joining(", "))).append(" → ");
        }
        String rest = TopologicalOrder.of(outputs, t -> t == accumulation || reads.containsKey(t) ? List.of() : t.inputs()).stream()
                .filter(t -> t != accumulation && !reads.containsKey(t) && !(t.op() instanceof Op.Alias) && !(t.op() instanceof Op.Leaf))
                .map(t -> Listing.words(t.op())).distinct().collect(Collectors.joining(", "));
        text.append(rest).append(rest.isEmpty() ? "" : " → ");
        return text.append(outputs.stream().map(Work::sized).collect(Collectors.joining(", "))).toString();
    }

    private static String sized(Tensor t) {
        return t.dtype().word() + t.shape();
    }

    int elements() {
        return outputs.get(0).shape().elements();
    }

    static boolean accumulates(Tensor t) {
        return t.op() instanceof Op.Contract || t.op() instanceof Op.Reduce || t.op() instanceof Op.ScatterAdd || t.op() instanceof Op.Scan;
    }

    /** What {@code roots} read, down to {@code stored} tensors. */
    static Map<Tensor, Boolean> reads(List<Tensor> roots, Lowering lowering, java.util.function.Predicate<Tensor> stored) {
        Map<Tensor, Boolean> reads = new LinkedHashMap<>();
        Map<Tensor, Boolean> seen = new LinkedHashMap<>();
        roots.forEach(r -> inner(r, true, lowering, stored, reads, seen));
        return reads;
    }

    private static void visit(Tensor t, boolean inPlace, Lowering lowering, java.util.function.Predicate<Tensor> stored,
            Map<Tensor, Boolean> reads, Map<Tensor, Boolean> seen) {
        if (stored.test(t)) {
            reads.merge(t, inPlace, Boolean::logicalAnd);
        } else {
            inner(t, inPlace, lowering, stored, reads, seen);
        }
    }

    private static void inner(Tensor t, boolean inPlace, Lowering lowering, java.util.function.Predicate<Tensor> stored,
            Map<Tensor, Boolean> reads, Map<Tensor, Boolean> seen) {
        Boolean before = seen.get(t);
        if (before != null && (!before || inPlace)) {
            return;
        }
        seen.put(t, inPlace);
        boolean keeps = inPlace && keepsPlace(t);
        lowering.inputs(t).forEach(in -> visit(in, keeps, lowering, stored, reads, seen));
    }

    /** Whether element i of {@code t} depends on element i of its inputs alone. */
    static boolean keepsPlace(Tensor t) {
        return switch (t.op()) {
            case Op.Elementwise e -> true;
            case Op.Cast c -> true;
            case Op.Alias a -> true;
            case Op.View(io.clarion.graph.Movement.Reshape r) -> true;
            case Op.View v -> false;
            case Op.Concat c -> false;
            case Op.Gather g -> false;
            case Op.Contract c -> false;
            case Op.Reduce r -> false;
            case Op.ScatterAdd s -> false;
            case Op.Scan s -> false;
            case Bundle b -> false;
            case Op.Result r -> false;
            case Op.Parameter p -> false;
            case Op.Leaf l -> true;
        };
    }
}
