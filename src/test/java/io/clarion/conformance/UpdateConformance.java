package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Philox;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Updates are computed from the values at the beginning of a call, then applied at once. */
public interface UpdateConformance extends TestedEngine {
    @Test
    default void twoVariablesSwap() {
        try (var a = new Variable(TestedEngine.counting(7, 0), "a"); var b = new Variable(TestedEngine.counting(7, 50), "b")) {
            List<NDArray> old = TestedEngine.call(device(), new Graph(List.of(), List.of(TestedEngine.read(a), TestedEngine.read(b)),
                    List.of(new Graph.Update(a, TestedEngine.read(b)), new Graph.Update(b, TestedEngine.read(a)))));
            assertArrayEquals(TestedEngine.counting(7, 0).toDoubles(), old.get(0).toDoubles());
            assertArrayEquals(TestedEngine.counting(7, 50).toDoubles(), old.get(1).toDoubles());
            assertArrayEquals(TestedEngine.counting(7, 50).toDoubles(), a.value().toDoubles());
            assertArrayEquals(TestedEngine.counting(7, 0).toDoubles(), b.value().toDoubles());
        }
    }

    @Test
    default void aVariableReversesItselfAndCounts() {
        try (var a = new Variable(TestedEngine.counting(5, 0), "a")) {
            Tensor reversed = TestedEngine.read(a).view(new Movement.Reverse(List.of(0)));
            try (var f = new Function(new Graph(List.of(), List.of(TestedEngine.read(a).plus(1)), List.of(new Graph.Update(a, reversed.plus(1)))), device())) {
                f.call();
                assertArrayEquals(new double[] {6, 5, 4, 3, 2}, f.call().get(0).toDoubles());
                assertArrayEquals(new double[] {2, 3, 4, 5, 6}, a.value().toDoubles());
                assertEquals(2, a.changes());
            }
        }
    }

    /** What the caller does with an array after the call is nothing to a variable that became it. */
    @Test
    default void aVariableThatBecomesAnInputKeepsTheValue() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(64), "x"));
        try (var a = new Variable(TestedEngine.counting(64, 0), "a");
                var f = new Function(new Graph(List.of(x), List.of(), List.of(new Graph.Update(a, x))), device())) {
            NDArray given = TestedEngine.counting(64, 20);
            f.call(given);
            given.set(0, -1);
            assertArrayEquals(TestedEngine.counting(64, 20).toDoubles(), a.value().toDoubles());
        }
    }

    @Test
    default void aFunctionReadsWhatAnotherUpdated() {
        for (DType dtype : DType.values()) {
            try (var a = new Variable(NDArray.zeros(dtype, Shape.of(3)), "a");
                    var add = new Function(new Graph(List.of(), List.of(), List.of(new Graph.Update(a, dtype == DType.BOOL
                            ? TestedEngine.read(a).apply(ScalarFn.NOT) : TestedEngine.read(a).plus(1)))), device());
                    var read = new Function(new Graph(List.of(), List.of(TestedEngine.read(a)), List.of()), device())) {
                add.call();
                assertArrayEquals(new double[] {1, 1, 1}, read.call().get(0).toDoubles(), dtype.word());
            }
        }
    }

    @Test
    default void randomNumbersAreThoseOfEveryEngine() {
        for (long seed : new long[] {0, 7, -3L << 33, Long.MAX_VALUE}) {
            Tensor random = Tensor.of(new Op.Random(seed, Shape.of(3, 7)));
            try (var executable = device().compile(new Graph(List.of(), List.of(random), List.of()))) {
                for (long draw : new long[] {0, 1, 1L << 40}) {
                    assertArrayEquals(IntStream.range(0, 21).mapToDouble(i -> Philox.uniform(seed, draw, i)).toArray(),
                            executable.call(List.of(), draw).get(0).toDoubles());
                }
            }
        }
    }
}
