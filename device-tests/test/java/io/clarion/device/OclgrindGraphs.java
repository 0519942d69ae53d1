package io.clarion.device;

import io.clarion.K;
import io.clarion.StepFunction;
import io.clarion.grad.Gradients;
import io.clarion.graph.Contraction;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.opencl.OpenClDevice;
import io.clarion.opencl.compile.strategy.GpuTile;
import io.clarion.opencl.compile.strategy.Strategy;
import io.clarion.opencl.driver.Context;
import io.clarion.opencl.driver.device.DeviceInfo;
import io.clarion.opencl.driver.device.Platforms;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.List;

/** Runs every kernel file at odd sizes under Oclgrind, which is the only platform of this process. */
final class OclgrindGraphs {
    private OclgrindGraphs() {}

    /** With an argument, a kernel that writes behind its buffer instead. */
    public static void main(String[] arguments) {
        DeviceInfo facts = Platforms.usableDevices().stream().filter(d -> d.id().startsWith("oclgrind")).findFirst()
                .orElseThrow();
        if (arguments.length > 0) {
            behind(facts);
            return;
        }
        // A work-group of 16 has the barriers and edges of one of 256, and Oclgrind interprets each work-item.
        var smallGpu = Strategy.gpu(facts.computeUnits(), 1, 8, List.of(new GpuTile(4, 4, 4, 4, 8, 8)));
        for (Strategy strategy : List.of(Strategy.cpu(facts), smallGpu)) {
            try (var device = new OpenClDevice(facts, strategy, () -> {})) {
                Comparison c = graphs();
                c.check(List.of(
                        new TestedDevice("oclgrind as a " + (strategy.cpu() ? "CPU" : "GPU"), facts, device, true)));
            }
        }
    }

    private static void behind(DeviceInfo facts) {
        try (Context context = Context.open(facts)) {
            var kernel = context.build("kernel void behind(global int* x) { x[get_global_size(0)] = 1; }", "")
                    .kernel("behind");
            context.queue().enqueue(kernel.arg(0, context.allocate(28)), new long[] {7}, null);
            context.queue().finish();
        }
    }

