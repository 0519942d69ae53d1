package io.clarion.conformance.cases;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.Normalized;
import io.clarion.PoolMode;
import io.clarion.RnnOutputs;
import io.clarion.StepFunction;
import io.clarion.check.RandomValues;
import io.clarion.conformance.cases.RandomCase.Drawn;
import io.clarion.graph.SparseMatrix;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The differentiable functions of K, each a row of the table: name, smooth or with kinks, and what draws a call. */
public final class RandomCases {
    private static final double[] EXPONENTS = {0, 0.5, 1, 2, 2.5, 3, -1};

    private RandomCases() {}

    public static List<RandomCase> all() {
        return Stream.of(elementwise(), reductions(), linear(), shapes(), networks(), convolutions(), pools(), loops())
                .flatMap(List::stream).toList();
    }

    private static List<RandomCase> elementwise() {
        return List.of(
                smooth("square", s -> one(s, -3, 3, K::square)),
                kinked("abs", s -> one(s, -3, 3, K::abs)),
                smooth("sqrt", s -> one(s, 0.2, 4, K::sqrt)),
                smooth("exp", s -> one(s, -2, 2, K::exp)),
                smooth("log", s -> one(s, 0.2, 4, K::log)),
                kinked("round", s -> one(s, -4, 4, x -> K.round(x).plus(x))),
                kinked("sign", s -> one(s, -4, 4, K::sign)),
                smooth("pow", s -> {
                    double a = EXPONENTS[s.number(0, EXPONENTS.length - 1)];
                    return one(s, 0.3, 2, x -> K.pow(x, a));
                }),
                smooth("pow of tensors", s -> two(s, 0.3, 2, K::pow)),
                kinked("clip", s -> one(s, -4, 4, x -> K.clip(x, -1, 1))),
                smooth("sin", s -> one(s, -3, 3, K::sin)),
                smooth("cos", s -> one(s, -3, 3, K::cos)),
                kinked("maximum", s -> two(s, -4, 4, K::maximum)),
                kinked("minimum", s -> two(s, -4, 4, K::minimum)),
                smooth("plus", s -> two(s, -2, 2, Tensor::plus)),
                smooth("minus", s -> two(s, -2, 2, Tensor::minus)),
                smooth("times", s -> two(s, -2, 2, Tensor::times)),
                smooth("div", s -> two(s, 0.5, 2, Tensor::div)),
                kinked("relu", s -> {
                    double alpha = s.number(0, 2) * 0.25;
                    return s.number(0, 1) == 0 ? one(s, -4, 4, x -> K.relu(x, alpha))
                            : one(s, -4, 4, x -> K.relu(x, alpha, 2));
                }),
                kinked("elu", s -> one(s, -4, 4, K::elu)),
                smooth("softplus", s -> one(s, -4, 4, K::softplus)),
                kinked("softsign", s -> one(s, -4, 4, K::softsign)),
                smooth("sigmoid", s -> one(s, -4, 4, K::sigmoid)),
                kinked("hardSigmoid", s -> one(s, -4, 4, K::hardSigmoid)),
                smooth("tanh", s -> one(s, -2, 2, K::tanh)),
                smooth("identity", s -> one(s, -2, 2, K::identity)));
    }

    private static List<RandomCase> reductions() {
        return List.of(
                smooth("sum", s -> reduced(s, K::sum)),
                smooth("prod", s -> reduced(s, K::prod)),
                kinked("max", s -> reduced(s, K::max)),
                kinked("min", s -> reduced(s, K::min)),
                smooth("mean", s -> reduced(s, K::mean)),
                smooth("var", s -> reduced(s, K::var)),
                kinked("std", s -> reduced(s, K::std)),
                smooth("logsumexp", s -> reduced(s, K::logsumexp)));
    }

