package io.clarion.device;

import io.clarion.K;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Reductions, gathers, scatters and views of random numbers on every device. */
class ReduceTest {
    private static Tensor reduce(Op.Reduce.Kind kind, List<Integer> axes, Tensor x) {
        return Tensor.of(new Op.Reduce(kind, axes), x);
    }

    /** Ties abound; floats have NaN and infinities. */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void everyReductionOfRandomAxes(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (Op.Reduce.Kind kind : Op.Reduce.Kind.values()) {
                if (kind != Op.Reduce.Kind.PROD) {
                    for (int i = 0; i < 2; i++) {
                        Shape shape = kind.givesIndex() ? draw.filled(1, 5) : draw.shape(1, 5);
                        for (DType type : List.of(DType.FLOAT32, draw.number())) {
                            c.expect(kind + " of " + type.word(),
                                    reduce(kind, draw.some(shape.rank(), 1), c.input(draw.special(type, shape))),
                                    Tolerance.EXACT);
                        }
                    }
                }
                for (DType type : DType.values()) {
                    if (!type.isFloating() || kind != Op.Reduce.Kind.PROD) {
                        Shape shape = Shape.of(draw.number(1, 17), draw.size());
                        c.expect(kind + " of " + type.word(),
                                reduce(kind, draw.some(2, 1), c.input(draw.special(type, shape))), Tolerance.EXACT);
                    }
                }
            }
            c.check();
        });
    }

    /** So many that they are summed in parts; a mean far off would cancel in a difference of squares. */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void variancesOfManyNumbersFarFromZero(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int[] sizes : new int[][] {{8, 25, 100, 64}, {12, 64, 50, 31}, {1_000_003}}) {
                Tensor x = c.input(draw.array(DType.FLOAT32, 99, 101, Shape.of(sizes)));
                int[] axes = sizes.length == 1 ? new int[] {0}
                        : sizes[1] == 64 ? new int[] {0, 2, -1} : new int[] {0, 1, 2};
                c.expect("variance over " + Arrays.toString(axes) + " of " + x, K.var(x, axes),
                        new Tolerance(1024, null, false));
            }
            c.check();
        });
    }

    /** They deviate by little from a mean, whose rounding error the gradient corrects by the sum of the deviations. */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void gradientsOfDeviationsOfNumbersFarFromZero(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int[] sizes : new int[][] {{9, 5}, {37, 8}, {8, 5, 31}, {64, 40, 100}}) {
                Tensor x = c.input(draw.array(DType.FLOAT32, 0.999, 1.001, Shape.of(sizes)));
                for (int axis = 0; axis < sizes.length; axis++) {
                    Tensor gradient = K.gradients(K.std(x, axis, true), List.of(x)).get(0);
                    c.expect("gradient of deviations along " + axis + " of " + x, gradient,
                            new Tolerance(64, null, true));
                }
            }
            c.check();
        });
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void productsAndSumsOfRandomAxes(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 6; i++) {
                Shape shape = draw.shape(1, 5);
                List<Integer> axes = draw.some(shape.rank(), 1);
                int terms = Math.max(1, axes.stream().mapToInt(shape::size).reduce(1, (a, b) -> a * b));
                // Near 1, as far as so many factors can be without leaving the range of the type.
                DType type = draw.floating();
                double far = Math.min(0.5, (type == DType.FLOAT16 ? 8.0 : 60.0) / terms);
                Tensor x = c.input(draw.array(type, 1 - far, 1 + far, shape));
                c.expect("product over " + axes + " of " + x, reduce(Op.Reduce.Kind.PROD, axes, x),
                        Tolerance.product(terms));
                Tensor y = c.input(draw.array(type, -1, 1, shape));
                c.expect("sum over " + axes + " of " + y, y.sum(axes),
                        Tolerance.sum(terms, Comparison.magnitude(y).sum(axes)));
                Tensor n = c.input(draw.array(draw.one(List.of(DType.UINT8, DType.INT32, DType.INT64, DType.BOOL)),
                        -200, 200, shape));
                c.expect("sum over " + axes + " of " + n, n.sum(axes), Tolerance.EXACT);
            }
            // More terms than one work-item sums.
            for (int[] sizes : new int[][] {{70_001}, {4096, 5}, {9, 8192}}) {
                int longest = sizes.length == 1 || sizes[0] > sizes[1] ? 0 : 1;
                List<Integer> axes = List.of(longest);
                for (DType type : List.of(DType.FLOAT32, draw.number())) {
                    Tensor x = c.input(draw.array(type, -1, 1, Shape.of(sizes)));
                    c.expect("long sum of " + x, x.sum(axes),
                            Tolerance.sum(sizes[longest], Comparison.magnitude(x).sum(axes)));
                    for (Op.Reduce.Kind kind : List.of(Op.Reduce.Kind.MAX, Op.Reduce.Kind.MIN, Op.Reduce.Kind.ARGMAX,
                            Op.Reduce.Kind.ARGMIN)) {
                        c.expect("long " + kind + " of " + x, reduce(kind, axes, x), Tolerance.EXACT);
                    }
                }
            }
            c.check();
        });
    }

    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void gathersAndScatters(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 5; i++) {
                DType type = draw.type();
                int rows = draw.size();
                Shape row = draw.filled(0, 2);
                // Small, so that many updates meet at one row and a few fall outside.
                Shape places = Shape.of(draw
                        .one(List.of(new int[] {}, new int[] {7}, new int[] {65}, new int[] {3, 9}, new int[] {0})));
                if ((long) row.elements() * rows > 20_000 || (long) row.elements() * places.elements() > 20_000) {
                    row = Shape.of(9);
                }
                Tensor indices = c.input(draw.array(DType.INT32, -1, rows, places));
                Tensor x = c.input(draw.array(type, -4, 4, Shape.of(rows).then(row)));
                c.expect("gather of " + x.shape() + " by " + places, Tensor.of(new Op.Gather(), x, indices),
                        Tolerance.EXACT);
                Tensor updates = c.input(draw.array(type, -4, 4, places.then(row)));
                Tensor sum = Tensor.of(new Op.ScatterAdd(Dim.of(rows)), updates, indices);
                Tensor size = Tensor.of(new Op.ScatterAdd(Dim.of(rows)), Comparison.magnitude(updates), indices);
                c.expect("scatter of " + updates.shape() + " to " + rows, sum,
                        type.isFloating() ? Tolerance.sum(places.elements(), size) : Tolerance.EXACT);
                // An operand that is computed, and an index that is.
                c.expect("gather by computed indices", Tensor.of(new Op.Gather(), x.times(2), indices.plus(1)),
                        Tolerance.EXACT);
            }
            c.check();
        });
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void randomNumbersThroughViewsAndFunctions(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 5; i++) {
                Tensor x = Tensor.of(new Op.Random(seed + i, draw.filled(1, 4)));
                Tensor moved = draw.one(List.of(DrawMovement.values())).of(x, draw);
                c.expect("a view of random numbers " + moved, moved, Tolerance.EXACT);
                c.expect("a dropout mask", x.less(Tensor.literal(DType.FLOAT32, 0.3)), Tolerance.EXACT);
            }
            c.check();
        });
    }
}
