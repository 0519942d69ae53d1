package io.clarion.opencl.compile.program;

import io.clarion.graph.Op;
import io.clarion.graph.TopologicalOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The work of one kernel: at most one accumulation, and values computed from it and from loads, which it stores.
 *
 * @param accumulation the contraction, reduction, scan or sum of segments in the middle; null where there is none
 * @param stores       of as many elements each, element i of which is computed together; each after those that it needs
 * @param reads        the buffers that are read, and whether each is read at the place of the output alone
 * @param isInvariant  whether it makes packed operands of what most calls find as the call before did
 */
public record Kernel(Expr accumulation, List<Store> stores, Map<Buffer, Boolean> reads, boolean isInvariant)
        implements Node {
    /** A value and the buffer that holds it. */
    public record Store(Buffer buffer, Expr value) {}

    @Override
    public List<Buffer> outputs() {
        return stores.stream().map(Store::buffer).toList();
    }

    public boolean isAccumulating() {
        return accumulation != null;
    }

    /** Returns how a product is computed; null if there is none. */
    public Tile tile() {
        return isAccumulating() && accumulation.op() instanceof Operation.Product(Tile tile) ? tile : null;
    }

    /** Returns all that it stores. */
    public List<Expr> values() {
        return stores.stream().map(Store::value).toList();
    }

    /** Returns the buffer that an input of the accumulation, by its number, is loaded from. */
    public Buffer operand(int input) {
        return ((Operation.Load) accumulation.input(input).op()).buffer();
    }

    /** Returns the first of what it stores. */
    public Expr result() {
        return stores.get(0).value();
    }

    public int elements() {
        return result().elements();
    }

    /** Returns all that it computes, each after its inputs. */
    List<Expr> exprs() {
        return TopologicalOrder.of(values(), Expr::inputs);
    }

    /**
     * Returns the kernel in words, as in
     * {@code contract over [1] of float32(2, 5), float32(5, 3) → add, tanh → float32(2, 3)}.
     */
    @Override
    public String toString() {
        var text = new StringBuilder();
        if (isAccumulating()) {
            text.append(accumulation.op().words()).append(" of ").append(operands()).append(" → ");
        }
        String rest = TopologicalOrder.of(values(), e -> e == accumulation ? List.of() : e.inputs()).stream()
                .filter(e -> e != accumulation && e.op() instanceof Operation.Compute(var op)
                        && !(op instanceof Op.Alias) && !e.isLeaf())
                .map(e -> e.op().words()).distinct().collect(Collectors.joining(", "));
        text.append(rest).append(rest.isEmpty() ? "" : " → ");
        return text.append(values().stream().map(Expr::toString).collect(Collectors.joining(", "))).toString();
    }

    /** Returns the accumulation's operands as the graph has them. */
    private String operands() {
        Expr first = accumulation.input(0);
        return (switch (accumulation.op()) {
            case Operation.Product(Tile tile) ->
                    IntStream.range(0, 2).mapToObj(i -> first.dtype().word() + tile.operand(i));
            case Operation.SegmentSum sum ->
                    Stream.of(first.toString(), accumulation.input(1).dtype().word() + sum.indices());
            default -> accumulation.inputs().stream().map(Expr::toString);
        }).collect(Collectors.joining(", "));
    }
}
