package io.clarion.opencl.compile.lower;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.opencl.compile.program.Buffer;
import io.clarion.opencl.compile.program.Counters;
import io.clarion.opencl.compile.program.Dataflow;
import io.clarion.opencl.compile.program.Expr;
import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Operation.Choose;
import io.clarion.opencl.compile.program.Operation.Control;
import io.clarion.opencl.compile.program.Operation.Element;
import io.clarion.opencl.compile.program.Operation.Filled;
import io.clarion.opencl.compile.program.Operation.Repeat;
import io.clarion.opencl.compile.program.Operation.SegmentSum;
import io.clarion.opencl.compile.program.Operation.Sort;
import io.clarion.opencl.compile.program.Operation;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes the buffers, loops, branches and sorted scatters of a graph explicit: bodies become regions of
 * {@link Control}s, which refer to what they read from outside as it is, and store their results in buffers.
 *
 * <p>A carried value has a buffer of two halves: a step reads one and writes the other, so that no step waits for a
 * copy.
 */
public final class LowerControlFlow {
    private final Graph graph;
    /** Loads of the graph's inputs, variables and constants. */
    private final Map<Tensor, Expr> buffered = new HashMap<>();
    /** Exprs of the buffers that control flow fills. */
    private final Map<Buffer, Expr> fills = new HashMap<>();

    private LowerControlFlow(Graph graph) {
        this.graph = graph;
    }

    public static Dataflow of(Graph graph) {
        var pass = new LowerControlFlow(graph);
        Map<Tensor, Expr> now = new HashMap<>();
        pass.lower(graph.results(), now, 0);
        List<Expr> outputs = graph.outputs().stream().map(now::get).map(e -> e.isLeaf() ? copied(e) : e).toList();
        // A variable takes over the buffer of its new value, which has to be a kernel's.
        List<Dataflow.Update> updates = graph.updates().stream()
                .map(u -> new Dataflow.Update(u.variable(), now.get(u.value())))
                .map(u -> u.value().isLeaf() || u.value().op() instanceof Filled
                        ? new Dataflow.Update(u.variable(), copied(u.value())) : u)
                .toList();
        return new Dataflow(outputs, updates);
    }

    /** Returns a result that no kernel makes as a copy of it, which one does. */
    private static Expr copied(Expr result) {
        return result.stored(Buffer.scratch(result));
    }

    /** Fills {@code now} with what {@code roots}, and all that they need, become. */
    private void lower(List<Tensor> roots, Map<Tensor, Expr> now, int depth) {
        List<Tensor> order = TopologicalOrder.of(roots, t -> now.containsKey(t) ? List.of() : t.inputs());
        Map<Tensor, SortedSet<Integer>> used = new HashMap<>();
        for (Tensor t : order) {
            if (t.op() instanceof Op.Result(int number)) {
                used.computeIfAbsent(t.input(0), x -> new TreeSet<>()).add(number);
            }
        }
        Map<Tensor, Map<Integer, Expr>> results = new HashMap<>();
        Map<Tensor, Expr> sorted = new HashMap<>();
        for (Tensor t : order) {
            if (now.containsKey(t)) {
                continue;
            }
            List<Expr> in = t.inputs().stream().map(now::get).toList();
            switch (t.op()) {
                case Bundle.Loop loop -> results.put(t, repeated(loop, in, used.get(t), depth));
                case Bundle.Branch branch -> results.put(t, chosen(branch, in, used.get(t), depth));
                case Op.Result(int number) -> now.put(t, results.get(t.input(0)).get(number));
                case Op.ScatterAdd(Dim rows) -> now.put(t, scattered(t, in, rows.size(), sorted));
                case Op.Placeholder p -> now.put(t, leaf(t, new Buffer.Source.Input(graph.inputs().indexOf(t))));
                case Op.Read(var v) -> now.put(t, leaf(t, new Buffer.Source.Content(v, graph.isVolatile(v))));
                case Op.Constant c -> now.put(t, leaf(t, new Buffer.Source.Fixed(t)));
                case Op other -> now.put(t, Expr.of(t, in));
            }
        }
    }

    private Expr leaf(Tensor t, Buffer.Source source) {
        return buffered.computeIfAbsent(t, x -> Expr.load(new Buffer(t.dtype(), t.shape(), source)));
    }

    /** Returns a scatter by its indices, which are {@code sorted} once for all of a region. */
    private Expr scattered(Tensor scatter, List<Expr> in, int rows, Map<Tensor, Expr> sorted) {
        Expr given = in.get(1);
        Expr sort = sorted.get(scatter.input(1));
        if (sort == null || ((Sort) sort.op()).rows() != rows) {
            Expr indices = given.stored(Buffer.scratch(given));
            sort = control(new Sort(rows, Buffer.scratch(given.dtype(), Shape.of(rows + 1)),
                    Buffer.scratch(given.dtype(), Shape.of(given.elements()))), List.of(indices));
            sorted.put(scatter.input(1), sort);
        }
        var by = (Sort) sort.op();
        return new Expr(new SegmentSum(rows, given.shape()),
                List.of(in.get(0), filled(sort, by.starts()), filled(sort, by.order())),
                scatter.dtype(), scatter.shape());
    }

