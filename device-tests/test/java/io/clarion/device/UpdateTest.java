package io.clarion.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.clarion.K;
import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.engine.Function;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Functions with several outputs and with updates: all are computed from the old values, on every device. */
class UpdateTest {
    private static final int[] SIZES = {1, 7, 65, 1000};

    private static Tensor read(Variable v) {
        return Tensor.of(new Op.Read(v));
    }

    private static NDArray counting(int n, double from) {
        return NDArray.of(DType.FLOAT32, IntStream.range(0, n).mapToDouble(i -> from + i).toArray(), n);
    }

    private static double[] doubles(int n, java.util.function.IntToDoubleFunction f) {
        return IntStream.range(0, n).mapToDouble(f).toArray();
    }

    private static List<NDArray> run(Device device, List<Tensor> outputs, List<Graph.Update> updates) {
        try (Executable executable = device.compile(new Graph(List.of(), outputs, updates))) {
            return executable.call(List.of(), 0);
        }
    }

    @EveryDevice(inEveryLayout = true)
    void twoVariablesSwap(Device device) {
        for (int n : SIZES) {
            try (var a = new Variable(counting(n, 0), "a"); var b = new Variable(counting(n, 5000), "b")) {
                run(device, List.of(), List.of(new Graph.Update(a, read(b)), new Graph.Update(b, read(a))));
                assertArrayEquals(doubles(n, i -> 5000 + i), a.value().toDoubles());
                assertArrayEquals(doubles(n, i -> i), b.value().toDoubles());
            }
        }
    }

    /** Its weights are packed once, and again after each change: by the user, by another function, by a copy of a variable. */
    @EveryDevice(inEveryLayout = true)
    void aProductFollowsItsWeights(Device device) {
        try (var w = new Variable(counting(30 * 33, 1), "w"); var other = new Variable(counting(30 * 33, 7), "other")) {
            Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(40, 30), "x"));
            Tensor weights = read(w).reshape(Shape.of(30, 33));
            NDArray ones = NDArray.of(DType.FLOAT32, doubles(40 * 30, i -> 1), 40, 30);
            try (Executable product = device.compile(new Graph(List.of(x), List.of(K.dot(x, weights)), List.of()))) {
                // Of 30 rows, the first of whose 33 columns counts from start in steps of 33.
                java.util.function.DoubleConsumer expected = start -> assertEquals(30 * start + 33 * 435,
                        product.call(List.of(ones), 0).get(0).get(0), 0);
                expected.accept(1);
                expected.accept(1);
                w.set(counting(30 * 33, 2));
                expected.accept(2);
                run(device, List.of(), List.of(new Graph.Update(w, read(w).plus(1))));
                expected.accept(3);
                run(device, List.of(), List.of(new Graph.Update(w, read(other))));
                expected.accept(7);
                expected.accept(7);
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void threeVariablesTakeTurnsWithArithmetic(Device device) {
        for (int n : SIZES) {
            try (var a = new Variable(counting(n, 0), "a"); var b = new Variable(counting(n, 1), "b"); var c = new Variable(counting(n, 2), "c")) {
                List<Graph.Update> turn = List.of(new Graph.Update(a, read(b).plus(read(c))), new Graph.Update(b, read(a).times(2)),
                        new Graph.Update(c, read(a).plus(read(b))));
                List<NDArray> old = run(device, List.of(read(a), read(b), read(c)), turn);
                assertArrayEquals(doubles(n, i -> i), old.get(0).toDoubles());
                assertArrayEquals(doubles(n, i -> i + 1), old.get(1).toDoubles());
                assertArrayEquals(doubles(n, i -> i + 2), old.get(2).toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i + 3), a.value().toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i), b.value().toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i + 1), c.value().toDoubles());
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void aVariableReversesItself(Device device) {
        for (int n : SIZES) {
            try (var a = new Variable(counting(n, 0), "a")) {
                Tensor reversed = read(a).view(new Movement.Reverse(List.of(0)));
                List<NDArray> got = run(device, List.of(reversed.plus(1), read(a).plus(read(a))), List.of(new Graph.Update(a, reversed)));
                assertArrayEquals(doubles(n, i -> n - i), got.get(0).toDoubles());
                assertArrayEquals(doubles(n, i -> 2 * i), got.get(1).toDoubles());
                assertArrayEquals(doubles(n, i -> n - 1 - i), a.value().toDoubles());
            }
        }
    }

    /** The update's kernel could write in place before another kernel has read the old value. */
    @EveryDevice(inEveryLayout = true)
    void othersReadTheOldValueOfAVariableThatIsUpdated(Device device) {
        for (int n : SIZES) {
            try (var a = new Variable(counting(n, 0), "a"); var b = new Variable(NDArray.scalar(DType.FLOAT32, 0), "b")) {
                Tensor next = read(a).plus(1);
                Tensor total = read(a).sum(List.of(0));
                List<NDArray> got = run(device, List.of(total, next, read(a).slice(0, n / 2, Dim.of(1))),
                        List.of(new Graph.Update(a, next), new Graph.Update(b, total)));
                assertEquals(n * (n - 1) / 2, got.get(0).item());
                assertArrayEquals(doubles(n, i -> i + 1), got.get(1).toDoubles());
                assertEquals(n / 2, got.get(2).item());
                assertArrayEquals(doubles(n, i -> i + 1), a.value().toDoubles());
                assertEquals(n * (n - 1) / 2, b.value().item());
            }
        }
    }

    /** A sum that its own update overwrites: the accumulation reads everything, the result lands in the variable. */
    @EveryDevice(inEveryLayout = true)
    void aVariableBecomesItsOwnCumulation(Device device) {
        for (int n : SIZES) {
            try (var a = new Variable(counting(n, 0), "a")) {
                Tensor total = read(a).sum(List.of(0)).broadcast(Shape.of(n));
                run(device, List.of(), List.of(new Graph.Update(a, read(a).plus(total))));
                assertArrayEquals(doubles(n, i -> i + n * (n - 1.0) / 2), a.value().toDoubles());
            }
        }
    }

    @EveryDevice(inEveryLayout = true)
    void anOutputMayBeAnInputOrAConstantOrTheSameTwice(Device device) {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, new Shape(List.of(new Dim.Symbol("n"))), "x"));
        Tensor y = x.times(3);
        Tensor constant = Tensor.constant(counting(3, 4));
        try (var f = new Function(new Graph(List.of(x), List.of(x, y, x, y, constant, Tensor.literal(DType.INT32, 7)), List.of()), device)) {
            for (int n : new int[] {1, 7, 0, 130}) {
                List<NDArray> got = f.call(counting(n, 1));
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

    @EveryDevice(inEveryLayout = true)
    void anUpdatedVariableMayBecomeAnInputOrAnotherUpdatesValue(Device device) {
        Tensor x = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.of(9), "x"));
        try (var a = new Variable(counting(9, 0), "a"); var b = new Variable(counting(9, 1), "b");
                var f = new Function(new Graph(List.of(x), List.of(), List.of(new Graph.Update(a, x), new Graph.Update(b, x))), device)) {
            f.call(counting(9, 20));
            assertArrayEquals(doubles(9, i -> 20 + i), a.value().toDoubles());
            assertArrayEquals(doubles(9, i -> 20 + i), b.value().toDoubles());
            Tensor sum = read(a).plus(read(b));
            run(device, List.of(sum), List.of(new Graph.Update(a, sum), new Graph.Update(b, sum)));
            assertArrayEquals(doubles(9, i -> 40 + 2 * i), a.value().toDoubles());
            assertArrayEquals(doubles(9, i -> 40 + 2 * i), b.value().toDoubles());
        }
    }

