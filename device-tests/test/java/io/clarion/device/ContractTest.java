package io.clarion.device;

import io.clarion.BorderMode;
import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.check.RandomValues;
import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Sums of products on every device: by the tile kernels where they are large, by the plain one where they are small.
 */
class ContractTest {
    private static void expect(Comparison c, Draw draw, String what, Contraction contraction, DType type) {
        List<Tensor> in = contraction.operands().stream().map(axes -> c.input(draw.array(type, -2, 2,
                new Shape(axes.stream().map(contraction.extents()::get).toList())))).toList();
        expect(c, what, contraction, in);
    }

    private static void expect(Comparison c, String what, Contraction contraction, List<Tensor> in) {
        Tensor result = contraction.apply(in);
        double terms = contraction.extents().stream().mapToDouble(Dim::size).reduce(1, (a, b) -> a * b)
                / Math.max(1, result.shape().elements());
        c.expect(what + " " + contraction, result,
                in.get(0).dtype().isFloating() ? Tolerance.sum(Math.max(1, terms) + in.size(),
                        contraction.apply(in.stream().map(Comparison::magnitude).toList())) : Tolerance.EXACT);
    }

    private static List<Dim> dims(int... sizes) {
        return Arrays.stream(sizes).mapToObj(Dim::of).toList();
    }

    private static List<Integer> shuffled(Draw draw, List<Integer> axes) {
        return draw.permutation(axes.size()).stream().map(axes::get).toList();
    }

    private static Contraction dot(int m, int k, int n) {
        return new Contraction(dims(m, k, n), List.of(List.of(0, 1), List.of(1, 2)), List.of(0, 2), List.of());
    }

