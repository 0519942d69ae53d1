package io.clarion.check;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Places;
import io.clarion.check.Argument.Plain;
import io.clarion.graph.Index;
import io.clarion.graph.Op;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Elements in other places. */
final class ShapeRows {
    private ShapeRows() {}

    static List<Row> all() {
        return List.of(
                new Row("concatenate", 2, s -> {
                    Known x = s.anything(1, 4);
                    int axis = s.axis(x);
                    int at = axis < 0 ? axis + x.rank() : axis;
                    var parts = new ArrayList<>(List.of(x));
                    for (int i = s.number(0, 2); i > 0; i--) {
                        parts.add(s.any(k -> fitsBut(k, x, at), () -> {
                            var sizes = new ArrayList<>(s.declared(x));
                            sizes.set(at, at == 0 && sizes.get(0) == K.NONE && s.chance(0.5) ? K.NONE : s.size(20));
                            return s.input(sizes, x.dtype(), -2, 2);
                        }));
                    }
                    s.call("concatenate", Sketch.refs(parts), new Plain(axis));
                }),
                Row.of("stack", s -> {
                    Known x = s.anything(0, 3);
                    s.call("stack", Sketch.refs(x, s.like(x, x.dtype(), -2, 2)), new Plain(s.number(0, x.rank())));
                }),
                new Row("reshape", 2, ShapeRows::reshape),
                new Row("permuteDimensions", 2, s -> {
                    Known x = s.anything(2, 5);
                    s.call("permuteDimensions", x.ref(), new Ints(s.permutation(x.rank())));
                }),
                Row.of("transpose", s -> s.call("transpose", s.anything(1, 4).ref())),
                Row.of("repeatElements", s -> {
                    Known x = s.anything(1, 4);
                    s.call("repeatElements", x.ref(), new Plain(s.number(1, 3)), new Plain(s.axis(x)));
                }),
                Row.of("repeat", s -> s.call("repeat", s.anything(2, 2).ref(), new Plain(s.number(1, 4)))),
                Row.of("tile", s -> {
                    Known x = s.anything(1, 4);
                    s.call("tile", x.ref(),
                            new Ints(IntStream.range(0, x.rank()).mapToObj(a -> s.number(1, 3)).toList()));
                }),
                Row.of("flatten", s -> s.call("flatten", s.anything(0, 4).ref())),
                Row.of("batchFlatten", s -> s.call("batchFlatten", s.anything(1, 4).ref())),
                Row.of("expandDims", s -> {
                    Known x = s.anything(0, 4);
                    s.call("expandDims", x.ref(), new Plain(s.number(-x.rank() - 1, x.rank())));
                }),
                Row.of("squeeze", s -> {
                    Known x = s.any(k -> k.fixedAxes().stream().anyMatch(a -> k.size(a) == 1), () -> {
                        Known y = s.anything(0, 3);
                        return s.call("expandDims", y.ref(), new Plain(s.number(0, y.rank())));
                    });
                    s.call("squeeze", x.ref(),
                            new Plain(s.one(x.fixedAxes().stream().filter(a -> x.size(a) == 1).toList())));
                }),
                Row.of("reverse", s -> {
                    Known x = s.anything(1, 4);
                    s.call("reverse", x.ref(), s.axes(x.rank(), 1));
                }),
                new Row("slice", 2, s -> {
                    Known x = s.anything(1, 4);
                    int[] start = new int[x.rank()];
                    int[] size = new int[x.rank()];
                    for (int a = 0; a < x.rank(); a++) {
                        start[a] = s.chance(0.4) ? 0 : s.number(0, Math.max(0, x.least(a) - 1));
                        size[a] = s.chance(0.4) ? -1
                                : s.number(Math.min(1, x.least(a)), Math.max(0, x.least(a) - start[a]));
                    }
                    s.call("slice", x.ref(), Ints.of(start), Ints.of(size));
                }),
                new Row("slice", 2, s -> {
                    Known x = s.anything(1, 4);
                    s.call("slice", x.ref(), places(s, x));
                }),
                Row.of("temporalPadding", s -> s.call("temporalPadding", s.ofRank(3).ref(), new Plain(s.number(0, 3)))),
                Row.of("asymmetricTemporalPadding",
                        s -> s.call("asymmetricTemporalPadding", s.ofRank(3).ref(), new Plain(s.number(0, 3)),
                                new Plain(s.number(0, 2)))),
                Row.of("spatial2dPadding",
                        s -> s.call("spatial2dPadding", s.ofRank(4).ref(), numbers(s, 2, 0, 2), ordering(s))),
                Row.of("asymmetricSpatial2dPadding",
                        s -> s.call("asymmetricSpatial2dPadding", s.ofRank(4).ref(), new Plain(s.number(0, 2)),
                                new Plain(s.number(0, 2)), new Plain(s.number(0, 2)), new Plain(s.number(0, 2)),
                                ordering(s))),
                Row.of("spatial3dPadding",
                        s -> s.call("spatial3dPadding", s.ofRank(5).ref(), numbers(s, 3, 0, 2), ordering(s))),
                Row.of("resizeImages",
                        s -> s.call("resizeImages", s.ofRank(4).ref(), new Plain(s.number(1, 3)),
                                new Plain(s.number(1, 3)), ordering(s))),
                Row.of("resizeVolumes",
                        s -> s.call("resizeVolumes", s.ofRank(5).ref(), new Plain(s.number(1, 2)),
                                new Plain(s.number(1, 2)),
                                new Plain(s.number(1, 3)), ordering(s))),
                Row.of("oneHot", s -> {
                    int classes = s.size(36);
                    s.call("oneHot", s.any(k -> k.dtype().isInteger() && k.rank() < 4,
                            () -> s.input(s.shape(0, 3), s.integer(), 0, classes)).ref(), new Plain(classes));
                }),
                new Row("gather", 2, s -> {
                    Known x = s.anything(1, 4);
                    int rows = x.least(0);
                    if (rows == 0) {
                        throw new Sketch.Unfit("no rows");
                    }
                    Known indices = s.any(
                            k -> k.dtype() == DType.INT32 && k.low() >= 0 && k.high() < rows
                                    && k.tensor().shape().isKnown() && k.rank() < 3
                                    && k.tensor().op() instanceof Op.Constant,
                            () -> s.input(s.shape(0, 2), s.one(DType.INT32, DType.INT32, DType.UINT8, DType.INT64), 0,
                                    rows - 1));
                    s.call("gather", x.ref(), indices.ref());
                }));
    }

