package io.clarion.opencl.compile;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes the loops and branches of a graph explicit, as {@link Nest}s: their bodies' tensors stand beside all others, their
 * results are buffers.
 *
 * <p>A carried value has a buffer of two halves: a step reads one and writes the other, so that no step waits for a copy.
 * The sides of a branch that accumulate nothing become a selection, which computes only what it chooses.
 */
final class Unfolding {
    /** What parameters of bodies stand for. */
    private final Map<Tensor, Cell> cells = new IdentityHashMap<>();
    /** Where results of bodies, and loops' first values, are stored. */
    private final Map<Tensor, Cell> destinations = new IdentityHashMap<>();
    /** The nest that makes a buffer. */
    private final Map<Tensor, Nest> makers = new LinkedHashMap<>();
    /** For each scatter its indices, sorted. */
    private final Map<Tensor, Nest.Sorted> scatters = new IdentityHashMap<>();
    private Graph graph;

    private Unfolding() {}

    static Unfolding of(Graph graph) {
        var unfolding = new Unfolding();
        Map<Tensor, Tensor> now = new IdentityHashMap<>();
        unfolding.unfold(graph.results(), now, 0, false);
        unfolding.graph = graph.with(now::get, t -> unfolding.settled(now.get(t)));
        return unfolding;
    }

    private Tensor settled(Tensor t) {
        return makers.containsKey(t) ? Tensor.of(new Op.Stop(), t) : t;
    }

    Graph graph() {
        return graph;
    }

    Map<Tensor, Cell> cells() {
        return cells;
    }

    Map<Tensor, Cell> destinations() {
        return destinations;
    }

    Map<Tensor, Nest> makers() {
        return makers;
    }

    Map<Tensor, Nest.Sorted> scatters() {
        return scatters;
    }

    /** Has a nest read more than it is given. */
    void replace(Nest nest, Nest by) {
        makers.replaceAll((buffer, maker) -> maker == nest ? by : maker);
    }

    /**
     * Fills {@code now} with what {@code roots}, and all that they need, become.
     *
     * @param isBody whether they are of a body, of which nothing may stand elsewhere too: each part keeps what it makes
     */
    private void unfold(List<Tensor> roots, Map<Tensor, Tensor> now, int depth, boolean isBody) {
        List<Tensor> order = TopologicalOrder.of(roots, t -> now.containsKey(t) ? List.of() : t.inputs());
        Map<Tensor, SortedSet<Integer>> used = new IdentityHashMap<>();
        for (Tensor t : order) {
            if (t.op() instanceof Op.Result(int number)) {
                used.computeIfAbsent(t.input(0), x -> new TreeSet<>()).add(number);
            }
        }
        Map<Tensor, Map<Integer, Tensor>> results = new IdentityHashMap<>();
        Map<Tensor, Nest.Sorted> sorted = new IdentityHashMap<>();
        for (Tensor t : order) {
            if (now.containsKey(t)) {
                continue;
            }
            List<Tensor> in = t.inputs().stream().map(now::get).toList();
            Tensor made = switch (t.op()) {
                case Bundle.Loop loop -> {
                    results.put(t, repeated(loop, in, used.get(t), depth));
                    yield t;
                }
                case Bundle.Branch branch -> {
                    results.put(t, chosen(branch, in, used.get(t), depth));
                    yield t;
                }
                case Op.Result(int number) -> results.get(t.input(0)).get(number);
                case Op.ScatterAdd(Dim rows) -> scattered(Tensor.of(t.op(), in), rows.size(), sorted);
                case Op other -> isBody && !Fusion.isBuffered(t) ? Tensor.of(t.op(), in) : t.with(in);
            };
            now.put(t, made);
        }
    }

    /** A scatter, whose indices are {@code sorted} once for all of a region. */
    private Tensor scattered(Tensor scatter, int rows, Map<Tensor, Nest.Sorted> sorted) {
        Tensor given = scatter.input(1);
        Nest.Sorted known = sorted.get(given);
        if (known == null || known.rows() != rows) {
            Tensor indices = Tensor.of(new Op.Stop(), given);
            known = new Nest.Sorted(indices, rows, buffer(indices, Shape.of(rows + 1)), buffer(indices, Shape.of(indices.shape().elements())));
            for (Tensor b : known.buffers()) {
                makers.put(b, known);
            }
            sorted.put(given, known);
        }
        scatters.put(scatter, known);
        return scatter;
    }

    private static Tensor buffer(Tensor like, Shape shape) {
        return Tensor.of(new Op.Placeholder(like.dtype(), shape, "buffer"));
    }

    private static Shape several(int n, Tensor each) {
        return Shape.of(n).then(each.shape());
    }

    private Tensor parameter(Body body, int i, Cell cell) {
        Tensor like = body.parameters().get(i);
        Tensor fresh = Tensor.of(new Op.Parameter(like.dtype(), like.shape()));
        cells.put(fresh, cell);
        return fresh;
    }