    /** A batched product whose four kinds of axes are one or two axes each, all in any order. */
    private static Contraction product(Draw draw, int batch, int m, int n, int k) {
        var extents = new ArrayList<Dim>();
        List<List<Integer>> groups = new ArrayList<>();
        for (int size : new int[] {batch, m, n, k}) {
            int first = extents.size();
            int factor = size % 7 == 0 && draw.chance(0.4) ? 7 : size % 2 == 0 && draw.chance(0.3) ? 2 : 1;
            extents.add(Dim.of(size / factor));
            if (factor > 1) {
                extents.add(Dim.of(factor));
            }
            groups.add(factor > 1 ? List.of(first, first + 1) : List.of(first));
        }
        boolean natural = draw.chance(0.5);
        List<List<Integer>> operands = new ArrayList<>();
        for (int[] kinds : new int[][] {{0, 1, 3}, {0, 3, 2}, {0, 1, 2}}) {
            List<Integer> axes = Arrays.stream(kinds).boxed().flatMap(g -> groups.get(g).stream()).toList();
            operands.add(natural ? axes : shuffled(draw, axes));
        }
        return new Contraction(extents, operands.subList(0, 2), operands.get(2), List.of());
    }

    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void productsOfMatrices(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 4; i++) {
                expect(c, draw, "small product",
                        product(draw, draw.number(1, 3), draw.number(1, 9), draw.number(1, 9), draw.number(1, 9)),
                        draw.type());
            }
            for (int i = 0; i < 6; i++) {
                int m = Math.max(7, draw.size());
                int n = Math.max(7, draw.size());
                int k = Math.max(7, draw.size());
                expect(c, draw, "product", product(draw, m * n * k < 200_000 ? draw.number(1, 3) : 1, m, n, k),
                        draw.floating());
            }
            expect(c, draw, "deep product", product(draw, 1, 13, 33, draw.one(List.of(257, 1025, 1100))),
                    draw.floating());
            expect(c, draw, "wide product", product(draw, 1, 9, draw.one(List.of(513, 640)), 31), draw.floating());
            for (DType type : List.of(DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)) {
                expect(c, draw, "very deep product", product(draw, 1, 7, 9, 9000), type);
            }
            for (DType type : List.of(DType.BOOL, DType.UINT8, DType.INT32, DType.INT64)) {
                expect(c, draw, "product without fractions", product(draw, 1, 63, 65, 31), type);
            }
            expect(c, draw, "product of nothing", product(draw, 1, 8, 0, 9), DType.FLOAT32);
            expect(c, draw, "sum of nothing", product(draw, 2, 8, 9, 0), DType.FLOAT32);
            c.check();
        });
    }

    /**
     * Convolution of one or two axes, channels last or first, with strides, dilations and paddings, and its gradients.
     */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void convolutions(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 5; i++) {
                int spatial = draw.number(1, 2);
                var extents = new ArrayList<>(
                        dims(draw.number(1, 3), draw.one(List.of(1, 3, 8, 16)), draw.one(List.of(1, 7, 8, 32))));
                var windows = new ArrayList<Contraction.Window>();
                var positions = new ArrayList<Integer>();
                var places = new ArrayList<Integer>();
                var taps = new ArrayList<Integer>();
                for (int s = 0; s < spatial; s++) {
                    int tap = draw.number(1, 3);
                    int stride = draw.number(1, 2);
                    int dilation = draw.number(1, 2);
                    int pad = draw.number(0, 2);
                    int size = draw.one(List.of(7, 8, 9, 13)) + 2;
                    int out = (size + 2 * pad - dilation * (tap - 1) - 1) / stride + 1;
                    int at = extents.size();
                    extents.addAll(dims(size, out, tap));
                    positions.add(at);
                    places.add(at + 1);
                    taps.add(at + 2);
                    windows.add(new Contraction.Window(at, at + 1, at + 2, stride, dilation, pad));
                }
                boolean last = draw.chance(0.6);
                List<Integer> x = around(0, positions, 1, last);
                List<Integer> y = around(0, places, 2, last);
                var w = new ArrayList<>(taps);
                w.addAll(List.of(1, 2));
                var conv = new Contraction(extents, List.of(x, w), y, windows);
                DType type = draw.number();
                expect(c, draw, "convolution", conv, type);
                expect(c, draw, "convolution's gradient by the input", conv.exchanged(0), type);
                expect(c, draw, "convolution's gradient by the weights", conv.exchanged(1), type);
            }
            c.check();
        });
    }

    /**
     * Images of several patches, of which the last has fewer rows: channels last and first, few channels and filters
     * and many, borders, strides and dilations, tiles that end with rows and that do not.
     */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void imagesOfSeveralPatches(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 3; i++) {
                boolean last = draw.chance(0.6);
                int tap = draw.one(List.of(2, 3, 5));
                int dilation = draw.number(1, 2);
                int stride = draw.chance(0.3) ? 2 : 1;
                int pad = draw.chance(0.6) ? dilation * (tap - 1) / 2 : 0;
                var extents = new ArrayList<>(
                        dims(draw.one(List.of(1, 5)), draw.one(List.of(1, 3, 16, 40)), draw.one(List.of(8, 32, 40))));
                var windows = new ArrayList<Contraction.Window>();
                for (int size : new int[] {draw.one(List.of(23, 41)), draw.one(List.of(13, 26, 28))}) {
                    int at = extents.size();
                    extents.addAll(dims(size, (size + 2 * pad - dilation * (tap - 1) - 1) / stride + 1, tap));
                    windows.add(new Contraction.Window(at, at + 1, at + 2, stride, dilation, pad));
                }
                var conv = new Contraction(extents, List.of(around(0, List.of(3, 6), 1, last), List.of(5, 8, 1, 2)),
                        around(0, List.of(4, 7), 2, last), windows);
                expect(c, draw, "convolution", conv, DType.FLOAT32);
                expect(c, draw, "convolution's gradient by the input", conv.exchanged(0), DType.FLOAT32);
                expect(c, draw, "convolution's gradient by the weights", conv.exchanged(1), draw.floating());
            }
            c.check();
        });
    }

    /**
     * Channels first: rows that vectors cross, borders inside a vector, few channels, few filters, and what follows.
     */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void imagesWithChannelsFirst(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int filters : List.of(3, draw.one(List.of(4, 7, 13, 33)))) {
                int channels = draw.one(List.of(3, 4, 9));
                int height = draw.one(List.of(5, 12));
                int width = draw.one(List.of(9, 16, 19, 26, 33));
                int tap = draw.one(List.of(1, 3, 5));
                int pad = draw.chance(0.7) ? tap / 2 : 0;
                int gone = tap - 1 - 2 * pad;
                var conv = new Contraction(
                        dims(2, channels, filters, height, height - gone, tap, width, width - gone, tap),
                        List.of(List.of(0, 1, 3, 6), List.of(2, 1, 5, 8)), List.of(0, 2, 4, 7),
                        List.of(new Contraction.Window(3, 4, 5, 1, 1, pad),
                                new Contraction.Window(6, 7, 8, 1, 1, pad)));
                DType type = draw.floating();
                expect(c, draw, "convolution", conv, type);
                expect(c, draw, "convolution's gradient by the input", conv.exchanged(0), type);
                expect(c, draw, "convolution's gradient by the weights", conv.exchanged(1), type);
                Tensor x = c.input(draw.array(DType.FLOAT32, -1, 1,
                        new Shape(conv.operands().get(0).stream().map(conv.extents()::get).toList())));
                Tensor w = c.input(draw.array(DType.FLOAT32, -1, 1,
                        new Shape(conv.operands().get(1).stream().map(conv.extents()::get).toList())));
                Tensor bias = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(filters, 1, 1)));
                Tensor y = conv.apply(List.of(Tensor.map(io.clarion.graph.ScalarFn.RELU, x.plus(0.25)), w));
                c.expect("its bias and activation",
                        Tensor.map(io.clarion.graph.ScalarFn.TANH, y.plus(bias.reshape(Shape.of(1, filters, 1, 1))
                                .broadcast(y.shape()))),
                        Tolerance.composed(2, channels * tap * tap));
            }
            c.check();
        });
    }

    /** Vectors of channels or of pixels, whole and not, whose windows several results share. */
    @Example
    void channelsConvolvedByThemselves() {
        var draw = new Draw(21);
        var c = new Comparison();
        for (DimOrdering ordering : DimOrdering.values()) {
            for (int channels : new int[] {5, 40, 64}) {
                boolean last = ordering == DimOrdering.TF;
                Tensor x = c.input(draw.array(DType.FLOAT32, -1, 1,
                        last ? Shape.of(3, 17, 32, channels) : Shape.of(3, channels, 17, 32)));
                Tensor w = c.input(draw.array(DType.FLOAT32, -1, 1,
                        last ? Shape.of(3, 3, channels, 1) : Shape.of(1, channels, 3, 3)));
                Tensor y = K.depthwiseConv2d(x, w, new int[] {1, 1}, BorderMode.SAME, ordering);
                Tensor weights = c.input(draw.array(DType.FLOAT32, -1, 1, y.shape()));
                List<Tensor> gradients = K.gradients(K.sum(y.times(weights)), List.of(x, w));
                String of = " of " + channels + " channels, " + ordering;
                c.expect("result" + of, y, Tolerance.composed(2, 9));
                c.expect("gradient by the input" + of, gradients.get(0), Tolerance.composed(2, 9));
                c.expect("gradient by the weights" + of, gradients.get(1), Tolerance.composed(2, 3 * 17 * 32));
            }
        }
        c.check();
    }

    private static List<Integer> around(int batch, List<Integer> spatial, int channels, boolean last) {
        var axes = new ArrayList<>(spatial);
        axes.add(last ? axes.size() : 0, channels);
        axes.add(0, batch);
        return axes;
    }

    /** One to three operands, axes in any of them, windows that tie any three axes. */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void contractionsOfAnyKind(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            var samples = new RandomValues(seed);
            for (int i = 0; i < 16; i++) {
                expect(c, draw, "contraction", samples.contraction(), draw.type());
            }
            c.check();
        });
    }

    /**
     * Matrices in a larger one, transposed, every second row of them, upside down; of blocks and parts of k that leave
     * a rest, or of a tile's rows alone.
     */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void productsOfPartsOfMatrices(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 5; i++) {
                int m = draw.one(List.of(12, 13, 24, 29, 97, 400));
                int n = draw.one(List.of(5, 16, 33, 300));
                int k = draw.one(List.of(8, 63, 100, 2101));
                int step = draw.number(1, 2);
                int row = draw.number(0, 3);
                int column = draw.number(0, 2);
                boolean isTransposed = draw.chance(0.4);
                Tensor whole = c.input(draw.array(DType.FLOAT32, -1, 1,
                        isTransposed ? Shape.of(k + 4, m * step + 5) : Shape.of(m * step + 5, k + 4)));
                Tensor rows = isTransposed ? whole.permute(List.of(1, 0)) : whole;
                Tensor a = rows.view(new Movement.Slice(List.of(row, column), List.of(step, 1), Shape.of(m, k)));
                if (draw.chance(0.2)) {
                    a = a.view(new Movement.Reverse(List.of(draw.number(0, 1))));
                }
                Tensor b = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(k, n)));
                expect(c, "part of a matrix from " + row + ", " + column + (isTransposed ? ", transposed" : ""),
                        dot(m, k, n), List.of(a, b));
            }
            c.check();
        });
    }

    /** What comes before and after a product rides in its kernel. */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void productsOfComputedOperandsWithWhatFollows(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 5; i++) {
                int m = draw.one(List.of(5, 31, 65));
                int n = draw.one(List.of(7, 64, 130));
                int k = draw.one(List.of(8, 63, 100));
                Tensor a = c
                        .input(draw.array(DType.FLOAT32, -1, 1, draw.chance(0.5) ? Shape.of(m, k) : Shape.of(1, k)));
                Tensor b = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(n, k)));
                Tensor bias = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(n)));
                Tensor left = Tensor.map(io.clarion.graph.ScalarFn.RELU, a.broadcast(Shape.of(m, k)).plus(0.25));
                Tensor y = dot(m, k, n).apply(List.of(left, b.permute(List.of(1, 0)))).plus(bias);
                c.expect("product with bias " + m + " " + k + " " + n, y, Tolerance.composed(1, k));
                c.expect("its activation", y.apply(io.clarion.graph.ScalarFn.TANH), Tolerance.composed(2, k));
                c.expect("its transpose", y.permute(List.of(1, 0)).times(2), Tolerance.composed(1, k));
                c.expect("its sums", y.sum(List.of(0)), Tolerance.composed(1, k + m));
                c.expect("its maxima",
                        Tensor.of(new io.clarion.graph.Op.Reduce(io.clarion.graph.Op.Reduce.Kind.MAX, List.of(1)), y),
                        Tolerance.composed(1, k));
            }
            c.check();
        });
    }
}
