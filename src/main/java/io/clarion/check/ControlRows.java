package io.clarion.check;

import io.clarion.K;
import io.clarion.check.Argument.Array;
import io.clarion.check.Argument.Block;
import io.clarion.check.Argument.Ints;
import io.clarion.check.Argument.Many;
import io.clarion.check.Argument.Plain;
import io.clarion.graph.Graph;
import io.clarion.tensor.DType;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Loops, branches, gradients, updates, and what makes tensors of nothing. */
final class ControlRows {
    private ControlRows() {}

    static List<Row> all() {
        var rows = new ArrayList<>(made());
        rows.addAll(graphs());
        rows.addAll(sparse());
        return rows;
    }

    private static List<Row> made() {
        return List.of(
                Row.of("zerosLike", s -> s.call("zerosLike", s.anything(0, 4).ref())),
                Row.of("onesLike", s -> s.call("onesLike", s.anything(0, 4).ref(), new Plain(s.dtype()))),
                Row.of("constant",
                        s -> s.call("constant", new Plain(s.one(0.1, 2.0, -1.0)), new Plain(s.floating()),
                                new Ints(fixed(s, 0, 3)))),
                Row.of("zeros", s -> s.call("zeros", new Ints(fixed(s, 0, 3)), new Plain(s.floating()))),
                Row.of("ones", s -> s.call("ones", new Ints(fixed(s, 0, 3)), new Plain(s.floating()))),
                Row.of("eye", s -> s.call("eye", new Plain(s.size(36)), new Plain(s.floating()))),
                Row.of("variable", s -> s.variable(fixed(s, 0, 4), s.floating(), -2, 2)),
                Row.of("placeholder", s -> s.input(s.shape(0, 4), s.dtype(), -2, 2)),
                Row.of("arange",
                        s -> s.call("arange", new Plain(s.number(-3, 3)), new Plain(s.number(3, 40)),
                                new Plain(s.number(1, 3)), new Plain(s.one(DType.INT32, DType.FLOAT32)))),
                Row.of("shape", s -> s.call("shape", s.anything(1, 4).ref())),
                Row.of("randomUniform",
                        s -> s.call("randomUniform", new Ints(fixed(s, 1, 3)), new Plain(-1.0), new Plain(2.0),
                                new Plain(s.floating()), seed(s))),
                Row.of("randomNormal",
                        s -> s.call("randomNormal", new Ints(fixed(s, 1, 3)), new Plain(0.0), new Plain(1.0),
                                new Plain(s.floating()), seed(s))),
                Row.of("truncatedNormal",
                        s -> s.call("truncatedNormal", new Ints(fixed(s, 1, 3)), new Plain(0.0), new Plain(1.0),
                                new Plain(s.floating()), seed(s))),
                Row.of("randomBinomial",
                        s -> s.call("randomBinomial", new Ints(fixed(s, 1, 3)), new Plain(0.3), new Plain(s.floating()),
                                seed(s))),
                Row.of("randomUniformVariable",
                        s -> s.call("randomUniformVariable", new Ints(fixed(s, 1, 3)), new Plain(-1.0), new Plain(1.0),
                                new Plain(s.floating()), Argument.NONE, seed(s))),
                Row.of("randomNormalVariable", s -> s.call("randomNormalVariable", new Ints(fixed(s, 1, 3)),
                        new Plain(0.0), new Plain(1.0), new Plain(s.floating()), Argument.NONE, seed(s))));
    }

    private static Argument seed(Sketch s) {
        return new Plain((long) s.number(0, 1000));
    }

    private static List<Integer> fixed(Sketch s, int least, int most) {
        return s.shape(least, most).stream().map(n -> n < 0 ? 3 : n).toList();
    }

