package io.clarion.tensorflow.translate;

import io.clarion.graph.Bundle;
import io.clarion.graph.Contraction;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensorflow.runtime.ElementType;
import io.clarion.tensorflow.runtime.Output;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Emits all tensors that some roots need, in order, into one function. TensorFlow drops what none of its results needs
 * in the end.
 */
final class Translation {
    private final Nodes tf;
    private final Functions functions;
    private final Output counter;
    private final Map<Tensor, Output> given;
    private final List<Tensor> roots;
    private final Map<Tensor, Output> values = new IdentityHashMap<>();
    private final Map<Tensor, List<Output>> bundles = new IdentityHashMap<>();
    private final Map<Tensor, SortedSet<Integer>> used = new IdentityHashMap<>();

    /**
     * Makes a translation of {@code roots} and of the tensors that they are computed from.
     *
     * @param counter of {@link RandomNumbers}; null if the tensors hold none
     * @param given   what placeholders, parameters and variables that are read have become, in the types that are
     *                computed with
     */
    Translation(Nodes tf, Functions functions, Output counter, Map<Tensor, Output> given, List<Tensor> roots) {
        this.tf = tf;
        this.functions = functions;
        this.counter = counter;
        this.given = given;
        this.roots = roots;
    }

    /** Emits the tensors and returns the values of the roots. */
    List<Output> values() {
        List<Tensor> order = Graph.tensors(roots);
        for (Tensor t : order) {
            if (t.op() instanceof Op.Result(int number)) {
                used.computeIfAbsent(t.input(0), b -> new TreeSet<>()).add(number);
            }
        }
        for (Tensor t : order) {
            if (t.op() instanceof Bundle bundle) {
                bundles.put(t, bundle(t, bundle));
            } else {
                values.put(t, value(t));
            }
        }
        return roots.stream().map(values::get).toList();
    }

    private List<Output> bundle(Tensor t, Bundle bundle) {
        List<Output> in = t.inputs().stream().map(values::get).toList();
        var flow = new ControlFlow(tf, functions, counter);
        return switch (bundle) {
            case Bundle.Loop loop -> flow.loop(loop, in, used.get(t));
            case Bundle.Branch branch -> flow.branch(branch, in, t.input(0).dtype());
        };
    }

    /** No default: javac finds the gaps. */
    private Output value(Tensor t) {
        List<Output> in = t.inputs().stream().map(values::get).toList();
        return switch (t.op()) {
            case Op.Placeholder p -> given.get(t);
            case Op.Parameter p -> given.get(t);
            case Op.Read read -> given.get(t);
            case Op.Constant(NDArray value) -> tf.constant(value);
            case Op.Literal(DType dtype, double value) -> tf.scalar(dtype, value);
            case Op.Size(Dim dim) -> tf.scalar(DType.INT32, dim.size());
            case Op.Iota iota -> tf.op("Range", tf.scalar(DType.INT32, 0), tf.scalar(DType.INT32, t.shape().size(0)),
                    tf.scalar(DType.INT32, 1));
            case Op.Random(long seed, Shape shape) -> new RandomNumbers(tf, counter).uniform(seed, shape);
            case Op.Elementwise(ScalarFn fn) -> new Elementwise(tf).of(t, fn, values::get);
            case Op.Cast(DType to) -> new Casts(tf).of(in.get(0), t.input(0).dtype(), to);
            case Op.View(Movement movement) ->
                    new Movements(tf).of(movement, in.get(0), t.dtype(), t.input(0).shape(), t.shape());
            case Op.Concat(int axis) -> concatenated(t, in, t.shape().axis(axis));
            case Op.Contract(Contraction c) -> new Contractions(tf).of(c, in, t.dtype());
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) ->
                    new Reductions(tf).of(kind, axes, in.get(0), t.input(0).dtype(), t.input(0).shape());
            case Op.Gather gather -> new GatherScatter(tf).gathered(t, in.get(0), in.get(1));
            case Op.ScatterAdd scatter -> new GatherScatter(tf).scattered(t, in.get(0), in.get(1));
            case Op.Scan(int axis, boolean reversed) -> scanned(t, t.shape().axis(axis), reversed, in);
            case Bundle bundle -> throw new AssertionError("a bundle has several values: " + bundle);
            case Op.Result(int number) -> bundles.get(t.input(0)).get(number);
            case Op.Alias alias -> in.get(0);
        };
    }

    private Output concatenated(Tensor t, List<Output> in, int axis) {
        return in.size() == 1 ? in.get(0) : tf.node("ConcatV2").list(in).inputs(tf.scalar(DType.INT32, axis)).output();
    }

    private Output scanned(Tensor t, int axis, boolean reversed, List<Output> in) {
        DType dtype = t.dtype();
        if (Scans.isSum(t)) {
            Output sums = tf.node("Cumsum").inputs(tf.widened(in.get(1), dtype), tf.scalar(DType.INT32, axis))
                    .set("reverse", reversed).output();
            return tf.narrowed(sums, dtype);
        }
        Tensor loop = Scans.loop(t, axis, reversed);
        List<Integer> first = Scans.axisFirst(t.rank(), axis);
        Output zero = tf.filled(dtype, 0, t.shape().without(List.of(axis)).sizes());
        Output stack = new ControlFlow(tf, functions, null).loop((Bundle.Loop) loop.op(),
                List.of(zero, tf.transpose(in.get(0), first), tf.transpose(in.get(1), first)),
                new TreeSet<>(List.of(1))).get(1);
        return tf.transpose(stack, new Movement.Permute(first).inverse().order());
    }
}
