package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Philox;
import io.clarion.graph.Tensor;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random tensors draw the same numbers as on every engine. */
public interface RandomTensorConformance extends TestedEngine {
    @Test
    default void uniformNumbersAreThoseOfPhilox() {
        List<Shape> shapes = List.of(Shape.of(), Shape.of(1), Shape.of(7), Shape.of(65, 9), Shape.of(0, 3),
                Shape.of(3, 1001));
        for (long seed : new long[] {0, 7, -3L << 33, Long.MAX_VALUE}) {
            List<Tensor> random = shapes.stream().map(shape -> Tensor.of(new Op.Random(seed, shape))).toList();
            try (var executable = device().compile(new Graph(List.of(), random, List.of()))) {
                for (long draw : new long[] {0, 1, (7L << 32) + 5, 1L << 40}) {
                    for (NDArray drawn : executable.call(List.of(), draw)) {
                        assertArrayEquals(IntStream.range(0, drawn.elements())
                                .mapToDouble(i -> Philox.uniform(seed, draw, i)).toArray(), drawn.toDoubles());
                    }
                }
            }
        }
    }

    @Test
    default void eachCallDrawsAnew() {
        var graph = new Graph(List.of(), List.of(Tensor.of(new Op.Random(21, Shape.of(37, 11)))), List.of());
        try (var f = new Function(graph, device()); var again = new Function(graph, device())) {
            double[] first = f.call().get(0).toDoubles();
            double[] second = f.call().get(0).toDoubles();
            assertNotEquals(Arrays.toString(first), Arrays.toString(second));
            assertArrayEquals(first, again.call().get(0).toDoubles());
            assertArrayEquals(second, again.call().get(0).toDoubles());
        }
    }

    @Test
    default void theStepsOfALoopDrawEachTheirOwn() {
        K.useDevice(TestedEngine.reference());
        Tensor rows = K.constant(NDArray.zeros(DType.FLOAT32, Shape.of(6, 4)));
        Tensor drawn = K.mapFn(row -> row.plus(K.randomUniform(new int[] {4}, 0, 1, DType.FLOAT32, 22)), rows);
        double[] all = TestedEngine.call(device(), new Graph(List.of(), List.of(drawn), List.of())).get(0).toDoubles();
        assertEquals(24, Arrays.stream(all).distinct().count());
    }
}
