package io.clarion.device;

import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Views and concatenations on every device: every element is exactly the one it was. */
class MovementTest {
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void everyMovementOfRandomShapes(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (DrawMovement movement : DrawMovement.values()) {
                for (DType type : List.of(DType.FLOAT32, draw.type(), draw.type(), draw.type())) {
                    Tensor x = c.input(draw.whole(type, draw.shape(0, 5)));
                    c.expect(movement + " of " + x, movement.of(x, draw), Tolerance.EXACT);
                }
            }
            c.check();
        });
    }

    @Property(tries = 3, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void chainsOfMovements(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 16; i++) {
                var names = new ArrayList<String>();
                Tensor y = c.input(draw.whole(draw.type(), draw.filled(1, 4)));
                for (int step = draw.number(2, 3); step > 0; step--) {
                    y = draw.one(List.of(DrawMovement.values())).of(y, draw);
                    names.add(y.toString());
                    if (y.dtype() == DType.FLOAT32 && draw.chance(0.2)) {
                        // Between two views, something to compute.
                        y = y.times(2).plus(1);
                    }
                }
                c.expect(String.join(" of ", names.reversed()), y, Tolerance.EXACT);
            }
            c.check();
        });
    }

    /**
     * Axes long enough for vectors both where they are read and where they are written, part of them left out, computed
     * with before or after.
     */
    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void axesInAnotherOrder(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 8; i++) {
                int rank = draw.number(2, 4);
                int[] sizes = IntStream.range(0, rank)
                        .map(a -> draw.one(a < 2 ? List.of(1, 4, 16, 33, 40) : List.of(3, 8, 17, 30))).toArray();
                Tensor x = c.input(draw.whole(DType.FLOAT32, Shape.of(sizes)));
                if (draw.chance(0.3)) {
                    int axis = draw.number(0, rank - 1);
                    x = x.slice(axis, sizes[axis] / 4, Dim.of(sizes[axis] - sizes[axis] / 4));
                }
                Tensor y = draw.chance(0.3) ? x.times(2).plus(1) : x;
                List<Integer> order = draw.permutation(rank);
                Tensor turned = y.permute(order);
                c.expect(order + " of " + x,
                        draw.chance(0.3) ? turned.reshape(Shape.of(turned.shape().elements())).times(3) : turned,
                        Tolerance.EXACT);
            }
            c.check();
        });
    }

    /**
     * Rows that are longer than a vector and no multiple of one, so that some vectors lie in one row and some in two.
     */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void rowsThatVectorsCross(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (DType type : DType.values()) {
                int rows = draw.number(4, 9);
                int length = draw.one(List.of(9, 17, 19, 35));
                Tensor x = c.input(draw.whole(type, Shape.of(rows, length)));
                Tensor column = c.input(draw.whole(type, Shape.of(rows, 1)));
                c.expect("a column broadcast", column.broadcast(Shape.of(rows, length)), Tolerance.EXACT);
                c.expect("part of each row", x.slice(1, 1, Dim.of(length - 1)), Tolerance.EXACT);
                c.expect("rows with borders",
                        x.view(new Movement.Pad(List.of(0, 2), List.of(1, 1), Shape.of(rows, length + 3), 1)),
                        Tolerance.EXACT);
                c.expect("rows with borders, computed with",
                        x.view(new Movement.Pad(List.of(1, 1), List.of(1, 1), Shape.of(rows + 2, length + 2), 0))
                                .slice(1, 0, Dim.of(length)),
                        Tolerance.EXACT);
                c.expect("rows backwards", x.view(new Movement.Reverse(List.of(1))), Tolerance.EXACT);
                c.expect("columns", x.permute(List.of(1, 0)), Tolerance.EXACT);
                c.expect("rows one after another", Tensor.of(new Op.Concat(1), x, column, x), Tolerance.EXACT);
                c.expect("borders in the middle",
                        Tensor.of(new Op.Concat(1), x, x).view(new Movement.Pad(List.of(0, 3), List.of(1, 1),
                                Shape.of(rows, 2 * length + 5), 1)).reshape(Shape.of(rows * (2 * length + 5))),
                        Tolerance.EXACT);
                Tensor indices = c.input(draw.array(DType.INT32, 0, rows - 1, Shape.of(11)));
                c.expect("rows by index", Tensor.of(new Op.Gather(), x, indices), Tolerance.EXACT);
                c.expect("a window of each row", x.view(new Movement.Windows(1, 3, 1, 1)), Tolerance.EXACT);
            }
            c.check();
        });
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void concatenationsOfDifferentTensors(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 12; i++) {
                Shape shape = draw.filled(1, 4);
                int axis = draw.number(0, shape.rank() - 1);
                DType type = draw.type();
                var parts = new ArrayList<Tensor>();
                for (int k = draw.number(1, 4); k > 0; k--) {
                    parts.add(c.input(draw.whole(type, shape.with(axis, Dim.of(draw.one(List.of(0, 1, 3, 8, 31)))))));
                }
                c.expect("concatenation along " + axis + " of " + parts, Tensor.of(new Op.Concat(axis), parts),
                        Tolerance.EXACT);
            }
            c.check();
        });
    }

    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void countsAreWholeNumbersInOrder(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int n : new int[] {0, 1, 7, 65, 1000}) {
                Tensor iota = Tensor.of(new Op.Iota(Dim.of(n)));
                c.expect("iota of " + n, iota, Tolerance.EXACT);
                c.expect("iota of " + n + " along two axes",
                        iota.expand(List.of(1)).plus(iota.times(3)).slice(0, 0, Dim.of(Math.min(n, 9))),
                        Tolerance.EXACT);
                c.expect("a filled tensor", Tensor.literal(DType.FLOAT32, 0.1).broadcast(Shape.of(n, 3)),
                        Tolerance.EXACT);
            }
            c.check();
        });
    }
}
