package io.clarion.engine;

import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;

/** Measures how fast any device is by the time that calls take; each figure is the best of some calls. */
public final class CallProbe {
    private static final int NUMBERS = 1 << 24;
    private static final int MATRIX = 1024;
    private static final int CHAIN = 200;
    private static final int CALLS = 8;

    private CallProbe() {}

    /** Measures a device. Takes some seconds at most. */
    public static Speed measure(Device device) {
        double single = seconds(device, chain(1));
        double chain = seconds(device, chain(CHAIN));
        try (Variable numbers = zeros(NUMBERS); Variable matrix = zeros(MATRIX, MATRIX)) {
            Tensor x = Tensor.of(new Op.Read(numbers));
            double read = seconds(device, new Graph(List.of(), List.of(x.sum(List.of(0))), List.of()));
            double copy = seconds(device, new Graph(List.of(), List.of(), List.of(new Graph.Update(numbers, x.neg()))));
            Tensor m = Tensor.of(new Op.Read(matrix));
            List<Dim> sizes = List.of(Dim.of(MATRIX), Dim.of(MATRIX), Dim.of(MATRIX));
            Tensor product = new Contraction(sizes, List.of(List.of(0, 1), List.of(1, 2)), List.of(0, 2), List.of())
                    .apply(List.of(m, m));
            double multiply = seconds(device,
                    new Graph(List.of(), List.of(), List.of(new Graph.Update(matrix, product))));
            return new Speed(4e-9 * NUMBERS / read, 8e-9 * NUMBERS / copy, 2e-9 * MATRIX * MATRIX * MATRIX / multiply,
                    1e6 * chain / CHAIN, 1e6 * single);
        }
    }

    private static Variable zeros(int... shape) {
        return new Variable(NDArray.zeros(DType.FLOAT32, Shape.of(shape)), "probe");
    }

    /** Returns a graph of so many functions of one number, one after another. */
    private static Graph chain(int nodes) {
        Tensor in = Tensor.of(new Op.Placeholder(DType.FLOAT32, Shape.SCALAR, "x"));
        Tensor t = in;
        for (int i = 0; i < nodes; i++) {
            t = t.neg();
        }
        return new Graph(List.of(in), List.of(t), List.of());
    }

    private static double seconds(Device device, Graph graph) {
        List<NDArray> inputs = graph.inputs().stream().map(t -> NDArray.scalar(t.dtype(), 1)).toList();
        double best = Double.POSITIVE_INFINITY;
        try (Executable executable = device.compile(graph)) {
            for (int i = 0; i < CALLS; i++) {
                long start = System.nanoTime();
                executable.call(inputs, 0);
                best = Math.min(best, (System.nanoTime() - start) * 1e-9);
            }
        }
        return best;
    }
}