    private static Comparison graphs() {
        var c = new Comparison();
        var draw = new Draw(1);
        Tensor images = c.input(draw.array(DType.FLOAT32, -2, 2, Shape.of(2, 21, 19)));
        c.expect("axes in another order", images.permute(List.of(2, 0, 1)), Tolerance.EXACT);
        for (int n : new int[] {1, 7, 17}) {
            Tensor x = c.input(draw.array(DType.FLOAT32, -2, 2, Shape.of(n, 9)));
            c.expect("functions",
                    x.apply(ScalarFn.TANH).times(x).plus(c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(9)))),
                    Tolerance.composed(2, 1));
            c.expect("a mask", x.greater(0), Tolerance.EXACT);
            c.expect("views",
                    x.permute(List.of(1, 0))
                            .view(new Movement.Pad(List.of(1, 2), List.of(1, 2), Shape.of(12, 2 * n + 3), 1))
                            .view(new Movement.Reverse(List.of(0))),
                    Tolerance.EXACT);
            c.expect("a concatenation", Tensor.of(new Op.Concat(1), x, x.neg()), Tolerance.EXACT);
            for (Op.Reduce.Kind kind : List.of(Op.Reduce.Kind.MAX, Op.Reduce.Kind.ARGMIN)) {
                c.expect(kind + " across", Tensor.of(new Op.Reduce(kind, List.of(0)), x), Tolerance.EXACT);
                c.expect(kind + " along", Tensor.of(new Op.Reduce(kind, List.of(1)), x), Tolerance.EXACT);
            }
            c.expect("sums across", x.sum(List.of(0)), Tolerance.composed(1, n));
            c.expect("sums along", x.sum(List.of(1)), Tolerance.composed(1, 9));
            Tensor indices = c.input(draw.array(DType.INT32, -1, n, Shape.of(8)));
            c.expect("a gather", Tensor.of(new Op.Gather(), x, indices), Tolerance.EXACT);
            Tensor updates = c.input(draw.whole(DType.FLOAT32, Shape.of(8, 3)));
            c.expect("a scatter", Tensor.of(new Op.ScatterAdd(Dim.of(n)), updates, indices), Tolerance.EXACT);
            c.expect("random numbers", Tensor.of(new Op.Random(n, Shape.of(n, 3))), Tolerance.EXACT);
        }
        for (DType type : DType.values()) {
            Tensor x = c.input(draw.array(type, -2, 2, Shape.of(17, 9)));
            for (DType to : DType.values()) {
                c.expect("a cast of " + type.word() + " to " + to.word(), Tensor.of(new Op.Cast(to), x),
                        Tolerance.EXACT);
            }
            c.expect("views of " + type.word(),
                    Tensor.of(new Op.Concat(1), x.slice(1, 2, Dim.of(3)), x).permute(List.of(1, 0)), Tolerance.EXACT);
            c.expect("a sum of " + type.word(), x.sum(List.of(0)), Tolerance.composed(1, 17));
            c.expect("a place of " + type.word(), Tensor.of(new Op.Reduce(Op.Reduce.Kind.ARGMAX, List.of(1)), x),
                    Tolerance.EXACT);
        }
        c.expect("a long sum", c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(4500))).sum(List.of(0)),
                Tolerance.composed(1, 4500));
        product(c, draw, 5, 3, 7, true);
        product(c, draw, 17, 31, 33, true);
        product(c, draw, 5, 1100, 9, false);
        convolution(c, draw);
        channelsFirst(c, draw);
        nests(c, draw);
        return c;
    }

    private static void nests(Comparison c, Draw draw) {
        Tensor x = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(3, 2, 17)));
        Tensor u = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(17, 17)));
        Tensor h = K.rnn((in, states) -> {
            Tensor next = K.tanh(in.plus(K.dot(states.get(0), u)));
            return new StepFunction.Step(next, List.of(next));
        }, x, List.of(K.zerosLike(x.slice(1, 0, Dim.ONE).reshape(Shape.of(3, 17))))).outputs();
        c.expect("a loop", h, Tolerance.composed(4, 1));
        K.gradients(K.sum(K.square(h)), List.of(x, u))
                .forEach(g -> c.expect("a loop's gradient", g, Tolerance.composed(8, 1)));
        for (int axis = 0; axis < 3; axis++) {
            c.expect("a scan", K.cumsum(x, axis), Tolerance.composed(1, 17));
        }
        c.expect("a branch", K.switch_(K.sum(x).greater(1e9), () -> K.dot(u, u), () -> u.times(2)),
                Tolerance.composed(1, 17));
    }

    private static void product(Comparison c, Draw draw, int m, int k, int n, boolean gradients) {
        Tensor a = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(m, k)));
        Tensor b = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(k, n)));
        var dot = new Contraction(List.of(Dim.of(m), Dim.of(k), Dim.of(n)), List.of(List.of(0, 1), List.of(1, 2)),
                List.of(0, 2), List.of());
        Tensor y = dot.apply(List.of(a, b)).apply(ScalarFn.TANH);
        c.expect("a product", y, Tolerance.composed(2, k));
        if (gradients) {
            for (Tensor g : Gradients.of(y, List.of(a, b))) {
                c.expect("a product's gradient", g, Tolerance.composed(4, k));
            }
        }
    }

    private static void channelsFirst(Comparison c, Draw draw) {
        for (int width : new int[] {8, 11}) {
            Tensor x = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(2, 3, 7, width)));
            Tensor w = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(7, 3, 3, 3)));
            List<Dim> extents = List.of(2, 3, 7, 7, 7, 3, width, width, 3).stream().map(Dim::of).toList();
            var conv = new Contraction(extents, List.of(List.of(0, 1, 3, 6), List.of(2, 1, 5, 8)), List.of(0, 2, 4, 7),
                    List.of(new Contraction.Window(3, 4, 5, 1, 1, 1), new Contraction.Window(6, 7, 8, 1, 1, 1)));
            Tensor y = conv.apply(List.of(x, w));
            c.expect("a convolution with channels first", y, Tolerance.composed(1, 27));
            for (Tensor g : Gradients.of(y.times(y), List.of(x, w))) {
                c.expect("its gradient", g, Tolerance.composed(4, 27 * 7 * 49));
            }
        }
    }

    private static void convolution(Comparison c, Draw draw) {
        int size = 9;
        int out = 5;
        NDArray image = draw.array(DType.FLOAT32, -1, 1, Shape.of(2, size, size, 3));
        Tensor x = c.input(image);
        Tensor w = c.input(draw.array(DType.FLOAT32, -1, 1, Shape.of(3, 3, 3, 17)));
        List<Dim> extents = List.of(2, size, size, 3, 3, 3, 17, out, out).stream().map(Dim::of).toList();
        var conv = new Contraction(extents, List.of(List.of(0, 1, 2, 3), List.of(4, 5, 3, 6)), List.of(0, 7, 8, 6),
                List.of(new Contraction.Window(1, 7, 4, 2, 1, 1), new Contraction.Window(2, 8, 5, 2, 1, 1)));
        Tensor y = conv.apply(List.of(x, w));
        c.expect("a convolution", y, Tolerance.composed(1, 27));
        for (Tensor g : Gradients.of(y.times(y), List.of(x, w))) {
            c.expect("a convolution's gradient", g, Tolerance.composed(2, 200));
        }
    }
}
