package io.clarion.check;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Plain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Convolutions and pooling with all options. */
final class ConvolutionRows {
    private ConvolutionRows() {}

    static List<Row> all() {
        return List.of(
                new Row("conv1d", 1.5, s -> {
                    var c = new Options(s, 1, false);
                    s.call("conv1d", c.x.ref(), c.kernel(c.filters).ref(), new Plain(c.strides.get(0)),
                            new Plain(c.mode));
                }),
                new Row("conv2d", 3, s -> {
                    var c = new Options(s, 2, true);
                    s.call("conv2d", c.x.ref(), c.kernel(c.filters).ref(), new Ints(c.strides), new Plain(c.mode),
                            new Plain(c.ordering), Argument.NONE, Argument.NONE, new Ints(c.dilation));
                }),
                Row.of("atrousConv2d", s -> {
                    var c = new Options(s, 2, false);
                    s.call("atrousConv2d", c.x.ref(), c.kernel(c.filters).ref(), new Plain(s.number(1, 2)),
                            new Plain(c.mode), new Plain(c.ordering));
                }),
                Row.of("conv3d", s -> {
                    var c = new Options(s, 3, false);
                    s.call("conv3d", c.x.ref(), c.kernel(c.filters).ref(), new Ints(c.strides), new Plain(c.mode),
                            new Plain(c.ordering));
                }),
                Row.of("deconv2d", s -> transposed(s, "deconv2d")),
                Row.of("conv2dTranspose", s -> transposed(s, "conv2dTranspose")),
                Row.of("depthwiseConv2d", s -> {
                    var c = new Options(s, 2, true);
                    s.call("depthwiseConv2d", c.x.ref(), c.kernel(s.number(1, 3)).ref(), new Ints(c.strides),
                            new Plain(c.mode), new Plain(c.ordering), new Ints(c.dilation));
                }),
                Row.of("separableConv1d", s -> {
                    var c = new Options(s, 1, false);
                    int each = s.number(1, 2);
                    s.call("separableConv1d", c.x.ref(), c.kernel(each).ref(),
                            c.kernel(List.of(1), c.channels * each, c.filters).ref(), new Plain(c.strides.get(0)),
                            new Plain(c.mode));
                }),
                Row.of("separableConv2d", s -> {
                    var c = new Options(s, 2, false);
                    int each = s.number(1, 2);
                    s.call("separableConv2d", c.x.ref(), c.kernel(each).ref(),
                            c.kernel(List.of(1, 1), c.channels * each, c.filters).ref(), new Ints(c.strides),
                            new Plain(c.mode), new Plain(c.ordering));
                }),
                Row.of("localConv1d", s -> {
                    var c = new Options(s, 1, false);
                    int places = places(c.size(0), c.taps.get(0), c.strides.get(0));
                    s.call("localConv1d", c.x.ref(),
                            s.input(List.of(places, c.taps.get(0) * c.channels, c.filters), c.x.dtype(), -1, 1).ref(),
                            new Ints(c.taps), new Ints(c.strides));
                }),
                Row.of("localConv2d", s -> {
                    var c = new Options(s, 2, false);
                    int places = IntStream.range(0, 2).map(i -> places(c.size(i), c.taps.get(i), c.strides.get(i)))
                            .reduce(1, (a, b) -> a * b);
                    s.call("localConv2d", c.x.ref(),
                            s.input(List.of(places, c.taps.get(0) * c.taps.get(1) * c.channels, c.filters), c.x.dtype(),
                                    -1, 1).ref(),
                            new Ints(c.taps), new Ints(c.strides), Argument.NONE, new Plain(c.ordering));
                }),
                new Row("pool1d", 1, s -> pool(s, "pool1d", 1)),
                new Row("pool2d", 2, s -> pool(s, "pool2d", 2)),
                new Row("pool3d", 1, s -> pool(s, "pool3d", 3)));
    }

    private static int places(int size, int taps, int stride) {
        if (size < taps) {
            throw new Sketch.Unfit("no place");
        }
        return (size - taps) / stride + 1;
    }

    private static void pool(Sketch s, String name, int n) {
        var c = new Options(s, n, false);
        Argument size = n == 1 ? new Plain(c.taps.get(0)) : new Ints(c.taps);
        Argument strides = n == 1 ? new Plain(c.strides.get(0)) : new Ints(c.strides);
        var given = new ArrayList<>(List.of(c.x.ref(), size, strides, new Plain(c.mode)));
        if (n > 1) {
            given.add(new Plain(c.ordering));
        }
        given.add(new Plain(s.one(PoolMode.values())));
        s.call(name, given.toArray(Argument[]::new));
    }