    private static List<Row> graphs() {
        return List.of(
                Row.of("identity", s -> s.call("identity", s.anything(0, 4).ref())),
                Row.of("stopGradient", s -> s.call("stopGradient", s.floats().ref())),
                new Row("gradients", 5, ControlRows::gradients),
                Row.of("update", s -> update(s, "update")),
                Row.of("updateAdd", s -> update(s, "updateAdd")),
                Row.of("updateSub", s -> update(s, "updateSub")),
                Row.of("movingAverageUpdate", s -> {
                    Known v = updated(s);
                    s.step(null, "movingAverageUpdate", v.ref(), fitted(s, v).ref(), new Plain(0.9));
                }),
                new Row("switch_", 2, s -> {
                    Known x = s.numbers(0, 4);
                    Known condition = condition(s);
                    if (s.chance(0.3)) {
                        s.call("switch_", condition.ref(), x.ref(), s.like(x, x.dtype(), -2, 2).ref());
                    } else {
                        s.call("switch_", condition.ref(), side(s, x), side(s, x));
                    }
                }),
                Row.of("inTrainPhase", s -> phase(s, "inTrainPhase")),
                Row.of("inTestPhase", s -> phase(s, "inTestPhase")),
                Row.of("learningPhase", s -> phase(s)),
                new Row("rnn", 4, ControlRows::rnn),
                new Row("mapFn", 2, s -> {
                    Known x = s.floats(1, 4);
                    s.call("mapFn", mapped(s, x), x.ref());
                }),
                new Row("foldl", 1.5, s -> fold(s, "foldl")),
                new Row("foldr", 1.5, s -> fold(s, "foldr")));
    }

    private static void update(Sketch s, String name) {
        Known v = updated(s);
        s.step(null, name, v.ref(), fitted(s, v).ref());
    }

    private static Known updated(Sketch s) {
        List<Known> free = s.variables().stream().filter(v -> v.isFloating() && !s.isUpdated(v)).toList();
        return free.isEmpty() || s.chance(0.3) ? s.variable(fixed(s, 0, 3), s.floating(), -2, 2) : s.one(free);
    }

    /** Returns a tensor of the shape and dtype of a variable that is moderate. */
    private static Known fitted(Sketch s, Known v) {
        List<Known> fitting = s.all().stream()
                .filter(k -> k.dtype() == v.dtype() && k.isShapedAs(v) && k.step() != v.step() && k.sound()).toList();
        if (!fitting.isEmpty()) {
            return s.call("tanh", s.one(fitting).ref());
        }
        Known x = s.floats();
        Known scalar = s.call("mean", x.ref(), Ints.of(IntStream.range(0, x.rank()).toArray()), new Plain(false));
        return s.call("cast",
                s.on(v.ref(), "times", s.call("tanh", x.rank() == 0 ? x.ref() : scalar.ref()).ref()).ref(),
                new Plain(v.dtype()));
    }

    private static void gradients(Sketch s) {
        Known loss = s.any(k -> k.isFloating() && k.largest() < 1e3 && !k.tensor().inputs().isEmpty(),
                () -> s.call("square", s.floats().ref()));
        List<Known> candidates = s.all().stream().filter(k -> k.isFloating() && k.step() != loss.step()).toList();
        List<Known> reached = candidates.stream()
                .filter(k -> Graph.tensors(List.of(loss.tensor())).contains(k.tensor())).toList();
        var of = new ArrayList<Known>();
        for (int i = s.number(1, 3); i > 0; i--) {
            Known v = s.one(reached.isEmpty() ? candidates : reached);
            if (!of.contains(v)) {
                of.add(v);
            }
        }
        Argument made = s.step(null, "gradients", loss.ref(), Sketch.refs(of));
        for (int i = 0; i < of.size(); i++) {
            s.on(made, "get", new Plain(i));
        }
    }

    private static Known condition(Sketch s) {
        return s.any(k -> k.rank() == 0 && !k.isFloating(), () -> {
            Known x = s.floats(1, 4);
            return s.call("greater", s.call("sum", x.ref(), Ints.of(IntStream.range(0, x.rank()).toArray())).ref(),
                    new Plain(s.one(0.0, -1e6, 1e6)));
        });
    }

