package io.clarion.device;

import io.clarion.grad.Gradients;
import io.clarion.graph.Contraction;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Gradients of random compositions on every device. They are smooth: nothing jumps where rounding differs. */
class GradientTest {
    private static final List<
            ScalarFn> SMOOTH = List.of(ScalarFn.SIN, ScalarFn.COS, ScalarFn.TANH, ScalarFn.SIGMOID, ScalarFn.SOFTPLUS);
    private static final List<DrawMovement> MOVES = List.of(DrawMovement.RESHAPE, DrawMovement.PERMUTE,
            DrawMovement.SLICE, DrawMovement.PAD,
            DrawMovement.REVERSE, DrawMovement.WINDOWS, DrawMovement.CONCAT);

    @Property(tries = 2, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void gradientsOfRandomCompositions(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (int i = 0; i < 3; i++) {
                var parameters = new ArrayList<Tensor>();
                Tensor y = parameter(c, draw, Shape.of(draw.one(List.of(7, 9, 31)), draw.one(List.of(8, 31, 65))),
                        parameters);
                for (int step = 0; step < 4; step++) {
                    y = next(c, draw, y, parameters);
                }
                Tensor loss = y.times(c.input(draw.array(DType.FLOAT32, -1, 1, y.shape())));
                c.expect("the loss's terms", loss, Tolerance.composed(8, 130));
                List<Tensor> gradients = Gradients.of(loss, parameters);
                for (int p = 0; p < parameters.size(); p++) {
                    c.expect("gradient by parameter " + p + " of " + parameters.get(p).shape(), gradients.get(p),
                            Tolerance.composed(16, 130));
                }
            }
            c.check();
        });
    }

    private static Tensor parameter(Comparison c, Draw draw, Shape shape, List<Tensor> parameters) {
        Tensor p = c.input(draw.array(DType.FLOAT32, -1, 1, shape));
        parameters.add(p);
        return p;
    }

    private static Tensor next(Comparison c, Draw draw, Tensor y, List<Tensor> parameters) {
        int last = y.shape().rank() == 0 ? 1 : y.shape().size(y.rank() - 1);
        return switch (draw.number(0, 5)) {
            case 0 -> y.apply(draw.one(SMOOTH));
            case 1 -> y.times(parameter(c, draw, y.rank() == 0 ? Shape.SCALAR : Shape.of(last), parameters))
                    .apply(ScalarFn.TANH);
            case 2 -> draw.one(MOVES).of(y, draw);
            case 3 -> {
                int columns = draw.one(List.of(7, 16, 33));
                int rows = y.shape().elements() / Math.max(1, last);
                Tensor w = parameter(c, draw, Shape.of(last, columns), parameters);
                var dot = new Contraction(List.of(Dim.of(rows), Dim.of(last), Dim.of(columns)),
                        List.of(List.of(0, 1), List.of(1, 2)),
                        List.of(0, 2), List.of());
                yield dot.apply(List.of(y.reshape(Shape.of(rows, last)), w)).times(1 / Math.sqrt(Math.max(1, last)))
                        .apply(ScalarFn.TANH);
            }
            case 4 -> {
                if (y.rank() == 0 || y.shape().elements() == 0) {
                    yield y.apply(ScalarFn.SIN);
                }
                // softmax of the last axis
                List<Integer> axis = List.of(y.rank() - 1);
                Tensor e = y.minus(
                        Tensor.of(new Op.Stop(), Tensor.of(new Op.Reduce(Op.Reduce.Kind.MAX, axis), y)).expand(axis))
                        .apply(ScalarFn.EXP);
                yield e.div(e.sum(axis).expand(axis)).times(2);
            }
            default -> {
                Tensor indices = c.input(draw.array(DType.INT32, 0,
                        Math.max(0, y.rank() == 0 ? 0 : y.shape().size(0) - 1), Shape.of(9)));
                yield y.rank() == 0 || y.shape().size(0) == 0 || y.shape().elements() / y.shape().size(0) * 9 > 20_000
                        ? y.plus(1)
                        : Tensor.of(new Op.Gather(), y, indices);
            }
        };
    }

    /** Of maxima and products, on exact values: ties share, zeros count. */
    @Property(tries = 1, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void gradientsOfReductionsWithTies(@ForAll long seed) {
        Draw.repeat(seed, draw -> {
            var c = new Comparison();
            for (Op.Reduce.Kind kind : List.of(Op.Reduce.Kind.MAX, Op.Reduce.Kind.MIN, Op.Reduce.Kind.FIRST_MAX,
                    Op.Reduce.Kind.PROD)) {
                Shape shape = Shape.of(draw.number(1, 9), draw.number(1, 9), draw.number(1, 4));
                Tensor x = c.input(draw.whole(DType.FLOAT32, shape));
                List<Integer> axes = kind == Op.Reduce.Kind.PROD ? List.of(draw.number(0, 2)) : draw.some(3, 1);
                Tensor y = Tensor.of(new Op.Reduce(kind, axes), x);
                c.expect("gradient of " + kind, Gradients.of(y, List.of(x)).get(0), Tolerance.product(9));
            }
            for (ScalarFn fn : ScalarFn.values()) {
                if (fn.isDifferentiable() && fn.rule() != ScalarFn.Rule.CHOICE) {
                    Tensor[] x = new Tensor[fn.arity()];
                    for (int i = 0; i < x.length; i++) {
                        x[i] = c.input(draw.array(DType.FLOAT32, fn.low(), fn.high(), Shape.of(130)));
                    }
                    List<Tensor> gradients = Gradients.of(Tensor.map(fn, x), List.of(x));
                    for (Tensor g : gradients) {
                        c.expect("gradient of " + fn.word(), g, Tolerance.composed(4, 1));
                    }
                }
            }
            c.check();
        });
    }
}
