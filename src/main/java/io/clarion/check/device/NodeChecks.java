package io.clarion.check.device;

import static io.clarion.tensor.DType.BOOL;
import static io.clarion.tensor.DType.FLOAT32;
import static io.clarion.tensor.DType.INT32;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.StepFunction;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import io.clarion.tensor.SparseArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Each kind of node, and gradients through them, against the reference engine. */
final class NodeChecks {
    private static final NDArray MATRIX = CheckInputs.uniform(40, -2, 2, 33, 17);
    private static final NDArray CUBE = CheckInputs.uniform(41, -2, 2, 5, 7, 9);
    private static final NDArray IMAGES = CheckInputs.uniform(42, -1, 1, 3, 11, 13, 4);
    private static final NDArray KERNEL = CheckInputs.uniform(43, -1, 1, 3, 3, 4, 6);
    private static final NDArray PLACES = CheckInputs.integers(44, 0, 33, 50);

    private NodeChecks() {}

    /** Groups that share a graph; that with variables is called several times. */
    static List<Check.Group> all() {
        var checks = new ArrayList<>(leaves());
        checks.addAll(views());
        checks.addAll(sums());
        checks.addAll(reductions());
        checks.addAll(nests());
        return List.of(new Check.Group("kinds of node", 1, checks), new Check.Group("dtypes", 1, dtypes()),
                new Check.Group("gradients", 1, gradients()),
                new Check.Group("variables", 3, List.of(variables())));
    }

    private static Check exact(String name, NDArray in, UnaryOperator<Tensor> graph) {
        return Check.of(name, 0, 0, List.of(in), x -> Check.Computation.of(graph.apply(x.get(0))));
    }

    private static List<Check> leaves() {
        return List.of(
                exact("constant and literal", MATRIX, x -> x.plus(K.constant(MATRIX)).times(0.5)),
                exact("iota", MATRIX, x -> K.arange(1031)),
                exact("size", MATRIX, x -> Tensor.of(new Op.Size(x.shape().dim(0)))),
                exact("random", MATRIX, x -> Tensor.of(new Op.Random(7, Shape.of(31, 33)))),
                exact("cast to int32", MATRIX, x -> x.cast(INT32)),
                exact("cast to bool", CheckInputs.integers(45, -2, 3, 257), x -> x.cast(BOOL)),
                exact("cast to float32", CheckInputs.bools(46, 257), x -> x.cast(FLOAT32)),
                exact("stop", MATRIX, K::stopGradient),
                exact("watch", MATRIX, x -> Tensor.of(new Op.Watch((value, steps) -> {}), x, x.neg())),
                exact("trim", MATRIX, x -> Tensor.of(new Op.Trim(0), x.neg())),
                exact("within", MATRIX, x -> K.gather(x, K.argmax(x, 0))),
                exact("sparse", MATRIX,
                        x -> K.toDense(K.transpose(K.variable(SparseArray.of(MATRIX), FLOAT32)).plus(K.transpose(x)))),
                exact("gather", MATRIX, x -> K.gather(x, K.constant(PLACES))),
                exact("scatter", CheckInputs.eighths(FLOAT32, 47, -2, 2, 50, 17),
                        x -> Tensor.of(new Op.ScatterAdd(Dim.of(33)), x, K.constant(PLACES))),
                exact("concat", MATRIX, x -> K.concatenate(List.of(x, x.neg(), x), 1)));
    }

    private static List<Check> views() {
        return List.of(
                exact("reshape", MATRIX, x -> K.reshape(x, 17, 33).neg()),
                exact("permute", CUBE, x -> K.permuteDimensions(x, 2, 0, 1)),
                exact("broadcast", CUBE, x -> K.expandDims(K.max(x, 2), 2).broadcast(x.shape())),
                exact("slice", CUBE,
                        x -> x.view(new Movement.Slice(List.of(1, 0, 2), List.of(2, 3, 1), Shape.of(2, 3, 6)))),
                exact("pad", CUBE,
                        x -> x.view(new Movement.Pad(List.of(1, 0, 2), List.of(1, 2, 1), Shape.of(7, 14, 12), -1.5))),
                exact("reverse", CUBE, x -> x.view(new Movement.Reverse(List.of(0, 2)))),
                exact("windows", CUBE, x -> x.view(new Movement.Windows(1, 3, 2, 1))),
                exact("view of view", CUBE, x -> K.transpose(K.reverse(K.temporalPadding(x, 2), 1))));
    }

