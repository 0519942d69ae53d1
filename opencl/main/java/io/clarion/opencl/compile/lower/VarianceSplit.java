package io.clarion.opencl.compile.lower;

import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Sums of squared deviations from a mean that is itself summed in parts, as in batch normalisation: each part takes
 * those from its own mean while it is in the cache, so that memory is read once for both.
 *
 * <p>{@code Σ (x − v)² = Σₚ [Σ (x − mₚ)² + nₚ (mₚ − v)²]} with the means mₚ of parts of nₚ terms, for every v that is
 * the same for all terms (Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm for computing sample
 * variances", 1979).
 */
final class VarianceSplit {
    private VarianceSplit() {}

    /** Returns {@code t}, a contraction, by parts of which {@code v} knows the sums; empty where it is no such sum. */
    static Optional<Tensor> of(Tensor t, Contraction c) {
        if (!c.isSum() || !(t.input(0).op() instanceof Op.Elementwise(ScalarFn squared))
                || squared != ScalarFn.MUL || t.input(0).input(0) != t.input(0).input(1)) {
            return Optional.empty();
        }
        Tensor deviation = t.input(0).input(0);
        if (!(deviation.op() instanceof Op.Elementwise(ScalarFn fn)) || fn != ScalarFn.SUB
                || !(deviation.input(1).op() instanceof Op.View(Movement.Broadcast b))) {
            return Optional.empty();
        }
        Tensor x = deviation.input(0);
        Tensor v = deviation.input(1).input(0);
        boolean same = c.summed().stream().allMatch(a -> v.shape().size(c.operands().get(0).indexOf(a)) == 1)
                && v.shape().elements() == t.shape().elements();
        return same ? parts(v, x, t, kept(x.shape(), c.operands().get(0), c.out()), new HashSet<>())
                .map(p -> joined(p, v.reshape(t.shape()))) : Optional.empty();
    }

    /** Returns the sums of parts of {@code x}, over the axes that {@code sum} is over, of which {@code t} is made. */
    private static Optional<Tensor> parts(Tensor t, Tensor x, Tensor sum, List<Axis> kept, Set<Tensor> seen) {
        if (!seen.add(t) || t.shape().elements() > sum.shape().elements()) {
            return Optional.empty();
        }
        if (t.op() instanceof Op.Contract(Contraction c) && c.isSum() && c.summed().equals(List.of(0))
                && t.shape().equals(sum.shape())
                && t.input(0).op() instanceof Op.Contract(Contraction part) && part.operands().size() == 1
                && part.windows().isEmpty()
                && part.operands().get(0).size() == part.extents().size() && unshaped(t.input(0).input(0)) == x
                && kept(t.input(0).input(0).shape(), part.operands().get(0), part.out().subList(1, part.out().size()))
                        .equals(kept)) {
            return Optional.of(t.input(0));
        }
        return t.inputs().stream().flatMap(in -> parts(in, x, sum, kept, seen).stream()).findFirst();
    }

    /** Returns what has the same elements in the same order. */
    private static Tensor unshaped(Tensor t) {
        return t.op() instanceof Op.View(Movement.Reshape r) ? unshaped(t.input(0)) : t;
    }

    /** An axis by how far apart its places lie in row-major order. */
    private record Axis(int stride, int size) {}

    /** Returns those axes of an array of {@code shape} that are in {@code out}. */
    private static List<Axis> kept(Shape shape, List<Integer> axes, List<Integer> out) {
        var kept = new ArrayList<Axis>();
        int stride = 1;
        for (int i = axes.size() - 1; i >= 0; stride *= shape.size(i--)) {
            if (out.contains(axes.get(i)) && shape.size(i) > 1) {
                kept.add(new Axis(stride, shape.size(i)));
            }
        }
        return kept;
    }

    private static Tensor joined(Tensor sums, Tensor v) {
        Contraction c = ((Op.Contract) sums.op()).contraction();
        List<Integer> axes = c.operands().get(0);
        Tensor x = sums.input(0);
        int terms = x.shape().elements() / sums.shape().elements();
        Tensor mean = sums.div(terms);
        Shape wide = new Shape(axes.stream().map(a -> c.out().contains(a) ? c.extents().get(a) : Dim.ONE).toList());
        Tensor placed = mean.permute(axes.stream().filter(c.out()::contains).map(c.out()::indexOf).toList())
                .reshape(wide);
        Tensor deviation = x.minus(placed.broadcast(x.shape()));
        Tensor off = mean.minus(v.broadcast(mean.shape()));
        return sums.with(List.of(deviation.times(deviation))).plus(off.times(off).times(terms)).sum(List.of(0));
    }
}