    private static boolean fitsBut(Known k, Known x, int axis) {
        return k.rank() == x.rank() && IntStream.range(0, x.rank()).allMatch(a -> a == axis || k.isSame(a, x, a))
                && k.elements() < Sketch.MOST_ELEMENTS / 4;
    }

    /**
     * Returns NumPy's kinds of indices for the axes of x, the last of which may be left to {@link Index#REST}, and new
     * axes.
     */
    private static Places places(Sketch s, Known x) {
        int rest = s.chance(0.2) ? s.number(0, x.rank()) : -1;
        int left = rest < 0 ? 0 : s.number(0, x.rank() - rest);
        var places = new ArrayList<Index>();
        for (int a = 0; a <= x.rank(); a++) {
            if (s.chance(0.1)) {
                places.add(Index.NEW);
            }
            if (a == rest) {
                places.add(Index.REST);
                a += left;
            }
            if (a < x.rank()) {
                places.add(place(s, x.least(a)));
            }
        }
        return new Places(places);
    }

    /** Returns an index of an axis that has {@code size} places at least. */
    private static Index place(Sketch s, int size) {
        if (size > 0 && s.chance(0.25)) {
            return Index.at(s.number(-size, size - 1));
        }
        Integer start = s.chance(0.5) ? null : (Integer) s.number(-size - 1, size + 1);
        Integer stop = s.chance(0.5) ? null : (Integer) s.number(-size - 1, size + 1);
        return new Index.Span(start, stop, s.chance(0.5) ? 1 : s.one(2, 3, -1, -1, -2));
    }

    static Ints numbers(Sketch s, int count, int low, int high) {
        return new Ints(IntStream.range(0, count).mapToObj(i -> s.number(low, high)).toList());
    }

    static Argument ordering(Sketch s) {
        return new Plain(s.one(DimOrdering.values()));
    }

    private static void reshape(Sketch s) {
        Known x = s.anything(1, 5);
        if (x.fixedAxes().size() < x.rank() - 1) {
            throw new Sketch.Unfit("two unknown sizes");
        }
        int known = x.fixedAxes().stream().map(x::size).reduce(1, (a, b) -> a * b);
        var sizes = new ArrayList<Integer>();
        for (int left = known, rank = s.number(1, 4); rank > 0 && left > 0; rank--) {
            int now = left;
            int d = rank == 1 ? left : s.one(IntStream.rangeClosed(1, left).filter(i -> now % i == 0).boxed().toList());
            sizes.add(d);
            left /= d;
        }
        if (x.tensor().shape().isKnown()) {
            if (s.chance(0.3) && known > 0) {
                sizes.set(s.number(0, sizes.size() - 1), -1);
            }
        } else {
            sizes.add(s.chance(0.7) ? 0 : s.number(0, sizes.size()), -1);
        }
        s.call("reshape", x.ref(), new Ints(Arrays.asList(sizes.toArray(Integer[]::new))));
    }
}