    private static List<Check> sums() {
        return List.of(
                sum("sum of all", CUBE, 315, x -> K.sum(x)),
                sum("sum over the first axis", MATRIX, 33, x -> K.sum(x, 0)),
                sum("sum over the last axis", MATRIX, 17, x -> K.sum(x, 1)),
                sum("product with itself", MATRIX, 17, x -> K.dot(x, K.transpose(x))),
                sum("batched product", CUBE, 9, x -> K.batchDot(x, x, 2)),
                convolution("convolution, valid", BorderMode.VALID, 1, 1),
                convolution("convolution, same", BorderMode.SAME, 1, 1),
                convolution("convolution, strided", BorderMode.SAME, 2, 1),
                convolution("convolution, dilated", BorderMode.VALID, 1, 2),
                sum("convolution, channels first", IMAGES, 36, x -> K.conv2d(K.permuteDimensions(x, 0, 3, 1, 2),
                        K.permuteDimensions(K.constant(KERNEL), 3, 2, 0, 1), new int[] {1, 1}, BorderMode.SAME,
                        DimOrdering.TH)),
                sum("mean pooling", IMAGES, 4, x -> K.pool2d(x, new int[] {2, 2}, new int[] {2, 2}, BorderMode.SAME,
                        DimOrdering.TF, PoolMode.AVG)));
    }

    private static Check sum(String name, NDArray in, int terms, UnaryOperator<Tensor> graph) {
        return Check.of(name, 2 + Math.ceil(Math.sqrt(terms)), 0.25 * terms, List.of(in),
                x -> Check.Computation.of(graph.apply(x.get(0))));
    }

    private static Check convolution(String name, BorderMode border, int stride, int dilation) {
        return sum(name, IMAGES, 36,
                x -> K.conv2d(x, K.constant(KERNEL), new int[] {stride, stride}, border, DimOrdering.TF,
                        null, null, new int[] {dilation, dilation}));
    }

