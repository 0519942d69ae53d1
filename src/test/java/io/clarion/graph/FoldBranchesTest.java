package io.clarion.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.clarion.K;
import io.clarion.reference.Evaluation;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FoldBranchesTest {
    private final Tensor phase = Tensor.of(new Op.Placeholder(DType.INT32, Shape.SCALAR, "phase"));
    private final Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(3), "x"));

    private Graph folded(Tensor y, double value) {
        return FoldBranches.of(new Graph(List.of(x), List.of(y), List.of()), phase, value);
    }

    private static long branches(Graph graph) {
        return Graph.allTensors(graph.results()).stream().filter(t -> t.op() instanceof Bundle.Branch).count();
    }

    /** Both phases give what the branches give, and have none. */
    private void check(Tensor y) {
        for (int value = 0; value < 2; value++) {
            NDArray given = NDArray.of(new float[] {1, -2, 3}, 3);
            double[] branched;
            try (Function f = Evaluation.function(List.of(x, phase), List.of(y))) {
                branched = f.call(given, NDArray.scalar(DType.INT32, value)).get(0).toDoubles();
            }
            Graph graph = folded(y, value);
            assertEquals(0, branches(graph));
            try (Function f = new Function(graph, Evaluation.device())) {
                assertArrayEquals(branched, f.call(given).get(0).toDoubles());
            }
        }
    }

    @Test
    void onlyTheSideThatIsChosenStays() {
        Tensor y = K.switch_(phase, K.exp(x), x);
        check(y);
        assertSame(x, folded(y, 0).outputs().get(0));
        assertEquals(2, folded(y, 1).tensors().size());
    }

    @Test
    void aConditionThatIsComputedOfThePlaceholderIsDecided() {
        check(K.switch_(K.equal(phase, 1), K.exp(x), x));
        check(K.switch_(phase.cast(DType.FLOAT32).minus(1), K.exp(x), x));
    }

    @Test
    void branchesInBranchesAndInLoopsAreDecided() {
        UnaryOperator<Tensor> either = t -> K.switch_(phase, () -> K.exp(t), () -> t.times(2));
        check(K.switch_(phase, () -> either.apply(x.plus(1)), () -> either.apply(x)));
        check(K.foldl((sum, element) -> either.apply(sum).plus(element), x));
    }

    @Test
    void aBranchThatIsUndecidedStays() {
        Tensor y = K.switch_(K.greater(K.sum(x), 0), () -> K.switch_(phase, () -> K.exp(x), () -> x.times(2)),
                () -> x.times(3));
        assertEquals(1, branches(folded(y, 1)));
    }

    @Test
    void gradientsOfTheOtherSideAreGone() {
        Tensor y = K.switch_(phase, () -> K.exp(x), () -> x.times(2));
        check(K.gradients(K.sum(K.square(y)), x));
    }

    @Test
    void whatAGraphSaysOfItselfStays() {
        Tensor watched = K.printTensor(x);
        Tensor y = K.switch_(phase, () -> watched.plus(1), () -> x);
        assertEquals(1, folded(y, 1).tensors().stream().filter(t -> t.op() instanceof Op.Watch).count());
        assertEquals(0, folded(y, 0).tensors().stream().filter(t -> t.op() instanceof Op.Watch).count());
    }
}