    /** Kernels of several outputs, some of which others read, some at other places. */
    @Test
    void severalOutputsOfOneKernelAgreeWithTheReference() {
        var c = new Comparison();
        var draw = new Draw(17);
        Tensor x = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(31, 65)));
        Tensor bias = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(65)));
        Tensor y = x.plus(bias);
        Tensor t = y.apply(ScalarFn.TANH);
        Tensor s = t.sum(List.of(0));
        c.expect("a sum", y, Tolerance.composed(1, 1));
        c.expect("its function", t, Tolerance.composed(2, 1));
        c.expect("its square", t.times(t), Tolerance.composed(2, 1));
        c.expect("transposed", t.permute(List.of(1, 0)), Tolerance.composed(2, 1));
        c.expect("a sum over rows", s, Tolerance.composed(2, 31));
        c.expect("what depends on that sum", t.times(s).plus(y), Tolerance.composed(2, 31));
        c.expect("a mask", y.greater(0), Tolerance.EXACT);
        c.check();
    }

    /** A step of learning whose rows are computed, with updates by tiles, by a scatter and by a loop; a second of them is refused. */
    @EveryDevice(inEveryLayout = true)
    void aCallThatIsRefusedLeavesVariablesAsTheyWere(Device device) {
        Tensor words = K.placeholder(new int[] {24, 5}, DType.INT32);
        Tensor table = K.randomUniformVariable(new int[] {16, 32}, -1, 1, DType.FLOAT32, null, 1);
        Tensor weights = K.randomUniformVariable(new int[] {32, 48}, -1, 1, DType.FLOAT32, null, 2);
        Tensor state = K.randomUniformVariable(new int[] {48}, -1, 1, DType.FLOAT32, null, 3);
        Tensor steps = K.zeros();
        Tensor y = K.tanh(K.dot(K.sum(K.gather(table, words.plus(1)), 1), weights)).plus(state);
        List<Tensor> slopes = K.gradients(K.mean(K.square(y)), List.of(table, weights));
        Tensor folded = K.foldl((s, row) -> K.tanh(s.plus(row)), y, state);
        List<Graph.Update> updates = List.of(K.updateSub(table, slopes.get(0)), K.updateSub(weights, slopes.get(1)), K.update(state, folded), K.updateAdd(steps, K.constant(1)));
        try (Function f = new Function(new Graph(List.of(words), List.of(y), updates), device)) {
            int[] inside = IntStream.range(0, 120).map(i -> i % 15).toArray();
            int[] outside = inside.clone();
            outside[77] = 15;
            f.call(NDArray.of(inside, 24, 5));
            List<double[]> before = Stream.of(table, weights, state, steps).map(v -> K.getValue(v).toDoubles()).toList();
            assertEquals("gather: index 16 is outside reference (16, 32), whose rows are 0 to 15",
                    assertThrows(IllegalArgumentException.class, () -> f.call(NDArray.of(outside, 24, 5))).getMessage());
            List<double[]> after = Stream.of(table, weights, state, steps).map(v -> K.getValue(v).toDoubles()).toList();
            IntStream.range(0, 4).forEach(i -> assertArrayEquals(before.get(i), after.get(i)));
            f.call(NDArray.of(inside, 24, 5));
            assertEquals(2, K.getValue(steps).item());
        }
    }
}