    private static List<RandomCase> linear() {
        return List.of(
                smooth("dot", s -> {
                    int n = s.number(1, 4);
                    int[] x = with(s.sizes(1, 3, 3), -1, n);
                    int[] y = s.sizes(1, 3, 3);
                    return pair(s, x, with(y, Math.max(0, y.length - 2), n), K::dot);
                }),
                smooth("batchDot", s -> {
                    int n = s.number(1, 3);
                    int batch = s.number(1, 3);
                    int[] x = with(s.sizes(2, 4, 3), 0, batch);
                    int[] y = with(s.sizes(2, 4, 3), 0, batch);
                    // Of two tensors of four axes, all but the last two are samples if these are summed over.
                    int first = x.length == 4 && y.length == 4 ? 2 : 1;
                    int[] axes = {s.number(first, x.length - 1), s.number(first, y.length - 1)};
                    int[] right = with(y, axes[1], n);
                    return pair(s, with(x, axes[0], n), first == 2 ? with(right, 1, x[1]) : right,
                            (a, b) -> K.batchDot(a, b, axes));
                }),
                smooth("transpose", s -> one(s, -2, 2, K::transpose)),
                smooth("gather", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int[] shape = s.sizes(0, 3, 3);
                    int[] indices = s.numbers(count(shape), 0, x[0] - 1).stream().mapToInt(i -> i).toArray();
                    return one(s, x, y -> K.gather(y, K.constant(NDArray.of(indices, shape))));
                }));
    }

    private static List<RandomCase> shapes() {
        return List.of(
                smooth("concatenate", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int axis = s.number(-x.length, x.length - 1);
                    return new Drawn(
                            Stream.generate(() -> values(s, with(x, axis, s.number(1, 3)))).limit(s.number(1, 3))
                                    .toList(),
                            in -> K.concatenate(in, axis));
                }),
                smooth("stack", s -> {
                    int[] x = s.sizes(0, 3, 3);
                    int axis = s.number(0, x.length);
                    return pair(s, x, x, (a, b) -> K.stack(List.of(a, b), axis));
                }),
                smooth("reshape", s -> {
                    int[] x = s.sizes(2, 4, 3);
                    int[] to = {x[x.length - 1], -1, 1};
                    return one(s, x, y -> K.reshape(y, to));
                }),
                smooth("permuteDimensions", s -> {
                    int[] x = s.sizes(0, 5, 3);
                    int[] pattern = s.permutation(x.length).stream().mapToInt(i -> i).toArray();
                    return one(s, x, y -> K.permuteDimensions(y, pattern));
                }),
                smooth("repeatElements", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int axis = s.number(-x.length, x.length - 1);
                    int rep = s.number(1, 3);
                    return one(s, x, y -> K.repeatElements(y, rep, axis));
                }),
                smooth("repeat", s -> one(s, s.sizes(2, 2, 4), y -> K.repeat(y, 3))),
                smooth("tile", s -> {
                    int[] x = s.sizes(0, 4, 3);
                    int[] n = s.numbers(x.length, 1, 3).stream().mapToInt(i -> i).toArray();
                    return one(s, x, y -> K.tile(y, n));
                }),
                smooth("flatten", s -> one(s, -2, 2, K::flatten)),
                smooth("batchFlatten", s -> one(s, s.sizes(1, 4, 3), K::batchFlatten)),
                smooth("expandDims", s -> {
                    int[] x = s.sizes(0, 4, 3);
                    int axis = s.number(-x.length - 1, x.length);
                    return one(s, x, y -> K.expandDims(y, axis));
                }),
                smooth("squeeze", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int axis = s.number(0, x.length - 1);
                    return one(s, with(x, axis, 1), y -> K.squeeze(y, axis));
                }),
                smooth("reverse", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int[] axes = axes(s, x.length);
                    return one(s, x, y -> K.reverse(y, axes));
                }),
                smooth("slice", s -> {
                    int[] x = s.sizes(1, 4, 4);
                    int[] start = IntStream.of(x).map(n -> s.number(0, n - 1)).toArray();
                    int[] size = IntStream.range(0, x.length)
                            .map(a -> s.number(0, 2) == 0 ? -1 : s.number(1, x[a] - start[a])).toArray();
                    return one(s, x, y -> K.slice(y, start, size));
                }),
                smooth("temporalPadding", s -> {
                    int n = s.number(0, 2);
                    return one(s, s.sizes(3, 3, 3), y -> K.temporalPadding(y, n));
                }),
                smooth("asymmetricTemporalPadding", s -> {
                    int n = s.number(0, 2);
                    return one(s, s.sizes(3, 3, 3), y -> K.asymmetricTemporalPadding(y, n, 2 - n));
                }),
                smooth("spatial2dPadding", s -> {
                    int[] n = {s.number(0, 2), s.number(0, 2)};
                    DimOrdering ordering = ordering(s);
                    return one(s, s.sizes(4, 4, 3), y -> K.spatial2dPadding(y, n, ordering));
                }),
                smooth("asymmetricSpatial2dPadding", s -> {
                    int n = s.number(0, 2);
                    DimOrdering ordering = ordering(s);
                    return one(s, s.sizes(4, 4, 3), y -> K.asymmetricSpatial2dPadding(y, n, 0, 1, 2 - n, ordering));
                }),
                smooth("spatial3dPadding", s -> {
                    int[] n = {s.number(0, 2), s.number(0, 2), s.number(0, 1)};
                    DimOrdering ordering = ordering(s);
                    return one(s, s.sizes(5, 5, 2), y -> K.spatial3dPadding(y, n, ordering));
                }),
                smooth("resizeImages", s -> {
                    int n = s.number(1, 3);
                    DimOrdering ordering = ordering(s);
                    return one(s, s.sizes(4, 4, 3), y -> K.resizeImages(y, n, 4 - n, ordering));
                }),
                smooth("resizeVolumes", s -> {
                    int n = s.number(1, 2);
                    DimOrdering ordering = ordering(s);
                    return one(s, s.sizes(5, 5, 2), y -> K.resizeVolumes(y, n, 3 - n, 2, ordering));
                }));
    }

    private static List<RandomCase> networks() {
        return List.of(
                smooth("softmax", s -> {
                    int[] x = s.sizes(1, 4, 4);
                    int axis = s.number(-x.length, x.length - 1);
                    return one(s, x, y -> K.softmax(y, axis));
                }),
                smooth("l2Normalize", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int[] axes = axes(s, x.length);
                    return one(s, x, y -> K.l2Normalize(y.plus(1.5), axes));
                }),
                smooth("categoricalCrossentropy", s -> {
                    int[] sizes = s.sizes(1, 3, 4);
                    boolean logits = s.number(0, 1) == 0;
                    int axis = s.number(-sizes.length, sizes.length - 1);
                    int[] x = with(sizes, axis, s.number(2, 4));
                    return pair(s, x, x, (a, b) -> K.categoricalCrossentropy(logits ? a : K.exp(a), b, logits, axis));
                }),
                smooth("sparseCategoricalCrossentropy", s -> {
                    int[] x = with(s.sizes(1, 3, 3), -1, 4);
                    int[] samples = Arrays.copyOf(x, x.length - 1);
                    int[] targets = s.numbers(count(samples), 0, 3).stream().mapToInt(i -> i).toArray();
                    boolean logits = s.number(0, 1) == 0;
                    return one(s, x, y -> K.sparseCategoricalCrossentropy(logits ? y : K.exp(y),
                            K.constant(NDArray.of(targets, samples)), logits));
                }),
                smooth("binaryCrossentropy", s -> {
                    int[] x = s.sizes(0, 4, 3);
                    boolean logits = s.number(0, 1) == 0;
                    return pair(s, x, x, (a, b) -> K.binaryCrossentropy(logits ? a : K.sigmoid(a), b, logits));
                }),
                smooth("normalizeBatchInTraining", s -> {
                    int[] x = s.sizes(2, 4, 3);
                    int[] axes = axes(s, x.length - 1);
                    int[] kept = IntStream.range(0, x.length).filter(a -> Arrays.stream(axes).noneMatch(r -> r == a))
                            .map(a -> x[a]).toArray();
                    int what = s.number(0, 2);
                    return new Drawn(List.of(values(s, x), values(s, kept), values(s, kept)), in -> {
                        Normalized n = K.normalizeBatchInTraining(in.get(0), in.get(1), in.get(2), axes, 0.1);
                        return what == 0 ? n.normalized() : what == 1 ? n.mean() : n.variance();
                    });
                }),
                smooth("batchNormalization", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int[] last = {x[x.length - 1]};
                    return new Drawn(
                            List.of(values(s, x), values(s, last), s.array(DType.FLOAT64, 0.2, 2, last),
                                    values(s, last), values(s, last)),
                            in -> K.batchNormalization(in.get(0), in.get(1), in.get(2), in.get(3), in.get(4)));
                }),
                smooth("batchNormalization along an axis", s -> {
                    int[] x = s.sizes(1, 4, 3);
                    int axis = s.number(0, x.length - 1);
                    return new Drawn(
                            List.of(values(s, x), values(s, x[axis]), s.array(DType.FLOAT64, 0.2, 2, x[axis]),
                                    values(s, x[axis])),
                            in -> K.batchNormalization(in.get(0), in.get(1), in.get(2), in.get(3), null, axis, 1e-3));
                }),
                smooth("biasAdd", s -> {
                    int[] x = s.sizes(2, 5, 3);
                    DimOrdering ordering = ordering(s);
                    int axis = ordering == DimOrdering.TF ? x.length - 1 : 1;
                    int channels = x[axis];
                    var rest = new ArrayList<>(Arrays.stream(x).skip(1).boxed().toList());
                    rest.remove(axis - 1);
                    rest.add(channels);
                    boolean each = s.number(0, 1) == 0;
                    return pair(s, x, each ? rest.stream().mapToInt(i -> i).toArray() : new int[] {channels},
                            (a, b) -> K.biasAdd(a, b, ordering));
                }));
    }

    private static List<RandomCase> convolutions() {
        return List.of(
                smooth("conv1d", s -> {
                    var c = new Geometry(s, 1).dilated(1);
                    return pair(s, c.images(DimOrdering.TF), c.kernel(DimOrdering.TF, c.filters),
                            (x, k) -> K.conv1d(x, k, c.strides[0], c.mode));
                }),
                smooth("conv2d", s -> {
                    var c = new Geometry(s, 2);
                    return pair(s, c.images(c.ordering), c.kernel(c.ordering, c.filters),
                            (x, k) -> K.conv2d(x, k, c.strides, c.mode, c.ordering, null, null, c.dilation));
                }),
                smooth("atrousConv2d", s -> {
                    var c = new Geometry(s, 2).dilated(s.number(1, 2));
                    return pair(s, c.images(c.ordering), c.kernel(c.ordering, c.filters),
                            (x, k) -> K.atrousConv2d(x, k, c.dilation[0], c.mode, c.ordering));
                }),
                smooth("deconv2d", s -> {
                    var c = new Geometry(s, 2).dilated(1);
                    int[] exchanged = c.ordering == DimOrdering.TF ? new int[] {0, 1, 3, 2} : new int[] {1, 0, 2, 3};
                    return pair(s, c.result(), c.kernel(c.ordering, c.filters),
                            (x, k) -> K.deconv2d(x, K.permuteDimensions(k, exchanged),
                                    c.images(c.ordering), c.strides, c.mode, c.ordering));
                }),
                smooth("conv2dTranspose", s -> {
                    var c = new Geometry(s, 2).dilated(1);
                    return pair(s, c.result(), c.kernel(c.ordering, c.filters),
                            (x, k) -> K.conv2dTranspose(x, k, c.images(c.ordering),
                                    c.strides, c.mode, c.ordering));
                }),
                smooth("depthwiseConv2d", s -> {
                    var c = new Geometry(s, 2);
                    return pair(s, c.images(c.ordering), c.kernel(c.ordering, c.filters),
                            (x, k) -> K.depthwiseConv2d(x, k, c.strides, c.mode, c.ordering, c.dilation));
                }),
                smooth("separableConv2d", s -> {
                    var c = new Geometry(s, 2).dilated(1);
                    int mixed = c.channels * c.filters;
                    int[] pointwise = c.ordering == DimOrdering.TF ? new int[] {1, 1, mixed, 2}
                            : new int[] {2, mixed, 1, 1};
                    return new Drawn(
                            List.of(values(s, c.images(c.ordering)), values(s, c.kernel(c.ordering, c.filters)),
                                    values(s, pointwise)),
                            in -> K.separableConv2d(in.get(0), in.get(1), in.get(2), c.strides, c.mode, c.ordering));
                }),
                smooth("separableConv1d", s -> {
                    var c = new Geometry(s, 1).dilated(1);
                    return new Drawn(
                            List.of(values(s, c.images(DimOrdering.TF)), values(s, c.kernel(DimOrdering.TF, c.filters)),
                                    values(s, 1, c.channels * c.filters, 2)),
                            in -> K.separableConv1d(in.get(0), in.get(1), in.get(2), c.strides[0], c.mode));
                }),
                smooth("conv3d", s -> {
                    var c = new Geometry(s, 3).dilated(1);
                    return pair(s, c.images(c.ordering), c.kernel(c.ordering, c.filters),
                            (x, k) -> K.conv3d(x, k, c.strides, c.mode, c.ordering));
                }),
                smooth("localConv1d", s -> {
                    var c = new Geometry(s, 1).valid();
                    int[] kernel = {c.places(0), c.taps[0] * c.channels, c.filters};
                    return pair(s, c.images(DimOrdering.TF), kernel, (x, k) -> K.localConv1d(x, k, c.taps, c.strides));
                }),
                smooth("localConv2d", s -> {
                    var c = new Geometry(s, 2).valid();
                    int[] kernel = {c.places(0) * c.places(1), c.taps[0] * c.taps[1] * c.channels, c.filters};
                    return pair(s, c.images(c.ordering), kernel, (x, k) -> K.localConv2d(x, k, c.taps, c.strides,
                            new int[] {c.places(0), c.places(1)}, c.ordering));
                }));
    }

    private static List<RandomCase> pools() {
        return List.of(
                kinked("pool1d", s -> {
                    var c = new Geometry(s, 1).dilated(1);
                    return one(s, c.images(DimOrdering.TF), x -> K.pool1d(x, c.taps[0], c.strides[0], c.mode, c.pool));
                }),
                kinked("pool2d", s -> {
                    var c = new Geometry(s, 2).dilated(1);
                    return one(s, c.images(c.ordering),
                            x -> K.pool2d(x, c.taps, c.strides, c.mode, c.ordering, c.pool));
                }),
                kinked("pool3d", s -> {
                    var c = new Geometry(s, 3).dilated(1);
                    return one(s, c.images(c.ordering),
                            x -> K.pool3d(x, c.taps, c.strides, c.mode, c.ordering, c.pool));
                }));
    }

    private static List<RandomCase> loops() {
        return List.of(
                smooth("rnn of SimpleRNN steps",
                        s -> rnn(s, 1, 1, (x, u, h) -> List.of(K.tanh(x.plus(K.dot(h.get(0), u)))))),
                smooth("rnn of GRU steps", s -> rnn(s, 3, 1, (x, u, h) -> {
                    Tensor before = h.get(0);
                    Tensor z = K.sigmoid(part(x, 3, 0).plus(K.dot(before, part(u, 3, 0))));
                    Tensor r = K.sigmoid(part(x, 3, 1).plus(K.dot(before, part(u, 3, 1))));
                    Tensor proposed = K.tanh(part(x, 3, 2).plus(K.dot(r.times(before), part(u, 3, 2))));
                    return List.of(z.times(before).plus(z.neg().plus(1).times(proposed)));
                })),
                smooth("rnn of LSTM steps", s -> rnn(s, 4, 2, (x, u, h) -> {
                    Tensor gates = x.plus(K.dot(h.get(0), u));
                    Tensor c = K.sigmoid(part(gates, 4, 0)).times(h.get(1))
                            .plus(K.sigmoid(part(gates, 4, 1)).times(K.tanh(part(gates, 4, 2))));
                    return List.of(K.sigmoid(part(gates, 4, 3)).times(K.tanh(c)), c);
                })),
                smooth("mapFn", s -> {
                    boolean folds = s.number(0, 1) == 0;
                    return one(s, s.sizes(folds ? 2 : 1, 4, 3), x -> K.mapFn(
                            row -> folds ? K.foldl((a, b) -> K.tanh(a.plus(b.times(a))), row)
                                    : K.square(row).times(K.sum(row)),
                            x));
                }),
                smooth("foldl", s -> folded(s, K::foldl, K::foldl)),
                smooth("foldr", s -> folded(s, K::foldr, K::foldr)),
                smooth("switch", s -> {
                    boolean computed = s.number(0, 1) == 0;
                    int chosen = s.number(0, 1);
                    return one(s, -2, 2, x -> K.switch_(condition(x, computed, chosen), () -> x.times(K.sin(x)),
                            () -> K.square(x).plus(3)));
                }),
                smooth("switch of products", s -> {
                    boolean computed = s.number(0, 1) == 0;
                    int chosen = s.number(0, 1);
                    int n = s.number(1, 4);
                    return pair(s, new int[] {n, n}, new int[] {n, n},
                            (x, y) -> K.switch_(condition(x, computed, chosen),
                                    () -> K.tanh(K.dot(x, y)).plus(K.sum(y)),
                                    () -> K.dot(K.transpose(x), K.dot(y, x))));
                }),
                smooth("cumsum", s -> along(s, K::cumsum)),
                smooth("cumprod", s -> along(s, K::cumprod)),
                smooth("ctcBatchCost", s -> {
                    int samples = s.number(1, 2);
                    int most = s.number(1, 3);
                    int classes = s.number(2, 4);
                    int steps = 2 * most + s.number(1, 2);
                    NDArray labels = NDArray.of(ints(s.numbers(samples * most, 0, classes - 2)), samples, most);
                    NDArray counts = NDArray.of(ints(s.numbers(samples, 0, most)), samples, 1);
                    NDArray lengths = NDArray.of(ints(s.numbers(samples, 2 * most, steps)), samples, 1);
                    return one(s, new int[] {samples, steps, classes}, x -> K.ctcBatchCost(K.constant(labels),
                            K.softmax(x), K.constant(lengths), K.constant(counts)));
                }),
                smooth("dot of a sparse matrix", s -> {
                    int rows = s.number(1, 4);
                    int columns = s.number(1, 4);
                    int stored = s.number(1, 6);
                    // Some values share a place, and one may be outside.
                    Tensor row = K.constant(NDArray.of(ints(s.numbers(stored, 0, rows - 1)), stored));
                    Tensor column = K.constant(NDArray
                            .of(ints(s.numbers(stored, 0, s.number(0, 3) == 0 ? columns : columns - 1)), stored));
                    int side = s.number(0, 2);
                    int[] y = s.sizes(1, 3, 3);
                    int[] dense = side == 2 ? with(y, -1, rows)
                            : with(y, Math.max(0, y.length - 2), side == 1 ? rows : columns);
                    return pair(s, new int[] {stored}, dense, (v, d) -> {
                        Tensor matrix = new SparseMatrix(Shape.of(rows, columns), v, row, column).matrix();
                        return side == 0 ? K.dot(matrix, d)
                                : side == 1 ? K.dot(K.transpose(matrix), d) : K.dot(d, matrix);
                    });
                }));
    }

    /**
     * The cell of a recurrent layer: from a step's projected input, the recurrent weights and the states, new states,
     * the first of which is the output.
     */
    @FunctionalInterface
    private interface Cell {
        List<Tensor> next(Tensor x, Tensor u, List<Tensor> states);
    }

    /**
     * Returns a network of {@code gates} times units, with or without mask, constants, a known number of steps,
     * forwards or backwards.
     */
    private static Drawn rnn(RandomValues s, int gates, int states, Cell cell) {
        int samples = s.number(1, 2);
        int steps = s.number(1, 4);
        int features = s.number(1, 3);
        int units = s.number(1, 3);
        boolean backwards = s.number(0, 1) == 0;
        boolean masked = s.number(0, 1) == 0;
        boolean dropped = s.number(0, 2) == 0;
        boolean open = s.number(0, 2) == 0;
        boolean unrolled = !open && s.number(0, 3) == 0;
        int what = s.number(0, 2);
        NDArray kept = s.array(DType.FLOAT64, 0, 2, samples, units);
        NDArray seen = NDArray.of(DType.BOOL, s.numbers(samples * steps, 0, 2).stream().mapToDouble(n -> n).toArray(),
                samples, steps);
        var x = new ArrayList<>(List.of(values(s, samples, steps, features), values(s, features, gates * units),
                values(s, units, gates * units),
                values(s, gates * units)));
        for (int i = 0; i < states; i++) {
            x.add(values(s, samples, units));
        }
        return new Drawn(x, in -> {
            Tensor inputs = in.get(0);
            Tensor mask = masked ? K.constant(seen) : null;
            Tensor constant = K.constant(kept.cast(inputs.dtype()));
            RnnOutputs out = K.rnn((now, given) -> {
                var before = new ArrayList<>(given.subList(0, states));
                if (dropped) {
                    before.set(0, before.get(0).times(given.get(states)));
                }
                List<Tensor> next = cell.next(K.dot(now, in.get(1)).plus(in.get(3)), in.get(2), before);
                return new StepFunction.Step(next.get(0), next);
            }, inputs, in.subList(4, 4 + states), backwards, mask, dropped ? List.of(constant) : List.of(), unrolled,
                    null);
            return what == 0 ? out.lastOutput() : what == 1 ? K.sum(K.square(out.outputs()), 1)
                    : out.newStates().get(states - 1).plus(out.lastOutput());
        }, open);
    }

    /** Returns part {@code i} of {@code n} of a tensor along the last of its two axes. */
    private static Tensor part(Tensor x, int n, int i) {
        int units = x.shape().size(1) / n;
        return x.slice(1, i * units, Dim.of(units));
    }

    @FunctionalInterface
    private interface Fold {
        Tensor of(BinaryOperator<Tensor> fn, Tensor elems);
    }

    @FunctionalInterface
    private interface FoldFrom {
        Tensor of(BinaryOperator<Tensor> fn, Tensor elems, Tensor initializer);
    }

    private static Drawn folded(RandomValues s, Fold fold, FoldFrom from) {
        int[] x = s.sizes(1, 4, 3);
        BinaryOperator<Tensor> fn = s.number(0, 1) == 0 ? (a, b) -> a.times(b).plus(K.sin(a))
                : (a, b) -> K.tanh(a.minus(b.times(K.sum(a))));
        return s.number(0, 1) == 0 ? one(s, x, y -> fold.of(fn, y))
                : pair(s, x, Arrays.copyOfRange(x, 1, x.length), (y, first) -> from.of(fn, y, first));
    }

    /** Returns a condition that is known, or one that takes the value of x to know; 1 for what is true. */
    private static Tensor condition(Tensor x, boolean computed, int holds) {
        return computed ? K.sum(K.square(x)).greater(holds == 1 ? -1 : 1e6) : K.constant(holds, DType.INT32);
    }

    private static Drawn along(RandomValues s, BiFunction<Tensor, Integer, Tensor> scan) {
        int[] x = s.sizes(1, 5, 4);
        int axis = s.number(-x.length, x.length - 1);
        return one(s, x, y -> scan.apply(y, axis));
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(i -> i).toArray();
    }

    /** A random convolution: with border mode "same" windows may be larger than the images. */
    private static final class Geometry {
        final int n;
        final int[] taps;
        final int[] strides;
        final int channels;
        final int filters;
        final int samples;
        final DimOrdering ordering;
        final PoolMode pool;
        final int[] extra;
        int[] dilation;
        BorderMode mode;

        Geometry(RandomValues s, int n) {
            this.n = n;
            this.taps = numbers(s, 1, 3);
            this.strides = numbers(s, 1, 3);
            this.dilation = numbers(s, 1, 2);
            this.extra = numbers(s, 0, 2);
            this.channels = s.number(1, 2);
            this.filters = s.number(1, 2);
            this.samples = s.number(1, 2);
            this.ordering = ordering(s);
            this.pool = s.number(0, 1) == 0 ? PoolMode.MAX : PoolMode.AVG;
            this.mode = s.number(0, 1) == 0 ? BorderMode.VALID : BorderMode.SAME;
        }

        private int[] numbers(RandomValues s, int low, int high) {
            return s.numbers(n, low, high).stream().mapToInt(i -> i).toArray();
        }

        Geometry dilated(int rate) {
            Arrays.fill(dilation, rate);
            return this;
        }

        Geometry valid() {
            mode = BorderMode.VALID;
            return dilated(1);
        }

        /** Returns the shape of what conv2d makes of the images. */
        int[] result() {
            return K.intShape(K.conv2d(K.placeholder(images(ordering)), K.placeholder(kernel(ordering, filters)),
                    strides, mode, ordering));
        }

        private int size(int i) {
            return mode == BorderMode.SAME ? 1 + extra[i] * 2 : dilation[i] * (taps[i] - 1) + 1 + extra[i];
        }

        int places(int i) {
            return (size(i) - taps[i]) / strides[i] + 1;
        }

        int[] images(DimOrdering of) {
            IntStream spatial = IntStream.range(0, n).map(this::size);
            return of == DimOrdering.TF ? joined(IntStream.of(samples), spatial, IntStream.of(channels))
                    : joined(IntStream.of(samples, channels), spatial);
        }

        int[] kernel(DimOrdering of, int filters) {
            return of == DimOrdering.TF ? joined(IntStream.of(taps), IntStream.of(channels, filters))
                    : joined(IntStream.of(filters, channels), IntStream.of(taps));
        }

        private static int[] joined(IntStream... parts) {
            return Stream.of(parts).flatMapToInt(part -> part).toArray();
        }
    }

    @FunctionalInterface
    private interface Reduction {
        Tensor of(Tensor x, int[] axes, boolean keepdims);
    }

    private static RandomCase smooth(String name, RandomCase.Generator generator) {
        return new RandomCase(name, true, generator);
    }

    private static RandomCase kinked(String name, RandomCase.Generator generator) {
        return new RandomCase(name, false, generator);
    }

    private static NDArray values(RandomValues s, int... sizes) {
        return s.array(DType.FLOAT64, -1, 1, sizes);
    }

    private static Drawn one(RandomValues s, int[] sizes, UnaryOperator<Tensor> built) {
        return new Drawn(List.of(values(s, sizes)), x -> built.apply(x.get(0)));
    }

    private static Drawn one(RandomValues s, double low, double high, UnaryOperator<Tensor> built) {
        return new Drawn(List.of(s.array(DType.FLOAT64, low, high, s.sizes(0, 6, 3))), x -> built.apply(x.get(0)));
    }

    private static Drawn pair(RandomValues s, int[] x, int[] y, BinaryOperator<Tensor> built) {
        return new Drawn(List.of(values(s, x), values(s, y)), in -> built.apply(in.get(0), in.get(1)));
    }

    /** Draws two tensors that broadcast to one shape: either may lack axes in front, or have 1 in place of others. */
    private static Drawn two(RandomValues s, double low, double high, BinaryOperator<Tensor> built) {
        int[] to = s.sizes(0, 5, 3);
        return new Drawn(Stream.generate(() -> s.array(DType.FLOAT64, low, high, narrowed(s, to))).limit(2).toList(),
                in -> built.apply(in.get(0), in.get(1)));
    }

    private static int[] narrowed(RandomValues s, int[] to) {
        int[] narrow = Arrays.copyOfRange(to, s.number(0, 2) == 0 ? s.number(0, to.length) : 0, to.length);
        return IntStream.of(narrow).map(n -> s.number(0, 3) == 0 ? 1 : n).toArray();
    }

    private static Drawn reduced(RandomValues s, Reduction reduction) {
        int[] x = s.sizes(1, 5, 3);
        int[] axes = s.number(0, 3) == 0 ? null : axes(s, x.length);
        boolean keepdims = s.number(0, 1) == 0;
        return one(s, x, y -> reduction.of(y, axes, keepdims));
    }

    private static int[] axes(RandomValues s, int rank) {
        return s.some(rank, 1).stream().mapToInt(a -> a).toArray();
    }

    private static DimOrdering ordering(RandomValues s) {
        return s.number(0, 1) == 0 ? DimOrdering.TF : DimOrdering.TH;
    }

    private static int count(int[] sizes) {
        return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    }

    /** Sizes with another at {@code axis}, which may count from the end. */
    private static int[] with(int[] sizes, int axis, int size) {
        int[] changed = sizes.clone();
        changed[axis < 0 ? axis + sizes.length : axis] = size;
        return changed;
    }
}
