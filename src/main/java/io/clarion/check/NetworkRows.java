package io.clarion.check;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Plain;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Products, softmax, losses, normalisations. */
final class NetworkRows {
    private NetworkRows() {}

    static List<Row> all() {
        return List.of(
                new Row("dot", 4, NetworkRows::dot),
                new Row("batchDot", 2, NetworkRows::batchDot),
                new Row("softmax", 3, s -> {
                    Known x = s.floats(1, 4);
                    s.call("softmax", x.ref(), new Plain(s.chance(0.5) ? -1 : s.axis(x)));
                }),
                Row.of("l2Normalize", s -> {
                    Known x = s.floats(1, 4);
                    s.call("l2Normalize", x.ref(), s.axes(x.rank(), 1));
                }),
                Row.of("inTopK", s -> {
                    Known x = s.floats(2, 2);
                    s.call("inTopK", x.ref(),
                            s.input(List.of(s.declared(x, 0)), DType.INT32, 0, Math.max(0, x.least(1) - 1)).ref(),
                            new Plain(s.number(1, 3)));
                }),
                Row.of("categoricalCrossentropy", s -> {
                    Known x = s.floats(1, 3);
                    Known target = s.like(x, x.dtype(), 0, 1);
                    boolean logits = s.chance(0.5);
                    Known output = logits ? x : s.call("softmax", x.ref());
                    if (s.chance(0.5)) {
                        s.call("categoricalCrossentropy", output.ref(), target.ref(), new Plain(logits));
                    } else {
                        s.call("categoricalCrossentropy", output.ref(), target.ref(), new Plain(logits),
                                new Plain(s.axis(x)));
                    }
                }),
                Row.of("sparseCategoricalCrossentropy", s -> {
                    Known x = s.floats(1, 3);
                    int classes = x.least(x.rank() - 1);
                    if (classes == 0) {
                        throw new Sketch.Unfit("no classes");
                    }
                    boolean logits = s.chance(0.5);
                    s.call("sparseCategoricalCrossentropy", (logits ? x : s.call("softmax", x.ref())).ref(),
                            s.input(s.declared(x).subList(0, x.rank() - 1), DType.INT32, 0, classes - 1).ref(),
                            new Plain(logits));
                }),
                Row.of("binaryCrossentropy", s -> {
                    Known x = s.floats();
                    boolean logits = s.chance(0.5);
                    s.call("binaryCrossentropy", (logits ? x : s.call("sigmoid", x.ref())).ref(),
                            s.like(x, x.dtype(), 0, 1).ref(), new Plain(logits));
                }),
                new Row("normalizeBatchInTraining", 2, s -> {
                    Known x = s.floats(2, 4);
                    Ints axes = new Ints(s.chance(0.6) ? IntStream.range(0, x.rank() - 1).boxed().toList()
                            : s.permutation(x.rank()).subList(0, s.number(1, x.rank() - 1)));
                    List<Integer> kept = IntStream.range(0, x.rank()).filter(a -> !axes.numbers().contains(a))
                            .mapToObj(a -> s.declared(x, a)).toList();
                    Argument gamma = s.chance(0.8) ? s.input(kept, x.dtype(), 0.5, 2).ref() : Argument.NONE;
                    Argument beta = s.chance(0.8) ? s.input(kept, x.dtype(), -1, 1).ref() : Argument.NONE;
                    Argument made = s.step(null, "normalizeBatchInTraining", x.ref(), gamma, beta, axes,
                            new Plain(s.one(1e-3, 0.1)));
                    s.on(made, "normalized");
                    if (s.chance(0.3)) {
                        s.on(made, s.one("mean", "variance"));
                    }
                }),
                new Row("batchNormalization", 2, s -> {
                    Known x = s.floats(1, 4);
                    boolean along = s.chance(0.5);
                    int axis = along ? s.axis(x) : x.rank() - 1;
                    List<Integer> size = List.of(s.declared(x, axis < 0 ? axis + x.rank() : axis));
                    var given = new ArrayList<>(List.of(x.ref(), s.input(size, x.dtype(), -1, 1).ref(),
                            s.input(size, x.dtype(), 0.2, 2).ref(),
                            s.chance(0.8) ? s.input(size, x.dtype(), -1, 1).ref() : Argument.NONE,
                            s.chance(0.8) ? s.input(size, x.dtype(), 0.5, 2).ref() : Argument.NONE));
                    if (along) {
                        given.add(new Plain(axis));
                    }
                    given.add(new Plain(1e-3));
                    s.call("batchNormalization", given.toArray(Argument[]::new));
                }),
                Row.of("biasAdd", s -> {
                    Known x = s.floats(2, 5);
                    DimOrdering ordering = s.one(DimOrdering.values());
                    int axis = ordering == DimOrdering.TF ? x.rank() - 1 : 1;
                    var sizes = new ArrayList<>(s.declared(x));
                    int channels = sizes.remove(axis);
                    sizes.remove(0);
                    sizes.add(channels);
                    s.call("biasAdd", x.ref(),
                            s.input(s.chance(0.3) ? sizes : List.of(channels), x.dtype(), -2, 2).ref(),
                            new Plain(ordering));
                }),
                Row.of("dropout", s -> {
                    Known x = s.numbers(1, 4);
                    Argument shape = s.chance(0.6) ? Argument.NONE
                            : new Ints(IntStream.range(0, x.rank()).mapToObj(a -> s.chance(0.5) ? 1 : K.NONE).toList());
                    s.call("dropout", x.ref(), new Plain(s.one(0.0, 0.25, 0.5, 0.9)), shape,
                            new Plain((long) s.number(0, 1000)));
                }),
                Row.of("ctcBatchCost", NetworkRows::ctc),
                Row.of("ctcDecode", s -> {
                    Known x = predictions(s);
                    Argument made = s.step(null, "ctcDecode", x.ref(), lengths(s, x, x.least(1)).ref());
                    s.on(made, "logProbabilities");
                    s.on(s.step(s.step(made, "paths"), "get", new Plain(0)), "plus", new Plain(0.0));
                }),
                Row.of("ctcLabelDenseToSparse", s -> {
                    Known labels = s.input(List.of(s.size(20), s.number(1, 12)), DType.INT32, 1, 9);
                    Known made = s.call("ctcLabelDenseToSparse", labels.ref(),
                            s.input(List.of(labels.size(0)), DType.INT32, 0, labels.size(1)).ref());
                    s.call("toDense", made.ref());
                }));
    }