    /** Returns one step or a few, the last of which has the shape and dtype of x. */
    private static Block side(Sketch s, Known x) {
        Sketch in = s.inside();
        in.sees(x);
        return s.block(in, Block.Kind.SUPPLIER, List.of(), List.of(grown(in, x).step()));
    }

    private static void phase(Sketch s, String name) {
        phase(s);
        Known x = s.numbers(0, 4);
        if (s.chance(0.5)) {
            s.call(name, x.ref(), s.like(x, x.dtype(), -2, 2).ref());
        } else {
            s.call(name, side(s, x), side(s, x));
        }
    }

    /** Has the learning phase among the inputs. */
    private static void phase(Sketch s) {
        if (s.all().stream().noneMatch(k -> k.tensor() == K.learningPhase())) {
            s.fed(s.step(null, "learningPhase"), new Drawn(DType.INT32, s.number(0, 1000), 0, 1, List.of(), false));
        }
    }

    /**
     * Has some steps drawn in a block; returns a tensor of the shape and dtype of {@code like}, which the block sees.
     */
    private static Known grown(Sketch in, Known like) {
        List<Consumer<Sketch>> small = Catalogue.small();
        for (int i = in.number(1, 4), tries = 0; i > 0 && tries < 20; tries++) {
            i -= in.grow(in.one(small)) ? 1 : 0;
        }
        List<Known> made = in.all().stream()
                .filter(k -> k.sound() && k.isShapedAs(like) && k.step() != like.step() && k.dtype() != DType.BOOL)
                .toList();
        Known last = made.isEmpty() ? like : made.get(made.size() - 1);
        if (last.isFloating() && in.chance(0.5) || last.largest() > 2 && last.isFloating()) {
            last = in.call("tanh", last.ref());
        }
        return last.dtype() == like.dtype() && last != like ? last
                : in.call("cast", in.on(last.ref(), "times", new Plain(0.5)).ref(), new Plain(like.dtype()));
    }

    private static void rnn(Sketch s) {
        Known x = s.any(
                k -> k.isFloating() && k.rank() == 3 && k.largest() < 20 && k.isFixed(2) && k.least(1) > 0
                        && k.size(1) < 20 && k.size(2) > 0,
                () -> s.input(List.of(s.chance(0.5) ? K.NONE : s.number(1, 9), s.chance(0.2) ? K.NONE : s.number(1, 9),
                        s.size(36)), s.floating(), -2, 2));
        int units = s.size(20);
        int samples = s.declared(x, 0);
        Known state = s.chance(0.5) && s.declared(x, 0) >= 0 ? s.input(List.of(samples, units), x.dtype(), -1, 1)
                : zeros(s, x, units);
        Known weights = s.input(List.of(x.size(2), units), x.dtype(), -0.5, 0.5);
        Known recurrent = s.input(List.of(units, units), x.dtype(), -0.3, 0.3);
        boolean unrolled = x.isFixed(1) && x.size(1) < 6 && s.chance(0.15);
        Argument mask = s.chance(0.3)
                ? s.input(List.of(samples, s.declared(x, 1)), s.one(DType.BOOL, DType.INT32), 0, 1).ref()
                : Argument.NONE;

        Sketch in = s.inside();
        List.of(weights, recurrent).forEach(in::sees);
        Known element = s.parameter(in, x.dtype(),
                new Shape(List.of(x.tensor().shape().dim(0), x.tensor().shape().dim(2))), first(s.valueOf(x), 1));
        int states = in.reserve();
        in.put(states, List.of(state.tensor()));
        Known before = in.on(new Argument.Ref(states), "get", new Plain(0));
        Known sum = in.on(in.call("dot", element.ref(), weights.ref()).ref(), "plus",
                in.call("dot", before.ref(), recurrent.ref()).ref());
        Known h = in.call(in.one("tanh", "sigmoid", "softsign"), sum.ref());
        Known output = in.chance(0.5) ? h : grown(in, h);
        Block step = s.block(in, Block.Kind.STEP, List.of(element.step(), states), List.of(output.step(), h.step()));
        Argument made = s.step(null, "rnn", step, x.ref(), Sketch.refs(state), new Plain(s.chance(0.3)), mask,
                new Many(List.of()), new Plain(unrolled), Argument.NONE);
        switch (s.number(0, 2)) {
            case 0 -> s.on(made, "lastOutput");
            case 1 -> s.on(made, "outputs");
            default -> {
                s.on(made, "outputs");
                s.on(s.step(made, "newStates"), "get", new Plain(0));
            }
        }
    }