    private static List<Check> reductions() {
        var checks = new ArrayList<Check>();
        for (Op.Reduce.Kind kind : Op.Reduce.Kind.values()) {
            for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(0, 2), List.of(0, 1, 2))) {
                double tolerance = kind == Op.Reduce.Kind.PROD ? 2 * CUBE.elements() : 0;
                checks.add(Check.of(kind.name().toLowerCase(Locale.ROOT) + " over " + axes, tolerance, 0, List.of(CUBE),
                        x -> Check.Computation.of(Tensor.of(new Op.Reduce(kind, axes), x.get(0)))));
            }
        }
        checks.add(exact("max pooling", IMAGES, x -> K.pool2d(x, new int[] {2, 2}, new int[] {2, 2})));
        return checks;
    }

    private static List<Check> nests() {
        return List.of(
                exact("scan of integers", MATRIX, x -> K.cumsum(x.cast(INT32), 1)),
                Check.of("scan", 4 * 33, 0.25 * 33, List.of(MATRIX), x -> Check.Computation.of(K.cumprod(x.get(0)))),
                Check.of("loop", 64, 4, List.of(CUBE), x -> Check.Computation.of(rnn(x.get(0)))),
                Check.of("branch", 2, 1, List.of(MATRIX),
                        x -> Check.Computation.of(K.switch_(K.sum(K.abs(x.get(0))).greater(0),
                                () -> x.get(0).times(2), () -> K.exp(x.get(0))))),
                Check.of("branch of products", 2 + 17, 0.25 * 17, List.of(MATRIX), x -> Check.Computation.of(K.switch_(
                        K.sum(x.get(0)).greater(1e9), () -> x.get(0), () -> K.dot(x.get(0), K.eye(17))))));
    }

    private static Tensor rnn(Tensor x) {
        int units = K.intShape(x)[2];
        Tensor weights = K.constant(CheckInputs.uniform(50, -0.3, 0.3, units, units));
        Tensor initial = K.constant(0, FLOAT32, K.intShape(x)[0], units);
        return K.rnn((in, states) -> {
            Tensor h = K.tanh(in.plus(K.dot(states.get(0), weights)));
            return new StepFunction.Step(h, List.of(h));
        }, x, List.of(initial)).outputs();
    }

    /** Returns what moves, chooses and adds, in each dtype. */
    private static List<Check> dtypes() {
        var checks = new ArrayList<Check>();
        for (DType from : DType.values()) {
            NDArray x = from == BOOL ? CheckInputs.bools(50, 33, 17)
                    : CheckInputs.uniform(from, 50, from.isFloating() ? -2 : -300, from.isFloating() ? 2 : 300, 33, 17);
            String of = " of " + from.word();
            for (DType to : DType.values()) {
                checks.add(exact("cast" + of + " to " + to.word(), x, t -> Tensor.of(new Op.Cast(to), t)));
            }
            checks.add(exact("views" + of, x,
                    t -> K.reverse(K.transpose(K.concatenate(List.of(t, t.slice(1, 3, Dim.of(9))), 1)), 0)));
            checks.add(exact("gather" + of, x, t -> K.gather(t, K.constant(PLACES))));
            for (Op.Reduce.Kind kind : Op.Reduce.Kind.values()) {
                double tolerance = kind == Op.Reduce.Kind.PROD ? 17 : 0;
                checks.add(Check.of(kind.name().toLowerCase(Locale.ROOT) + of, tolerance, 1, List.of(x),
                        t -> Check.Computation.of(Tensor.of(new Op.Reduce(kind, List.of(1)), t.get(0)))));
            }
            // The terms have the mean size 1/4, by which the tolerance goes.
            NDArray factors = from.isFloating() ? CheckInputs.uniform(from, 52, -1, 1, 33, 17) : x;
            checks.add(sum("sum" + of, factors, 33, t -> t.sum(List.of(0))));
            checks.add(sum("product" + of, factors, 17, t -> K.dot(t, K.transpose(t))));
            checks.add(Check.of("scatter" + of, 0, 0, List.of(CheckInputs.eighths(from, 51, -2, 2, 50, 17)),
                    t -> Check.Computation.of(Tensor.of(new Op.ScatterAdd(Dim.of(33)), t.get(0), K.constant(PLACES)))));
        }
        return checks;
    }

    private static List<Check> gradients() {
        return List.of(
                Check.of("of a convolution", 24, 50, List.of(IMAGES, KERNEL), x -> {
                    Tensor y = K.conv2d(x.get(0), x.get(1), new int[] {1, 1}, BorderMode.SAME, DimOrdering.TF);
                    return gradients(K.square(y), x);
                }),
                Check.of("of max pooling", 4, 1, List.of(IMAGES), x -> gradients(K.square(
                        K.pool2d(x.get(0), new int[] {2, 2}, new int[] {2, 2}, BorderMode.VALID, DimOrdering.TF)), x)),
                Check.of("of cross-entropy", 16, 1, List.of(MATRIX), x -> gradients(
                        K.sparseCategoricalCrossentropy(x.get(0), K.constant(CheckInputs.integers(48, 0, 17, 33)),
                                true),
                        x)),
                Check.of("of batch normalisation", 64, 1, List.of(MATRIX),
                        x -> gradients(K.square(K.normalizeBatchInTraining(
                                x.get(0), K.ones(17), K.zeros(17), new int[] {0}).normalized())
                                .times(K.constant(MATRIX)), x)),
                Check.of("of a dense layer", 40, 4, List.of(MATRIX, CheckInputs.uniform(49, -1, 1, 17, 9)),
                        x -> gradients(K.tanh(K.dot(x.get(0), x.get(1))), x)),
                Check.of("of a loop", 128, 16, List.of(CUBE), x -> gradients(K.square(rnn(x.get(0))), x)),
                Check.of("of gathered rows", 4, 1, List.of(MATRIX),
                        x -> gradients(K.square(K.gather(x.get(0), K.constant(PLACES))), x)));
    }

    private static Check.Computation gradients(Tensor loss, List<Tensor> of) {
        return new Check.Computation(K.gradients(loss, of), List.of());
    }

    /** Returns a variable that swaps with another and grows: new values come from old ones. */
    private static Check variables() {
        return Check.of("updates", 2, 1, List.of(MATRIX), x -> {
            Tensor a = K.variable(MATRIX, FLOAT32, "a");
            Tensor b = K.zeros(new int[] {33, 17}, DType.FLOAT32, "b");
            return new Check.Computation(List.of(a.plus(b).plus(x.get(0))),
                    List.of(K.update(a, b.plus(1)), K.update(b, a.times(0.5))));
        });
    }
}
