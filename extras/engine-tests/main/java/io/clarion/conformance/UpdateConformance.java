package io.clarion.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.runtime.Function;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Outputs and updates are computed from the values at the beginning of a call, then all updates are applied at once.
 */
public interface UpdateConformance extends TestedEngine {
    /** Elements of variables: around what vectors and work-groups hold. */
    List<Integer> SIZES = List.of(1, 7, 65, 1000);

    private static double[] doubles(int n, IntToDoubleFunction f) {
        return IntStream.range(0, n).mapToDouble(f).toArray();
    }

    private static List<NDArray> run(Device device, List<Tensor> outputs, List<Graph.Update> updates) {
        try (Executable executable = device.compile(new Graph(List.of(), outputs, updates))) {
            return executable.call(List.of(), 0);
        }
    }

    @Test
    default void twoVariablesSwap() {
        for (int n : SIZES) {
            try (var a = new Variable(TestedEngine.counting(n, 0), "a");
                    var b = new Variable(TestedEngine.counting(n, 5000), "b")) {
                List<NDArray> old = run(device(), List.of(TestedEngine.read(a), TestedEngine.read(b)),
                        List.of(new Graph.Update(a, TestedEngine.read(b)), new Graph.Update(b, TestedEngine.read(a))));
                assertArrayEquals(doubles(n, i -> i), old.get(0).toDoubles());
                assertArrayEquals(doubles(n, i -> 5000 + i), old.get(1).toDoubles());
                assertArrayEquals(doubles(n, i -> 5000 + i), a.value().toDoubles());
                assertArrayEquals(doubles(n, i -> i), b.value().toDoubles());
            }
        }
    }