    /** Images as a convolution would make them of some of a chosen size. */
    private static void transposed(Sketch s, String name) {
        DimOrdering ordering = s.one(DimOrdering.values());
        BorderMode mode = s.one(BorderMode.values());
        int batch = s.chance(0.5) ? K.NONE : s.number(1, 5);
        int channels = s.size(20);
        int filters = s.size(12);
        List<Integer> taps = Stream.generate(() -> s.number(1, 3)).limit(2).toList();
        List<Integer> strides = Stream.generate(() -> s.number(1, 2)).limit(2).toList();
        List<Integer> to = Stream.generate(() -> s.number(3, 12)).limit(2).toList();
        List<Integer> from = IntStream.range(0, 2)
                .mapToObj(i -> mode == BorderMode.SAME ? (to.get(i) + strides.get(i) - 1) / strides.get(i)
                        : places(to.get(i), taps.get(i), strides.get(i)))
                .toList();
        boolean tf = ordering == DimOrdering.TF;
        Known x = s.input(tf ? List.of(batch, from.get(0), from.get(1), channels)
                : List.of(batch, channels, from.get(0), from.get(1)), s.floating(), -1, 1);
        boolean exchanged = name.equals("conv2dTranspose");
        List<Integer> ends = exchanged ? List.of(filters, channels) : List.of(channels, filters);
        Known kernel = s.input(
                tf ? List.of(taps.get(0), taps.get(1), ends.get(0), ends.get(1))
                        : List.of(ends.get(1), ends.get(0), taps.get(0), taps.get(1)),
                x.dtype(), -1, 1);
        s.call(name, x.ref(), kernel.ref(),
                new Ints(tf ? List.of(batch, to.get(0), to.get(1), filters)
                        : List.of(batch, filters, to.get(0), to.get(1))),
                new Ints(strides), new Plain(mode), new Plain(ordering));
    }

    /** Images, and how windows go over them. */
    private static final class Options {
        private final Sketch s;
        private final DimOrdering ordering;
        private final Known x;
        private final int channels;
        private final int filters;
        private final List<Integer> taps;
        private final List<Integer> strides;
        private final List<Integer> dilation;
        private final BorderMode mode;

        Options(Sketch s, int n, boolean dilates) {
            this.s = s;
            this.ordering = n == 1 ? DimOrdering.TF : s.one(DimOrdering.values());
            Known there = s.chance(0.5) ? s.ofRank(n + 2) : null;
            boolean fits = there != null && there.isFixedFrom(1) && there.elements() <= Sketch.MOST_ELEMENTS / 3;
            this.x = fits ? there : s.input(images(n), s.floating(), -2, 2);
            this.channels = x.size(ordering == DimOrdering.TF ? n + 1 : 1);
            this.filters = s.size(36);
            this.mode = s.one(BorderMode.values());
            this.taps = IntStream.range(0, n).mapToObj(i -> s.number(1, Math.min(4, Math.max(1, size(i))))).toList();
            boolean dilated = dilates && s.chance(0.3);
            this.strides = dilated ? Collections.nCopies(n, 1)
                    : Stream.generate(() -> s.number(1, 3)).limit(n).toList();
            this.dilation = dilated ? Stream.generate(() -> s.number(1, 2)).limit(n).toList()
                    : Collections.nCopies(n, 1);
        }

        private List<Integer> images(int n) {
            var sizes = new ArrayList<>(
                    Stream.generate(() -> s.number(2, n == 1 ? 36 : n == 2 ? 13 : 5)).limit(n).toList());
            sizes.add(ordering == DimOrdering.TF ? n : 0, s.size(18));
            sizes.add(0, s.chance(0.6) ? K.NONE : s.number(1, 4));
            return sizes;
        }

        /** Returns the size of a spatial axis. */
        int size(int axis) {
            return x.size(axis + (ordering == DimOrdering.TF ? 1 : 2));
        }

        Known kernel(int filtersOf) {
            return kernel(taps, channels, filtersOf);
        }

        Known kernel(List<Integer> of, int in, int out) {
            var sizes = new ArrayList<>(of);
            sizes.addAll(ordering == DimOrdering.TF ? of.size() : 0,
                    ordering == DimOrdering.TF ? List.of(in, out) : List.of(out, in));
            return s.input(sizes, x.dtype(), -1, 1);
        }
    }
}