    private Tensor stored(Tensor t, Cell where) {
        Tensor stored = Tensor.of(new Op.Stop(), t);
        destinations.put(stored, where);
        return stored;
    }

    private Map<Integer, Tensor> repeated(Bundle.Loop loop, List<Tensor> in, SortedSet<Integer> used, int depth) {
        Body body = loop.body();
        int steps = loop.steps().size();
        Index time = Cell.time(depth, steps);
        var halves = new ArrayList<Tensor>();
        var starts = new ArrayList<Tensor>();
        var given = new ArrayList<Tensor>();
        var parameters = new ArrayList<Tensor>();
        Map<Tensor, Tensor> now = new IdentityHashMap<>();
        for (int i = 0; i < in.size(); i++) {
            if (i < loop.carried()) {
                Tensor both = buffer(in.get(i), several(2, in.get(i)));
                halves.add(both);
                starts.add(stored(in.get(i), new Cell(both, Index.ZERO)));
                parameters.add(parameter(body, i, new Cell(both, Cell.half(depth))));
                now.put(body.parameters().get(i), parameters.get(i));
            } else {
                given.add(in.get(i));
                boolean element = i < loop.carried() + loop.sequences();
                now.put(body.parameters().get(i), element ? parameter(body, i, new Cell(in.get(i), time)) : in.get(i));
                if (element) {
                    parameters.add(now.get(body.parameters().get(i)));
                }
            }
        }
        List<Integer> stacks = used.stream().filter(i -> i >= loop.carried()).toList();
        var wanted = new ArrayList<>(body.results().subList(0, loop.carried()));
        stacks.forEach(i -> wanted.add(body.results().get(i)));
        unfold(wanted, now, depth + 1, true);
        Map<Integer, Tensor> results = new LinkedHashMap<>();
        var stored = new ArrayList<Tensor>();
        var buffers = new ArrayList<Tensor>(halves);
        for (int i = 0; i < loop.carried(); i++) {
            Tensor both = halves.get(i);
            Index other = Cell.half(depth).times(-1).plus(1);
            stored.add(stored(now.get(body.results().get(i)), new Cell(both, other)));
            results.put(i, both.slice(0, steps % 2, Dim.ONE).reshape(in.get(i).shape()));
        }
        for (int i : stacks) {
            Tensor made = now.get(body.results().get(i));
            Tensor stack = buffer(made, several(steps, made));
            buffers.add(stack);
            stored.add(stored(made, new Cell(stack, time)));
            results.put(i, stack);
        }
        var nest = new Nest.Repeat(depth, steps, loop.reversed(), parameters, starts, given, stored, buffers);
        buffers.forEach(b -> makers.put(b, nest));
        return results;
    }

    private Map<Integer, Tensor> chosen(Bundle.Branch branch, List<Tensor> in, SortedSet<Integer> used, int depth) {
        List<Tensor> captured = in.subList(1, in.size());
        List<List<Tensor>> sides = new ArrayList<>();
        boolean light = true;
        for (Body body : branch.bodies()) {
            Map<Tensor, Tensor> now = new IdentityHashMap<>();
            for (int i = 0; i < captured.size(); i++) {
                now.put(body.parameters().get(i), captured.get(i));
            }
            List<Tensor> wanted = used.stream().map(body.results()::get).toList();
            light &= Graph.tensors(wanted).stream().noneMatch(t -> Work.accumulates(t) || t.op() instanceof Bundle);
            unfold(wanted, now, depth, true);
            sides.add(wanted.stream().map(now::get).toList());
        }
        Map<Integer, Tensor> results = new LinkedHashMap<>();
        List<Integer> numbers = List.copyOf(used);
        if (light) {
            for (int k = 0; k < numbers.size(); k++) {
                results.put(numbers.get(k), Tensor.map(ScalarFn.SELECT, in.get(0).cast(DType.BOOL), sides.get(0).get(k), sides.get(1).get(k)));
            }
            return results;
        }
        var buffers = new ArrayList<Tensor>();
        var then = new ArrayList<Tensor>();
        var otherwise = new ArrayList<Tensor>();
        for (int k = 0; k < numbers.size(); k++) {
            Tensor made = sides.get(0).get(k);
            Tensor buffer = buffer(made, made.shape());
            buffers.add(buffer);
            then.add(stored(made, new Cell(buffer, null)));
            otherwise.add(stored(sides.get(1).get(k), new Cell(buffer, null)));
            results.put(numbers.get(k), buffer);
        }
        Tensor condition = in.get(0).op() instanceof Op.Placeholder ? in.get(0) : Tensor.of(new Op.Stop(), in.get(0));
        var nest = new Nest.Choice(condition, captured, then, otherwise, buffers);
        buffers.forEach(b -> makers.put(b, nest));
        return results;
    }
}
