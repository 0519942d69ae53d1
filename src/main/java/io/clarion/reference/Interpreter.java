package io.clarion.reference;

import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Philox;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * One call of a graph: what each kind of node means.
 *
 * <p>A value is its elements in row-major order as doubles: bools are 0 and 1, integers are whole and wrapped to their
 * bits; int64 numbers beyond 2⁵³ are rounded. No array is written to once it is a node's value, so that nodes may share
 * one.
 *
 * @param fed  the placeholders' values
 * @param draw the number of the call, which random operations count by
 */
record Interpreter(ReferenceDevice device, Map<Tensor, NDArray> fed, Map<Tensor, double[]> constants, long draw) {

    /**
     * Returns the value of {@code t}, whose inputs have the values {@code in}, with the device's rounding errors if it
     * makes any.
     */
    double[] value(Tensor t, double[]... in) {
        double[] exact = exact(t, in);
        return device.errors() == null ? exact : device.errors().of(t, in, exact, other -> exact(t, other));
    }

    /** No default: javac finds the gaps. */
    private double[] exact(Tensor t, double[]... in) {
        Shape shape = t.shape();
        return switch (t.op()) {
            case Op.Placeholder p -> fed.get(t).toDoubles();
            case Op.Read(Variable variable) -> ReferenceExecutable.storage(variable, device).numbers();
            case Op.Constant c -> constants.get(t);
            case Op.Literal(DType type, double value) -> new double[] {value};
            case Op.Size(Dim dim) -> new double[] {dim.size()};
            case Op.Iota iota -> filled(shape, i -> i);
            case Op.Random(long seed, Shape sizes) -> filled(shape, i -> Philox.uniform(seed, draw, i));
            case Op.Elementwise(ScalarFn fn) -> Elements.map(fn, t.input(in.length - 1).dtype(), in);
            case Op.Cast(DType to) -> Elements.cast(t.input(0).dtype(), to, in[0]);
            case Op.View(Movement movement) -> Walk.moved(movement, t.input(0).shape(), shape, in[0]);
            case Op.Concat(int axis) -> concatenated(t, axis, in);
            case Op.Contract(Contraction c) -> contracted(c, t.dtype(), in);
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) ->
                    Reduction.of(kind, axes, t.input(0).shape(), t.input(0).dtype(), in[0]);
            case Op.Gather gather -> GatherScatter.gathered(t, in[0], in[1]);
            case Op.ScatterAdd scatter -> GatherScatter.scattered(t, in[0], in[1]);
            case Op.Scan(int axis, boolean reversed) -> Recurrence.of(axis, reversed, shape, t.dtype(), in[0], in[1]);
            case Op.Parameter p -> throw evaluated(t);
            case Bundle b -> throw evaluated(t);
            case Op.Result r -> throw evaluated(t);
            case Op.Alias alias -> in[0];
        };
    }

    private static AssertionError evaluated(Tensor t) {
        return new AssertionError("the computation has the value of " + t);
    }

    private static double[] filled(Shape shape, IntToDoubleFunction element) {
        double[] values = new double[shape.elements()];
        Arrays.setAll(values, element);
        return values;
    }

    private static double[] concatenated(Tensor t, int axis, double[][] in) {
        double[] all = new double[t.shape().elements()];
        int[] strides = t.shape().strides();
        int start = 0;
        for (int i = 0; i < in.length; i++) {
            int[] sizes = t.input(i).shape().sizes();
            new Walk(sizes, strides, start * strides[t.shape().axis(axis)]).write(in[i], all);
            start += sizes[t.shape().axis(axis)];
        }
        return all;
    }

    private static double[] contracted(Contraction c, DType type, double[][] in) {
        return type.isFloating() && MatrixProduct.fits(c)
                ? new MatrixProduct(c).of(in[0], in[1]) : new SumOfProducts(c, type, in).value();
    }
}