    @Test
    default void threeVariablesTakeTurnsWithArithmetic() {
        for (int n : SIZES) {
            try (var a = new Variable(TestedEngine.counting(n, 0), "a");
                    var b = new Variable(TestedEngine.counting(n, 1), "b");
                    var c = new Variable(TestedEngine.counting(n, 2), "c")) {
                List<Tensor> all = Stream.of(a, b, c).map(TestedEngine::read).toList();
                List<NDArray> old = run(device(), all, List.of(new Graph.Update(a, all.get(1).plus(all.get(2))),
                        new Graph.Update(b, all.get(0).times(2)), new Graph.Update(c, all.get(0).plus(all.get(1)))));
                assertArrayEquals(doubles(n, i -> i), old.get(0).toDoubles());
                assertArrayEquals(doubles(n, i -> i + 1), old.get(1).toDoubles());
                assertArrayEquals(doubles(n, i -> i + 2), old.get(2).toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i + 3), a.value().toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i), b.value().toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i + 1), c.value().toDoubles());
            }
        }
    }

    @Test
    default void aVariableReversesItself() {
        for (int n : SIZES) {
            try (var a = new Variable(TestedEngine.counting(n, 0), "a")) {
                Tensor read = TestedEngine.read(a);
                Tensor reversed = read.view(new Movement.Reverse(List.of(0)));
                List<NDArray> got = run(device(), List.of(reversed.plus(1), read.plus(read)),
                        List.of(new Graph.Update(a, reversed)));
                assertArrayEquals(doubles(n, i -> n - i), got.get(0).toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i), got.get(1).toDoubles());
                assertArrayEquals(doubles(n, i -> n - 1 - i), a.value().toDoubles());
            }
        }
    }

    @Test
    default void aVariableCountsItsChanges() {
        try (var a = new Variable(TestedEngine.counting(5, 0), "a");
                var f = new Function(new Graph(List.of(), List.of(TestedEngine.read(a)),
                        List.of(new Graph.Update(a, TestedEngine.read(a).plus(1)))), device())) {
            f.call();
            assertArrayEquals(doubles(5, i -> i + 1), f.call().get(0).toDoubles());
            assertArrayEquals(doubles(5, i -> i + 2), a.value().toDoubles());
            assertEquals(2, a.changes());
        }
    }

    /** Checks that others read a variable's old value, although the update could be written in place before they do. */
    @Test
    default void othersReadTheOldValueOfAVariableThatIsUpdated() {
        for (int n : SIZES) {
            try (var a = new Variable(TestedEngine.counting(n, 0), "a");
                    var b = new Variable(NDArray.scalar(DType.FLOAT32, 0), "b")) {
                Tensor next = TestedEngine.read(a).plus(1);
                Tensor total = TestedEngine.read(a).sum(List.of(0));
                List<NDArray> got = run(device(), List.of(total, next, TestedEngine.read(a).slice(0, n / 2, Dim.of(1))),
                        List.of(new Graph.Update(a, next), new Graph.Update(b, total)));
                assertEquals(n * (n - 1) / 2, got.get(0).item());
                assertArrayEquals(doubles(n, i -> i + 1), got.get(1).toDoubles());
                assertEquals(n / 2, got.get(2).item());
                assertArrayEquals(doubles(n, i -> i + 1), a.value().toDoubles());
                assertEquals(n * (n - 1) / 2, b.value().item());
            }
        }
    }

    /**
     * Checks a sum that its own update overwrites: the accumulation reads everything, the result lands in the variable.
     */
    @Test
    default void aVariableBecomesItsOwnCumulation() {
        for (int n : SIZES) {
            try (var a = new Variable(TestedEngine.counting(n, 0), "a")) {
                Tensor total = TestedEngine.read(a).sum(List.of(0)).broadcast(Shape.of(n));
                run(device(), List.of(), List.of(new Graph.Update(a, TestedEngine.read(a).plus(total))));
                assertArrayEquals(doubles(n, i -> i + n * (n - 1.0) / 2), a.value().toDoubles());
            }
        }
    }

    @Test
    default void anOutputMayBeAnInputOrAConstantOrTheSameTwice() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(new Dim.Symbol("n"))), "x"));
        Tensor y = x.times(3);
        Tensor constant = Tensor.constant(TestedEngine.counting(3, 4));
        try (var f = new Function(
                new Graph(List.of(x), List.of(x, y, x, y, constant, Tensor.literal(DType.INT32, 7)), List.of()),
                device())) {
            for (int n : new int[] {1, 7, 0, 130}) {
                List<NDArray> got = f.call(TestedEngine.counting(n, 1));
                for (int i : new int[] {0, 2}) {
                    assertArrayEquals(doubles(n, e -> e + 1), got.get(i).toDoubles());
                }
                for (int i : new int[] {1, 3}) {
                    assertArrayEquals(doubles(n, e -> 3 * (e + 1)), got.get(i).toDoubles());
                }
                assertArrayEquals(new double[] {4, 5, 6}, got.get(4).toDoubles());
                assertEquals(7, got.get(5).item());
            }
        }
    }

    /** Checks that a variable does not change with the caller's array that it became. */
    @Test
    default void aVariableThatBecomesAnInputKeepsTheValue() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(64), "x"));
        try (var a = new Variable(TestedEngine.counting(64, 0), "a");
                var f = new Function(new Graph(List.of(x), List.of(), List.of(new Graph.Update(a, x))), device())) {
            NDArray given = TestedEngine.counting(64, 20);
            f.call(given);
            given.set(0, -1);
            assertArrayEquals(doubles(64, i -> 20 + i), a.value().toDoubles());
        }
    }

    @Test
    default void twoVariablesMayBecomeTheSameInputOrSum() {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(9), "x"));
        try (var a = new Variable(TestedEngine.counting(9, 0), "a");
                var b = new Variable(TestedEngine.counting(9, 1), "b");
                var f = new Function(
                        new Graph(List.of(x), List.of(), List.of(new Graph.Update(a, x), new Graph.Update(b, x))),
                        device())) {
            f.call(TestedEngine.counting(9, 20));
            assertArrayEquals(doubles(9, i -> 20 + i), a.value().toDoubles());
            assertArrayEquals(doubles(9, i -> 20 + i), b.value().toDoubles());
            Tensor sum = TestedEngine.read(a).plus(TestedEngine.read(b));
            run(device(), List.of(sum), List.of(new Graph.Update(a, sum), new Graph.Update(b, sum)));
            assertArrayEquals(doubles(9, i -> 40 + 2 * i), a.value().toDoubles());
            assertArrayEquals(doubles(9, i -> 40 + 2 * i), b.value().toDoubles());
        }
    }

    /**
     * Its weights may be kept in another layout, which each change makes stale: by the user, by another function, by a
     * copy of a variable.
     */
    @Test
    default void aProductFollowsItsWeights() {
        try (var w = new Variable(TestedEngine.counting(30 * 33, 1), "w");
                var other = new Variable(TestedEngine.counting(30 * 33, 7), "other")) {
            Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(40, 30), "x"));
            Tensor weights = TestedEngine.read(w).reshape(Shape.of(30, 33));
            NDArray ones = NDArray.of(DType.FLOAT32, doubles(40 * 30, i -> 1), 40, 30);
            try (Executable product = device().compile(new Graph(List.of(x), List.of(K.dot(x, weights)), List.of()))) {
                // Of 30 rows, the first of whose 33 columns counts from start in steps of 33.
                DoubleConsumer expected = start -> assertEquals(30 * start + 33 * 435,
                        product.call(List.of(ones), 0).get(0).get(0), 0);
                expected.accept(1);
                expected.accept(1);
                w.set(TestedEngine.counting(30 * 33, 2));
                expected.accept(2);
                run(device(), List.of(), List.of(new Graph.Update(w, TestedEngine.read(w).plus(1))));
                expected.accept(3);
                run(device(), List.of(), List.of(new Graph.Update(w, TestedEngine.read(other))));
                expected.accept(7);
                expected.accept(7);
            }
        }
    }

    @Test
    default void variablesOfEveryDTypeAreUpdated() {
        for (DType dtype : Stream.of(DType.values()).filter(t -> t != DType.FLOAT64 || device().report().fp64())
                .toList()) {
            for (int n : new int[] {1, 7, 65}) {
                double[] first = doubles(n, i -> i % 3);
                try (var a = new Variable(NDArray.of(dtype, first, n), "a");
                        var b = new Variable(NDArray.zeros(dtype, Shape.of(n)), "b")) {
                    Tensor read = TestedEngine.read(a);
                    Tensor next = dtype == DType.BOOL ? read.apply(ScalarFn.NOT) : read.plus(1);
                    double[] now = doubles(n, i -> dtype == DType.BOOL ? i % 3 == 0 ? 1 : 0 : i % 3 + 1);
                    List<NDArray> got = run(device(), List.of(next),
                            List.of(new Graph.Update(a, next), new Graph.Update(b, read)));
                    assertArrayEquals(now, got.get(0).toDoubles(), dtype.word());
                    assertArrayEquals(NDArray.of(dtype, first, n).toDoubles(), b.value().toDoubles(), dtype.word());
                    assertArrayEquals(now, run(device(), List.of(read), List.of()).get(0).toDoubles(), dtype.word());
                }
            }
        }
    }

    /**
     * Checks a step of learning whose rows are computed, with updates by a product, by a scatter and by a loop; a
     * second of them is refused.
     */
    @Test
    default void aCallThatIsRefusedLeavesVariablesAsTheyWere() {
        K.useDevice(TestedEngine.reference());
        Tensor words = K.placeholder(new int[] {24, 5}, DType.INT32);
        Tensor table = K.randomUniformVariable(new int[] {16, 32}, -1, 1, DType.FLOAT32, null, 1);
        Tensor weights = K.randomUniformVariable(new int[] {32, 48}, -1, 1, DType.FLOAT32, null, 2);
        Tensor state = K.randomUniformVariable(new int[] {48}, -1, 1, DType.FLOAT32, null, 3);
        Tensor steps = K.zeros();
        Tensor y = K.tanh(K.dot(K.sum(K.gather(table, words.plus(1)), 1), weights)).plus(state);
        List<Tensor> slopes = K.gradients(K.mean(K.square(y)), List.of(table, weights));
        Tensor folded = K.foldl((s, row) -> K.tanh(s.plus(row)), y, state);
        List<Graph.Update> updates = List.of(K.updateSub(table, slopes.get(0)), K.updateSub(weights, slopes.get(1)),
                K.update(state, folded),
                K.updateAdd(steps, K.constant(1)));
        try (Function f = new Function(new Graph(List.of(words), List.of(y), updates), device())) {
            int[] inside = IntStream.range(0, 120).map(i -> i % 15).toArray();
            int[] outside = inside.clone();
            outside[77] = 15;
            f.call(NDArray.of(inside, 24, 5));
            List<double[]> before = Stream.of(table, weights, state, steps).map(v -> K.getValue(v).toDoubles())
                    .toList();
            assertEquals("gather: index 16 is outside reference (16, 32), whose rows are 0 to 15",
                    assertThrows(IllegalArgumentException.class, () -> f.call(NDArray.of(outside, 24, 5)))
                            .getMessage());
            List<double[]> after = Stream.of(table, weights, state, steps).map(v -> K.getValue(v).toDoubles()).toList();
            IntStream.range(0, 4).forEach(i -> assertArrayEquals(before.get(i), after.get(i)));
            f.call(NDArray.of(inside, 24, 5));
            assertEquals(2, K.getValue(steps).item());
        }
    }
}