    private static void dot(Sketch s) {
        Known x = s.floats(1, 4);
        int n = s.declared(x, x.rank() - 1);
        var sizes = new ArrayList<>(s.shape(1, 3).stream().map(i -> i < 0 ? s.number(1, 9) : i).toList());
        sizes.set(Math.max(0, sizes.size() - 2), n);
        Known y = s.any(
                k -> k.isFloating() && k.largest() < 10 && k.rank() > 0
                        && k.isSame(Math.max(0, k.rank() - 2), x, x.rank() - 1),
                () -> s.input(sizes, s.chance(0.8) ? x.dtype() : s.floating(), -1, 1));
        s.call("dot", x.ref(), y.ref());
    }

    private static void batchDot(Sketch s) {
        Known x = s.floats(2, 4);
        int i = s.number(1, x.rank() - 1);
        Known other = s.any(k -> k.isFloating() && k.largest() < 10 && k.rank() > 1 && k.isSame(0, x, 0)
                && IntStream.range(1, k.rank()).anyMatch(a -> k.isSame(a, x, i)), () -> {
                    var sizes = new ArrayList<>(List.of(s.declared(x, 0), s.declared(x, i)));
                    if (s.chance(0.7)) {
                        sizes.add(s.number(1, 2), s.size(35));
                    }
                    return s.input(sizes, x.dtype(), -1, 1);
                });
        int j = s.one(IntStream.range(1, other.rank()).filter(a -> other.isSame(a, x, i)).boxed().toList());
        s.call("batchDot", x.ref(), other.ref(), Ints.of(s.chance(0.2) ? i - x.rank() : i, j));
    }

    private static Known predictions(Sketch s) {
        Known x = s.any(
                k -> k.rank() == 3 && k.dtype() == DType.FLOAT32 && k.least(1) > 2 && k.size(2) > 2 && k.size(2) < 12
                        && k.size(1) < 20,
                () -> s.input(List.of(s.chance(0.5) ? K.NONE : s.number(1, 9), s.number(3, 12), s.number(3, 9)),
                        DType.FLOAT32, -2, 2));
        return s.call("softmax", s.tame(x).ref());
    }

    private static Known lengths(Sketch s, Known x, int most) {
        List<Integer> sizes = new ArrayList<>(Arrays.asList(s.declared(x, 0)));
        if (s.chance(0.5)) {
            sizes.add(1);
        }
        return s.input(sizes, DType.INT32, Math.max(1, most - 1), most);
    }

    private static void ctc(Sketch s) {
        Known x = predictions(s);
        int labels = s.number(1, Math.max(1, (x.least(1) - 1) / 2));
        Known truth = s.input(List.of(s.declared(x, 0), labels), DType.INT32, 0, x.least(2) - 2);
        s.call("ctcBatchCost", truth.ref(), x.ref(), lengths(s, x, x.least(1)).ref(), lengths(s, x, labels).ref());
    }
}