    private static Expr control(Control op, List<Expr> inputs) {
        return new Expr(op, inputs, inputs.get(0).dtype(), Shape.SCALAR);
    }

    private Expr filled(Expr control, Buffer buffer) {
        return fills.computeIfAbsent(buffer, b -> new Expr(new Filled(b), List.of(control), b.dtype(), b.shape()));
    }

    private static Expr element(Expr of, Index at) {
        return new Expr(new Element(at), List.of(of), of.dtype(), of.shape().part(1, of.rank()));
    }

    private static Buffer several(int n, Expr each) {
        return Buffer.scratch(each.dtype(), Shape.of(n).then(each.shape()));
    }

    private Map<Integer, Expr> repeated(Bundle.Loop loop, List<Expr> in, SortedSet<Integer> used, int depth) {
        Body body = loop.body();
        int steps = loop.steps().size();
        Index time = Counters.time(depth, steps);
        var halves = new ArrayList<Buffer>();
        var inputs = new ArrayList<Expr>();
        Map<Tensor, Expr> now = new HashMap<>();
        for (int i = 0; i < in.size(); i++) {
            Expr given = in.get(i);
            if (i < loop.carried()) {
                Buffer both = several(2, given);
                halves.add(both);
                inputs.add(given.stored(both.slice(Index.ZERO)));
                now.put(body.parameters().get(i), element(Expr.load(both), Counters.halfRead(depth)));
            } else {
                inputs.add(given);
                now.put(body.parameters().get(i), i < loop.carried() + loop.sequences() ? element(given, time) : given);
            }
        }
        List<Integer> stacks = used.stream().filter(i -> i >= loop.carried()).toList();
        var wanted = new ArrayList<>(body.results().subList(0, loop.carried()));
        stacks.forEach(i -> wanted.add(body.results().get(i)));
        lower(wanted, now, depth + 1);

        var stored = new ArrayList<Expr>();
        var buffers = new ArrayList<>(halves);
        for (int i = 0; i < loop.carried(); i++) {
            stored.add(now.get(body.results().get(i)).stored(halves.get(i).slice(Counters.halfWritten(depth))));
        }
        Map<Integer, Buffer> stacked = new LinkedHashMap<>();
        for (int i : stacks) {
            Expr made = now.get(body.results().get(i));
            Buffer stack = several(steps, made);
            stacked.put(i, stack);
            buffers.add(stack);
            stored.add(made.stored(stack.slice(time)));
        }
        Expr repeat = control(new Repeat(depth, steps, loop.reversed(), loop.carried(), stored, buffers), inputs);
        Map<Integer, Expr> results = new LinkedHashMap<>();
        for (int i = 0; i < loop.carried(); i++) {
            results.put(i, filled(repeat, halves.get(i)).part(steps % 2));
        }
        stacked.forEach((i, stack) -> results.put(i, filled(repeat, stack)));
        return results;
    }

    private Map<Integer, Expr> chosen(Bundle.Branch branch, List<Expr> in, SortedSet<Integer> used, int depth) {
        List<List<Expr>> sides = new ArrayList<>();
        for (Body body : branch.bodies()) {
            Map<Tensor, Expr> now = new HashMap<>();
            for (int i = 1; i < in.size(); i++) {
                now.put(body.parameters().get(i - 1), in.get(i));
            }
            List<Tensor> wanted = used.stream().map(body.results()::get).toList();
            lower(wanted, now, depth);
            sides.add(wanted.stream().map(now::get).toList());
        }
        List<Buffer> buffers = sides.get(0).stream().map(Buffer::scratch).toList();
        List<List<Expr>> stores = sides.stream().map(side -> {
            var stored = new ArrayList<Expr>();
            side.forEach(e -> stored.add(e.stored(buffers.get(stored.size()).alias())));
            return List.<Expr>copyOf(stored);
        }).toList();
        var inputs = new ArrayList<>(in);
        boolean isGiven = in.get(0).op() instanceof Filled
                || in.get(0).op() instanceof Operation.Load(Buffer b) && b.source() instanceof Buffer.Source.Input;
        inputs.set(0, isGiven ? in.get(0) : in.get(0).stored(Buffer.scratch(in.get(0))));
        Expr choose = control(new Choose(stores.get(0), stores.get(1), buffers), inputs);
        Map<Integer, Expr> results = new LinkedHashMap<>();
        int k = 0;
        for (int number : used) {
            results.put(number, filled(choose, buffers.get(k++)));
        }
        return results;
    }
}
