package io.clarion.graph;

import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Makes an {@link Bundle.Loop} of a step that is traced once.
 *
 * <p>Only what needs a carried value stays in the loop, and a few operations on what is stored anyway. All else that a
 * step computes of the sequences' elements alone is computed for all steps at once before it ({@link LoopBatching});
 * what is the same in all steps is computed once. So the products of an RNN's inputs with its weights become one large
 * product.
 *
 * <p>The loop stacks more than was asked for: what carried values are at the start of a step, and every accumulation
 * and transcendental function. Gradients need them; an engine drops what nobody reads.
 */
public final class Loops {
    private final LoopBatching batching;
    private final List<Tensor> carried;
    /** The parameter for an element of each sequence, and for each tensor that is the same in all steps. */
    private final Map<Tensor, Tensor> elements = new LinkedHashMap<>();
    private final Map<Tensor, Tensor> invariants = new LinkedHashMap<>();
    private final Map<Tensor, Tensor> inside = new IdentityHashMap<>();
    private final List<Tensor> stacked = new ArrayList<>();
    private final Dim steps;
    private Tensor loop;

    private Loops(List<Tensor> carried, List<Tensor> given, List<Tensor> sequences, Dim steps, long start) {
        this.carried = carried;
        this.steps = steps;
        this.batching = new LoopBatching(steps, carried, given, sequences, start);
    }

    /** A step: from the carried values and the sequences' elements. */
    @FunctionalInterface
    public interface Step {
        Traced apply(List<Tensor> carried, List<Tensor> elements);
    }

    /**
     * The results of a traced step.
     *
     * @param carried the new carried values, of the shapes and dtypes of the old
     * @param outputs what is wanted of all steps, along a new axis 0
     * @param sums    what is wanted summed over all steps
     */
    public record Traced(List<Tensor> carried, List<Tensor> outputs, List<Tensor> sums) {
        public Traced(List<Tensor> carried, List<Tensor> outputs) {
            this(carried, outputs, List.of());
        }
    }

    /** The last carried values, and the outputs and sums of all steps. */
    public record Outcome(List<Tensor> last, List<Tensor> outputs, List<Tensor> sums) {}

    /**
     * Returns the loop over {@code steps} steps.
     *
     * @param initial   the first carried values
     * @param sequences along axis 0, which has {@code steps} elements
     * @param reversed  whether the steps go from the last element to the first; outputs stay in the order of the
     *                  elements
     */
    public static Outcome of(List<Tensor> initial, List<Tensor> sequences, Dim steps, boolean reversed, Step step) {
        long start = Tensor.now();
        List<Tensor> carried = initial.stream().map(t -> parameter(t, t.shape())).toList();
        List<Tensor> given = sequences.stream().map(t -> parameter(t, t.shape().part(1, t.rank()))).toList();
        Traced traced = HoistRandom.outside(step.apply(carried, given), start);
        return new Loops(carried, given, sequences, steps, start).made(initial, traced, reversed);
    }

    private static Tensor parameter(Tensor like, Shape shape) {
        return Tensor.of(new Op.Parameter(like.dtype(), shape));
    }

    private Outcome made(List<Tensor> initial, Traced traced, boolean reversed) {
        List<Tensor> next = traced.carried().stream().map(this::inside).toList();
        List<Supplier<Tensor>> outputs = traced.outputs().stream().map(this::stack).toList();
        List<Supplier<Tensor>> sums = traced.sums().stream().map(this::sum).toList();
        if (!carried.isEmpty()) {
            carried.forEach(c -> stacked(c));
            var made = new ArrayList<>(next);
            made.addAll(stacked);
            Graph.tensors(made).stream().filter(t -> t.op().isCostly()).toList().forEach(this::stacked);
        }
        if (carried.isEmpty() && stacked.isEmpty()) {
            return new Outcome(List.of(), outputs.stream().map(Supplier::get).toList(),
                    sums.stream().map(Supplier::get).toList());
        }
        var parameters = new ArrayList<>(carried);
        parameters.addAll(elements.values());
        parameters.addAll(invariants.values());
        var results = new ArrayList<>(next);
        results.addAll(stacked);
        var inputs = new ArrayList<>(initial);
        inputs.addAll(elements.keySet());
        inputs.addAll(invariants.keySet());
        loop = Tensor.of(
                new Bundle.Loop(new Body(parameters, results), carried.size(), elements.size(), steps, reversed),
                inputs);
        List<Tensor> last = new ArrayList<>();
        for (int i = 0; i < carried.size(); i++) {
            last.add(result(i));
        }
        return new Outcome(last, outputs.stream().map(Supplier::get).toList(),
                sums.stream().map(Supplier::get).toList());
    }

