package io.clarion.opencl.compile.lower;

import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Takes out of a sum what is the same for all its terms, so that sums that differ in that alone are one: those of a
 * gradient through batch normalisation are. Not from float16, whose sums could leave its range, and not from a sum of
 * no terms: it is 0, but not times a factor that is infinite, as 1 divided by the number of no elements is. Nor is a
 * subtrahend taken out: deviations from a mean sum to its rounding error, which a gradient corrects by, and the sum of
 * the numbers less that of the means would be 0.
 */
public final class FactorContractions {
    private final Contraction c;
    private final Tensor sum;

    private final Map<Sum, Tensor> sums;

    private record Sum(Op op, Tensor of) {}

    private FactorContractions(Tensor sum, Contraction c, Map<Sum, Tensor> sums) {
        this.sum = sum;
        this.c = c;
        this.sums = sums;
    }

    /** Returns {@code graph} with such sums shared. */
    public static Graph of(Graph graph) {
        var sums = new HashMap<Sum, Tensor>();
        return graph.rewrite((t, in) -> of(t.with(in), sums));
    }

    private static Tensor of(Tensor t, Map<Sum, Tensor> sums) {
        return t.op() instanceof Op.Contract(Contraction c) && c.isSum() && t.input(0).shape().elements() > 0
                && (t.dtype() == DType.FLOAT32 || t.dtype() == DType.FLOAT64)
                        ? new FactorContractions(t, c, sums).of(t, t.input(0)) : t;
    }

    /** Returns {@code t}, the sum of {@code terms}, from a sum with less in it. */
    private Tensor of(Tensor t, Tensor terms) {
        Optional<Tensor> less = terms.op() instanceof Op.Elementwise(ScalarFn fn) ? less(t, terms, fn)
                : Optional.empty();
        return less.orElseGet(() -> sums.computeIfAbsent(new Sum(t.op(), terms), k -> t));
    }

    private Optional<Tensor> less(Tensor t, Tensor terms, ScalarFn fn) {
        return switch (fn) {
            case NEG -> Optional.of(summed(terms.input(0)).neg());
            case MUL -> same(terms.input(0)).map(f -> f.times(summed(terms.input(1))))
                    .or(() -> same(terms.input(1)).map(f -> summed(terms.input(0)).times(f)));
            case DIV -> same(terms.input(1)).map(f -> summed(terms.input(0)).div(f));
            case ADD ->
                    terms.input(0) == terms.input(1) ? Optional.of(summed(terms.input(0)).times(2)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Tensor summed(Tensor terms) {
        return of(sum.with(List.of(terms)), terms);
    }

    /** Returns a factor as one of the sum, if it is the same for all terms. */
    private Optional<Tensor> same(Tensor factor) {
        if (!(factor.op() instanceof Op.View(Movement.Broadcast b))) {
            return Optional.empty();
        }
        Tensor narrow = factor.input(0);
        List<Integer> axes = c.operands().get(0);
        if (IntStream.range(0, axes.size())
                .anyMatch(i -> !c.out().contains(axes.get(i)) && narrow.shape().size(i) != 1)) {
            return Optional.empty();
        }
        List<Dim> kept = IntStream.range(0, axes.size()).filter(i -> c.out().contains(axes.get(i)))
                .mapToObj(narrow.shape()::dim).toList();
        return Optional.of(narrow.reshape(new Shape(kept)).broadcast(sum.shape()));
    }
}
