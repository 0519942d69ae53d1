package io.clarion.runtime;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Takes {@link Op.Observed}s out of a graph. What those in the bodies of loops and branches see becomes further results
 * of the loops and branches: stacked over the steps, and of a side that is not chosen a filler.
 */
final class Surfacing {
    /** What stands for an index that is inside, less than all that are not. */
    static final int INSIDE = Integer.MIN_VALUE;

    private int met;

    private Surfacing() {}

    /**
     * The values that a watch sees.
     *
     * @param value with an axis in front for each loop around the watch, along which its steps are
     * @param when  of these axes: whether the step came to the watch; null where all do
     * @param place the number of each loop around the watch, then its own, in the order in which they are met
     */
    record Shown(Op.Watcher watcher, Tensor value, Tensor when, List<Integer> place) {}

    /**
     * Indices that have to be inside.
     *
     * @param indices  those of all steps
     * @param isMarked whether {@link #INSIDE} stands in place of all that are inside
     * @param source   what gives the indices, outside of all bodies; else null
     */
    record Bounded(Op.Within within, Tensor indices, boolean isMarked, Tensor source) {
        /** Returns the indices that are outside; {@link #INSIDE} in place of the others. */
        Tensor outside() {
            if (isMarked) {
                return indices;
            }
            Tensor end = Tensor.of(new Op.Size(within.size()));
            Tensor inside = Tensor.map(ScalarFn.AND, indices.greaterEqual(number(0)), indices.less(end));
            return Tensor.map(ScalarFn.SELECT, inside, number(INSIDE),
                    indices.apply(ScalarFn.MAXIMUM, number(INSIDE + 1)));
        }

        private Bounded marked() {
            return new Bounded(within, outside(), true, null);
        }

        private Bounded of(Tensor result) {
            return new Bounded(within, result, isMarked, null);
        }
    }

    /** Tensors without observations, and what is observed of what leads to them. */
    record Surfaced(List<Tensor> results, List<Shown> shown, List<Bounded> bounded) {
        private Surfaced marked() {
            return new Surfaced(results, shown, bounded.stream().map(Bounded::marked).toList());
        }
    }

    static Surfaced of(List<Tensor> results) {
        return Graph.allTensors(results).stream().noneMatch(t -> t.op() instanceof Op.Observed)
                ? new Surfaced(results, List.of(), List.of()) : new Surfacing().region(results, results);
    }

    /** Returns what {@code results} are, and what is observed of those that are {@code used}. */
    private Surfaced region(List<Tensor> results, List<Tensor> used) {
        Set<Tensor> needed = new HashSet<>(Graph.tensors(used));
        Map<Tensor, SortedSet<Integer>> numbers = numbers(needed);
        var shown = new ArrayList<Shown>();
        var bounded = new ArrayList<Bounded>();
        var region = new Surfaced(new ArrayList<>(), shown, bounded);
        Map<Tensor, Tensor> now = new IdentityHashMap<>();
        for (Tensor t : Graph.tensors(results)) {
            List<Tensor> in = t.inputs().stream().map(now::get).toList();
            now.put(t, switch (t.op()) {
                case Op.Observed o when !needed.contains(t) -> in.get(0);
                case Op.Watch(Op.Watcher watcher) -> {
                    shown.add(new Shown(watcher, in.get(1), null, List.of(met++)));
                    yield in.get(0);
                }
                case Op.Within within -> {
                    bounded.add(new Bounded(within, in.get(0), false, in.getLast()));
                    yield in.get(0);
                }
                case Op.Trim trim -> in.get(0);
                case Bundle.Loop loop when needed.contains(t) -> repeated(t, loop, in, numbers.get(t), region);
                case Bundle.Branch branch when needed.contains(t) -> chosen(t, branch, in, numbers.get(t), region);
                case Op other -> t.with(in);
            });
        }
        results.forEach(t -> region.results.add(now.get(t)));
        return region;
    }

    /** Returns which results of each bundle are used. */
    private static Map<Tensor, SortedSet<Integer>> numbers(Set<Tensor> needed) {
        Map<Tensor, SortedSet<Integer>> numbers = new IdentityHashMap<>();
        for (Tensor t : needed) {
            if (t.op() instanceof Op.Result(int number)) {
                numbers.computeIfAbsent(t.input(0), x -> new TreeSet<>()).add(number);
            }
        }
        return numbers;
    }