    /** Returns states of zeros for the samples of x. */
    private static Known zeros(Sketch s, Known x, int units) {
        Known column = s.call("sum", s.call("zerosLike", x.ref()).ref(), Ints.of(1, 2), new Plain(false));
        return s.call("tile", s.call("expandDims", column.ref(), new Plain(-1)).ref(), Ints.of(1, units));
    }

    /** Returns the first element along an axis. */
    private static NDArray first(NDArray x, int axis) {
        if (axis == 0) {
            return x.row(0);
        }
        int[] sizes = x.shape().sizes();
        if (sizes[0] == 0) {
            throw new Sketch.Unfit("no samples");
        }
        NDArray all = NDArray.zeros(x.dtype(), Shape.of(sizes[0], sizes[2]));
        IntStream.range(0, all.elements())
                .forEach(i -> all.set(i, x.get(i / sizes[2] * sizes[1] * sizes[2] + i % sizes[2])));
        return all;
    }

    private static Block mapped(Sketch s, Known x) {
        if (x.least(0) == 0) {
            throw new Sketch.Unfit("no elements");
        }
        Sketch in = s.inside();
        Known element = s.parameter(in, x.dtype(), x.tensor().shape().part(1, x.rank()), first(s.valueOf(x), 0));
        return s.block(in, Block.Kind.UNARY, List.of(element.step()), List.of(grown(in, element).step()));
    }

    private static void fold(Sketch s, String name) {
        Known x = s.floats(1, 4);
        if (x.least(0) == 0) {
            throw new Sketch.Unfit("no elements");
        }
        Sketch in = s.inside();
        Shape shape = x.tensor().shape().part(1, x.rank());
        Known so = s.parameter(in, x.dtype(), shape, first(s.valueOf(x), 0));
        Known element = s.parameter(in, x.dtype(), shape, first(s.valueOf(x), 0));
        Known made = grown(in, element);
        Known next = in.on(in.on(so.ref(), "times", new Plain(0.5)).ref(), in.one("plus", "times", "minus"),
                made.ref());
        Block block = s.block(in, Block.Kind.BINARY, List.of(so.step(), element.step()), List.of(next.step()));
        if (s.chance(0.5)) {
            s.call(name, block, x.ref());
        } else {
            s.call(name, block, x.ref(),
                    s.input(IntStream.range(1, x.rank()).mapToObj(a -> s.declared(x, a)).toList(), x.dtype(), -1, 1)
                            .ref());
        }
    }

    private static List<Row> sparse() {
        return List.of(Row.of("toDense", s -> {
            Known m = matrix(s);
            switch (s.number(0, 3)) {
                case 0 -> s.call("toDense", m.ref());
                case 1 ->
                        s.call("dot", m.ref(), s.input(List.of(s.declared(m, 1), s.size(20)), m.dtype(), -1, 1).ref());
                case 2 ->
                        s.call("dot", s.input(List.of(s.size(20), s.declared(m, 0)), m.dtype(), -1, 1).ref(), m.ref());
                default -> s.call("toDense", s.call("transpose", m.ref()).ref());
            }
        }));
    }

    private static Known matrix(Sketch s) {
        DType type = s.one(DType.FLOAT32, s.floating());
        if (s.chance(0.5)) {
            return s.placeholder(new Drawn(type, s.number(0, 1000), -2, 2, s.shape(2, 2), true));
        }
        return s.call("variable", new Array(new Drawn(type, s.number(0, 1000), -2, 2, fixed(s, 2, 2), true)),
                new Plain(type));
    }
}
