package io.clarion.schedule.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.StepFunction;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.schedule.cost.Effort.Kind;
import io.clarion.tensor.DType;
import io.clarion.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class EffortTest {
    private final Tensor x = K.placeholder(8, 6);
    private final Tensor w = K.placeholder(6, 5);

    @Test
    void aProductCountsMultipliesAndAdds() {
        assertEquals(new Effort(Kind.PRODUCT, 2 * 8 * 6 * 5, 4 * (48 + 30), 4 * 40, 1), Effort.of(K.dot(x, w)));
    }

    @Test
    void aConvolutionAndItsGradientsTakeTheSame() {
        Tensor image = K.placeholder(2, 9, 9, 3);
        Tensor kernel = K.placeholder(3, 3, 3, 4);
        Tensor y = K.conv2d(image, kernel, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF);
        double flops = 2.0 * (2 * 4 * 4 * 4) * (3 * 3 * 3);
        List<Tensor> gradients = K.gradients(K.sum(K.square(y)), List.of(image, kernel));
        List<Effort> efforts = Graph.tensors(gradients).stream().map(Effort::of)
                .filter(e -> e.kind() == Kind.CONVOLUTION).toList();
        assertEquals(List.of(flops, flops, flops), efforts.stream().map(Effort::flops).toList());
    }

    @Test
    void viewsTakeNothingAndAreReadWhereTheyLie() {
        Tensor wide = K.sum(x, 1).reshape(Shape.of(8, 1)).broadcast(x.shape());
        assertTrue(Effort.of(wide).isNothing());
        assertEquals(new Effort(Kind.ELEMENTWISE, 48, 4 * (48 + 8), 4 * 48, 1), Effort.of(x.times(wide)));
        assertEquals(new Effort(Kind.ELEMENTWISE, 48, 4 * 48, 4 * 48, 1), Effort.of(x.times(x)));
        assertEquals(new Effort(Kind.ELEMENTWISE, 48, 4 * 48, 4 * 48, 1), Effort.of(x.times(3)));
        assertTrue(Effort.of(x).isNothing());
    }

    @Test
    void eachKindHasItsCount() {
        assertEquals(new Effort(Kind.REDUCTION, 48, 4 * 48, 4 * 8, 1), Effort.of(x.sum(List.of(1))));
        assertEquals(new Effort(Kind.REDUCTION, 48, 4 * 48, 4 * 8, 1),
                Effort.of(Tensor.of(new Op.Reduce(Op.Reduce.Kind.MAX, List.of(1)), x)));
        Tensor rows = Tensor.of(new Op.Placeholder(DType.INT32, Shape.of(3), "rows"));
        assertEquals(new Effort(Kind.GATHER, 0, 4 * (18 + 3), 4 * 18, 1),
                Effort.of(Tensor.of(new Op.Gather(), x, rows)));
        assertEquals(new Effort(Kind.RANDOM, 20, 0, 4 * 20, 1), Effort.of(Tensor.of(new Op.Random(1, Shape.of(4, 5)))));
        assertEquals(new Effort(Kind.ELEMENTWISE, 0, 4 * 48, 2 * 48, 1), Effort.of(x.cast(DType.FLOAT16)));
    }

    @Test
    void aLoopIsItsBodyAsOftenAsItHasSteps() {
        Tensor inputs = K.placeholder(7, 2, 3);
        Tensor weights = K.placeholder(3, 3);
        var outputs = K.rnn((in, states) -> {
            Tensor next = K.tanh(K.dot(states.get(0), weights).plus(in));
            return new StepFunction.Step(next, List.of(next));
        }, inputs, List.of(K.placeholder(7, 3)));
        Tensor loop = Graph.tensors(List.of(outputs.lastOutput())).stream().filter(t -> t.op() instanceof Bundle.Loop)
                .findFirst().orElseThrow();
        assertEquals(Kind.LOOP, Effort.of(loop).kind());
        assertEquals(2 * (2 * 7 * 3 * 3 + 2 * 7 * 3), Effort.of(loop).flops());
    }

    @Test
    void whatHasUnknownSizesHasNoEffortYet() {
        assertThrows(IllegalStateException.class, () -> Effort.of(K.exp(K.placeholder(K.NONE, 3))));
    }
}