    private Tensor result(int number) {
        return Tensor.of(new Op.Result(number), loop);
    }

    /** Returns a tensor of the step as it is within the loop: in terms of the loop's parameters. */
    private Tensor inside(Tensor t) {
        Tensor known = inside.get(t);
        if (known == null) {
            known = madeInside(t);
            inside.put(t, known);
        }
        return known;
    }

    private Tensor madeInside(Tensor t) {
        LoopBatching.Level level = batching.level(t);
        if (carried.contains(t) || t.op() instanceof Op.Literal || t.op() instanceof Op.Iota
                || t.op() instanceof Op.Size) {
            return t;
        }
        boolean isHere = level == LoopBatching.Level.STATE || t.op() instanceof Op.View
                || level == LoopBatching.Level.ELEMENT && !t.inputs().isEmpty() && batching.isCheap(t);
        if (isHere) {
            return t.with(t.inputs().stream().map(this::inside).toList());
        }
        if (level == LoopBatching.Level.SAME) {
            return invariants.computeIfAbsent(t, x -> parameter(x, x.shape()));
        }
        return elements.computeIfAbsent(batching.batched(t), x -> parameter(x, t.shape()));
    }

    /** Returns what a step's tensor is for all steps, once the loop is there. */
    private Supplier<Tensor> stack(Tensor t) {
        if (batching.level(t) != LoopBatching.Level.STATE) {
            return () -> batching.batched(t);
        }
        if (t.op() instanceof Op.View(Movement m) && batching.level(t.input(0)) == LoopBatching.Level.STATE
                && t.input(0).shape().count().equals(t.shape().count())) {
            Supplier<Tensor> in = stack(t.input(0));
            return () -> in.get().view(LoopBatching.shifted(m, steps));
        }
        int number = stacked(inside(t));
        return () -> result(carried.size() + number);
    }

    private int stacked(Tensor inLoop) {
        if (!stacked.contains(inLoop)) {
            stacked.add(inLoop);
        }
        return stacked.indexOf(inLoop);
    }

    /** Returns the sum of a step's tensor over all steps, once the loop is there. */
    private Supplier<Tensor> sum(Tensor t) {
        return switch (t.op()) {
            case Op.Elementwise(ScalarFn fn) when fn == ScalarFn.ADD || fn == ScalarFn.SUB -> {
                Supplier<Tensor> a = sum(t.input(0));
                Supplier<Tensor> b = sum(t.input(1));
                yield () -> Tensor.map(fn, a.get(), b.get());
            }
            case Op.Elementwise(ScalarFn fn) when fn == ScalarFn.NEG -> {
                Supplier<Tensor> a = sum(t.input(0));
                yield () -> a.get().neg();
            }
            case Op.View(Movement m) when !(m instanceof Movement.Pad p && p.value() != 0) -> {
                Supplier<Tensor> a = sum(t.input(0));
                yield () -> a.get().view(m);
            }
            case Op.Contract(Contraction c) when t.inputs().stream()
                    .anyMatch(in -> batching.level(in) != LoopBatching.Level.SAME) -> {
                List<Supplier<Tensor>> operands = t.inputs().stream().map(
                        in -> batching.level(in) == LoopBatching.Level.SAME ? (Supplier<Tensor>) () -> in : stack(in))
                        .toList();
                List<Boolean> moving = t.inputs().stream().map(in -> batching.level(in) != LoopBatching.Level.SAME)
                        .toList();
                yield () -> LoopBatching.along(c, steps, moving, false)
                        .apply(operands.stream().map(Supplier::get).toList());
            }
            default -> {
                Supplier<Tensor> all = stack(t);
                yield () -> all.get().sum(List.of(0));
            }
        };
    }
}