    private static Tensor number(int value) {
        return Tensor.literal(DType.INT32, value);
    }

    private Tensor repeated(Tensor bundle, Bundle.Loop loop, List<Tensor> in, SortedSet<Integer> used,
            Surfaced around) {
        int entered = met++;
        List<Tensor> results = loop.body().results();
        Surfaced inside = region(results,
                IntStream.range(0, results.size()).filter(i -> i < loop.carried() || used.contains(i))
                        .mapToObj(results::get).toList());
        var extended = new ArrayList<>(inside.results);
        List<Integer> numbers = seen(inside).stream().map(t -> stacked(t, extended, loop.carried())).toList();
        Tensor made = bundle.with(loop.with(List.of(new Body(loop.body().parameters(), extended))), in);
        Iterator<Tensor> stacks = numbers.stream().map(i -> Tensor.of(new Op.Result(i), made))
                .map(t -> loop.reversed() ? t.view(new Movement.Reverse(List.of(0))) : t).iterator();
        for (Shown s : inside.shown) {
            var place = new ArrayList<>(List.of(entered));
            place.addAll(s.place);
            around.shown.add(new Shown(s.watcher, stacks.next(), s.when == null ? null : stacks.next(), place));
        }
        inside.bounded.forEach(b -> around.bounded.add(b.of(stacks.next())));
        return made;
    }

    /**
     * Returns which of a body's results, from {@code first} on, is a stack of {@code t}: one that is there, else a
     * further one.
     */
    private static int stacked(Tensor t, List<Tensor> results, int first) {
        int known = results.subList(first, results.size()).indexOf(t);
        if (known >= 0) {
            return first + known;
        }
        results.add(t);
        return results.size() - 1;
    }

    private Tensor chosen(Tensor bundle, Bundle.Branch branch, List<Tensor> in, SortedSet<Integer> used,
            Surfaced around) {
        List<Surfaced> sides = branch.bodies().stream()
                .map(b -> region(b.results(), used.stream().map(b.results()::get).toList()).marked()).toList();
        var bodies = new ArrayList<Body>();
        for (int side = 0; side < 2; side++) {
            var extended = new ArrayList<>(sides.get(side).results);
            extended.addAll(side == 0 ? seen(sides.get(0)) : fillers(sides.get(0)));
            extended.addAll(side == 1 ? seen(sides.get(1)) : fillers(sides.get(1)));
            bodies.add(new Body(branch.bodies().get(side).parameters(), extended));
        }
        Tensor made = bundle.with(branch.with(bodies), in);
        Tensor condition = in.get(0).cast(DType.BOOL);
        Iterator<Tensor> values = IntStream.range(branch.results(), bodies.get(0).results().size())
                .mapToObj(i -> Tensor.of(new Op.Result(i), made)).iterator();
        for (int side = 0; side < 2; side++) {
            Tensor here = side == 0 ? condition : condition.apply(ScalarFn.NOT);
            sides.get(side).shown.forEach(s -> around.shown
                    .add(new Shown(s.watcher, values.next(), s.when == null ? here : values.next(), s.place)));
            sides.get(side).bounded.forEach(b -> around.bounded.add(b.of(values.next())));
        }
        return made;
    }

    private static List<Tensor> seen(Surfaced inside) {
        var seen = new ArrayList<Tensor>();
        for (Shown s : inside.shown) {
            seen.add(s.value);
            if (s.when != null) {
                seen.add(s.when);
            }
        }
        inside.bounded.forEach(b -> seen.add(b.indices));
        return seen;
    }

    /** Returns what stands for {@link #seen} where another side is chosen. */
    private static List<Tensor> fillers(Surfaced inside) {
        var fillers = new ArrayList<Tensor>();
        seen(inside).forEach(t -> fillers.add(Tensor.literal(t.dtype(), 0).broadcast(t.shape())));
        int first = fillers.size() - inside.bounded.size();
        for (int i = 0; i < inside.bounded.size(); i++) {
            fillers.set(first + i, number(INSIDE).broadcast(inside.bounded.get(i).indices.shape()));
        }
        return fillers;
    }
}
