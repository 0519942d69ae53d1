package io.clarion.graph;

import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Batches a loop's body: what a step computes of the sequences' elements alone is computed for all steps at once, along
 * a new axis 0.
 */
final class LoopBatching {
    /** The dependence of a step's tensor; the order is that of growing dependence. */
    enum Level {
        /** On nothing that changes from step to step. */
        SAME,
        /** On the elements of the sequences. */
        ELEMENT,
        /** On what is carried from step to step, or so that it cannot be batched. */
        STATE
    }

    private final Dim steps;
    private final long start;
    private final Map<Tensor, Level> levels = new IdentityHashMap<>();
    private final Map<Tensor, Tensor> batched = new IdentityHashMap<>();
    private final Map<Tensor, Boolean> cheap = new IdentityHashMap<>();

    /**
     * Makes the analysis for a step whose parameters are {@code carried} and {@code given}, the elements of
     * {@code sequences}, and that was traced since {@code start}: random numbers drawn in it are drawn for each step
     * anew.
     */
    LoopBatching(Dim steps, List<Tensor> carried, List<Tensor> given, List<Tensor> sequences, long start) {
        this.steps = steps;
        this.start = start;
        carried.forEach(c -> levels.put(c, Level.STATE));
        for (int i = 0; i < given.size(); i++) {
            levels.put(given.get(i), Level.ELEMENT);
            cheap.put(given.get(i), true);
            batched.put(given.get(i), sequences.get(i));
        }
    }

    Level level(Tensor t) {
        if (!levels.containsKey(t)) {
            TopologicalOrder.of(List.of(t), x -> levels.containsKey(x) || !x.isSince(start) ? List.of() : x.inputs())
                    .forEach(x -> levels.computeIfAbsent(x, this::found));
        }
        return levels.get(t);
    }

    private Level found(Tensor t) {
        if (!t.isSince(start)) {
            return Level.SAME;
        }
        if (t.op() instanceof Op.Random) {
            return Level.ELEMENT;
        }
        Level level = t.inputs().stream().map(levels::get).max(Level::compareTo).orElse(Level.SAME);
        return level == Level.ELEMENT && !canBatch(t) ? Level.STATE : level;
    }

    private boolean canBatch(Tensor t) {
        return switch (t.op()) {
            case Op.Gather g -> levels.get(t.input(0)) == Level.SAME;
            case Op.ScatterAdd s -> false;
            case Bundle b -> false;
            case Op.Result r -> false;
            case Op other -> true;
        };
    }

    /**
     * Returns whether a tensor of level ELEMENT is a few operations on elements that are stored anyway, so that a step
     * sooner computes it than reads it.
     */
    boolean isCheap(Tensor t) {
        Boolean known = cheap.get(t);
        if (known == null) {
            known = switch (t.op()) {
                case Op.Elementwise(ScalarFn fn) -> fn.price() != ScalarFn.Price.TRANSCENDENTAL;
                case Op.Cast c -> true;
                case Op.View v -> true;
                case Op other -> false;
            } && t.inputs().stream().allMatch(in -> level(in) == Level.SAME || isCheap(in));
            cheap.put(t, known);
        }
        return known;
    }

    /** Returns a tensor that is not of level STATE, for all steps. */
    Tensor batched(Tensor t) {
        if (level(t) == Level.SAME) {
            return t.expand(List.of(0)).broadcast(all(t.shape()));
        }
        Tensor known = batched.get(t);
        if (known == null) {
            known = made(t);
            batched.put(t, known);
        }
        return known;
    }

    private Shape all(Shape shape) {
        return new Shape(List.of(steps)).then(shape);
    }

    private Tensor made(Tensor t) {
        return switch (t.op()) {
            case Op.Random(long seed, Shape shape) -> Tensor.of(new Op.Random(seed, all(shape)));
            case Op.View(Movement m) -> batched(t.input(0)).view(shifted(m, steps));
            case Op.Concat(int axis) -> Tensor.of(new Op.Concat(axis + 1), inputs(t));
            case Op.Reduce(Op.Reduce.Kind kind, List<Integer> axes) ->
                    Tensor.of(new Op.Reduce(kind, shifted(axes)), inputs(t));
            case Op.Scan(int axis, boolean reversed) -> Tensor.of(new Op.Scan(axis + 1, reversed), inputs(t));
            case Op.Gather g -> Tensor.of(g, t.input(0), batched(t.input(1)));
            case Op.Contract(Contraction c) -> {
                List<Boolean> moving = t.inputs().stream().map(in -> level(in) != Level.SAME).toList();
                yield along(c, steps, moving, true).apply(IntStream.range(0, moving.size())
                        .mapToObj(i -> moving.get(i) ? batched(t.input(i)) : t.input(i)).toList());
            }
            case Op.Elementwise e -> Tensor.of(e, inputs(t));
            case Op.Cast cast -> Tensor.of(cast, inputs(t));
            case Op.Stop stop -> Tensor.of(stop, inputs(t));
            case Op.Flat flat -> Tensor.of(flat, inputs(t));
            case Op.Watch watch -> Tensor.of(watch.ofSteps(), inputs(t));
            case Op.Within within -> Tensor.of(within, batched(t.input(0)));
            case Op.Alias alias -> batched(t.input(0));
            case Op.ScatterAdd s -> throw unbatchable(t);
            case Bundle b -> throw unbatchable(t);
            case Op.Result r -> throw unbatchable(t);
            case Op.Leaf l -> throw unbatchable(t);
        };
    }

    private static AssertionError unbatchable(Tensor t) {
        return new AssertionError(t + " cannot be computed for all steps at once");
    }

    private List<Tensor> inputs(Tensor t) {
        return t.inputs().stream().map(this::batched).toList();
    }

    private static List<Integer> shifted(List<Integer> axes) {
        return axes.stream().map(a -> a + 1).toList();
    }

    /**
     * Returns the contraction with an axis more, of the steps, in front of the operands that move; summed unless it is
     * {@code kept}.
     */
    static Contraction along(Contraction c, Dim steps, List<Boolean> moving, boolean kept) {
        int axis = c.extents().size();
        var extents = new ArrayList<>(c.extents());
        extents.add(steps);
        var operands = new ArrayList<List<Integer>>();
        for (int i = 0; i < moving.size(); i++) {
            operands.add(moving.get(i) ? with(axis, c.operands().get(i)) : c.operands().get(i));
        }
        return new Contraction(extents, operands, kept ? with(axis, c.out()) : c.out(), c.windows());
    }

    private static <T> List<T> with(T first, List<T> rest) {
        var all = new ArrayList<T>();
        all.add(first);
        all.addAll(rest);
        return all;
    }

    /** Returns the movement of each element along a new axis 0 of {@code steps}. */
    static Movement shifted(Movement movement, Dim steps) {
        Shape front = new Shape(List.of(steps));
        return switch (movement) {
            case Movement.Reshape r -> new Movement.Reshape(front.then(r.to()));
            case Movement.Permute p -> new Movement.Permute(with(0, shifted(p.order())));
            case Movement.Broadcast b -> new Movement.Broadcast(front.then(b.to()));
            case Movement.Slice s -> new Movement.Slice(with(0, s.start()), with(1, s.step()), front.then(s.to()));
            case Movement.Pad p ->
                    new Movement.Pad(with(0, p.before()), with(1, p.step()), front.then(p.to()), p.value());
            case Movement.Reverse r -> new Movement.Reverse(shifted(r.axes()));
            case Movement.Windows w -> new Movement.Windows(w.axis() + 1, w.taps(), w.stride(), w.dilation());
        };
    }
}
