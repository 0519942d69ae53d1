package io.clarion.schedule;

import io.clarion.engine.Device;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.graph.Variable;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The rows of the batch that a device has, and what it does with them: for each level a graph that gives its parts of the
 * joins and its rows of the outputs. What later levels need stays on the device, in variables.
 */
final class Piece implements AutoCloseable {
    private final Cut cut;
    private final Device device;
    private final int number;
    private final int from;
    private final int share;
    private final Map<Dim.Symbol, Integer> sizes;
    /** The device's own variables: kept tensors and its parts of joins. */
    private final Map<Tensor, Variable> kept = new IdentityHashMap<>();
    private final List<Step> steps = new ArrayList<>();

    /** A part of a join that another piece has. */
    record Part(Tensor join, int piece) {}

    /**
     * What the device is asked for at once.
     *
     * @param inputs  which of the call's inputs it is given
     * @param parts   what it is given besides
     * @param joins   whose parts come first among its outputs
     * @param outputs its rows of which come then
     * @param reads   the variables that it reads
     */
    record Step(Executable executable, List<Integer> inputs, List<Part> parts, List<Tensor> joins, List<Tensor> outputs, Set<Variable> reads) {}

    /**
     * Compiles what is done with rows {@code from} to before {@code from + share} by piece {@code number} of {@code pieces}.
     *
     * @param sizes   what the call told
     * @param replica gives the variable that this device reads in place of one
     */
    Piece(Cut cut, Device device, int number, int pieces, int from, int share, Map<Dim.Symbol, Integer> sizes, UnaryOperator<Variable> replica) {
        this.cut = cut;
        this.device = device;
        this.number = number;
        this.from = from;
        this.share = share;
        this.sizes = sizes;
        for (int level = 0; level < cut.levels(); level++) {
            int at = level;
            List<Tensor> joins = cut.joins(level);
            List<Tensor> outputs = cut.graph().outputs().stream().filter(t -> cut.isSplit(t) && cut.level(t) == at).distinct().toList();
            var results = new ArrayList<>(joins);
            results.addAll(outputs);
            var leaving = new LinkedHashSet<>(cut.kept(level));
            leaving.addAll(joins);
            steps.add(step(level, pieces, results, leaving, List.of(), joins, outputs, replica));
        }
    }

    /** What is whole, computed on the device of this piece from the parts of all. */
    Step end(int pieces, UnaryOperator<Variable> replica) {
        List<Tensor> outputs = cut.graph().outputs().stream().filter(t -> !cut.isSplit(t)).distinct().toList();
        return step(cut.levels(), pieces, outputs, Set.of(), cut.graph().updates(), List.of(), outputs, replica);
    }

    private Step step(int level, int pieces, List<Tensor> results, Set<Tensor> leaving, List<Graph.Update> updates, List<Tensor> joins,
            List<Tensor> outputs, UnaryOperator<Variable> replica) {
        var writer = new Writer(level, pieces, replica);
        List<Tensor> made = results.stream().map(writer::of).toList();
        var changes = new ArrayList<Graph.Update>();
        for (Tensor t : leaving) {
            changes.add(new Graph.Update(kept.computeIfAbsent(t, this::variable), writer.of(t)));
        }
        for (Graph.Update u : updates) {
            changes.add(new Graph.Update(u.variable(), writer.of(u.value())));
        }
        List<Tensor> all = cut.graph().inputs();
        List<Integer> used = IntStream.range(0, all.size()).boxed().filter(i -> writer.written.containsKey(all.get(i))).toList();
        var inputs = new ArrayList<>(used.stream().map(all::get).toList());
        inputs.addAll(writer.parts.values());
        Executable executable = device.compile(new Graph(inputs, made, changes), level < cut.levels() ? cut.sizes(sizes, share) : sizes);
        return new Step(executable, used, List.copyOf(writer.parts.keySet()), joins, outputs, writer.reads);
    }

    private Variable variable(Tensor t) {
        return new Variable(NDArray.zeros(t.dtype(), t.shape().resolve(cut.sizes(sizes, share))), "kept");
    }

    /** Writes a level's tensors anew, for the rows at hand. */
    private final class Writer {
        private final int level;
        private final int pieces;
        private final UnaryOperator<Variable> replica;
        private final Map<Tensor, Tensor> written = new HashMap<>();
        private final Map<Part, Tensor> parts = new LinkedHashMap<>();
        private final Set<Variable> reads = new LinkedHashSet<>();

        Writer(int level, int pieces, UnaryOperator<Variable> replica) {
            this.level = level;
            this.pieces = pieces;
            this.replica = replica;
        }

        Tensor of(Tensor root) {
            for (Tensor t : TopologicalOrder.of(List.of(root), x -> written.containsKey(x) || isGiven(x) ? List.of() : x.inputs())) {
                if (!written.containsKey(t)) {
                    written.put(t, isGiven(t) ? given(t) : written(t, t.inputs().stream().map(written::get).toList()));
                }
            }
            return written.get(root);
        }

        /** Whether an earlier level has made it. */
        private boolean isGiven(Tensor t) {
            return cut.level(t) < level && (cut.isJoin(t) || cut.isKept(t));
        }

        private Tensor given(Tensor t) {
            if (!cut.isJoin(t)) {
                return Tensor.of(new Op.Read(kept.get(t)));
            }
            // In the same order on all devices, so that all have the same sum.
            Tensor sum = null;
            for (int p = 0; p < pieces; p++) {
                Tensor part = p == number ? Tensor.of(new Op.Read(kept.get(t)))
                        : parts.computeIfAbsent(new Part(t, p), x -> Tensor.of(new Op.Placeholder(t.dtype(), t.shape().resolve(sizes), "part")));
                sum = sum == null ? part : Tensor.map(Cut.joining(t), sum, part);
            }
            return sum;
        }

        private Tensor written(Tensor t, List<Tensor> in) {
            return switch (t.op()) {
                case Op.Read(Variable v) -> {
                    reads.add(v);
                    Variable own = replica.apply(v);
                    yield own == v ? t : Tensor.of(new Op.Read(own));
                }
                case Op.Size(Dim dim) -> Tensor.literal(DType.INT32, dim.resolve(sizes).size());
                case Op.Random(long seed, Shape shape) -> rows(Tensor.of(new Op.Random(seed, shape.resolve(sizes))), shape);
                case Op.Iota(Dim length) -> rows(Tensor.of(new Op.Iota(length.resolve(sizes))), t.shape());
                default -> t.with(in);
            };
        }

        /** The rows at hand of what is the same for all devices. */
        private Tensor rows(Tensor whole, Shape shape) {
            int axis = cut.axis(shape).orElse(-1);
            if (axis < 0 || level == cut.levels()) {
                return whole;
            }
            int each = shape.dim(axis).resolve(sizes).size() / cut.rows();
            var start = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
            start.set(axis, from * each);
            return whole.view(new Movement.Slice(start, Collections.nCopies(shape.rank(), 1), whole.shape().with(axis, Dim.of(share * each))));
        }
    }

    Device device() {
        return device;
    }

    List<Step> steps() {
        return steps;
    }

    /** The inputs of a call that {@code step} is given, with the rows at hand of those that have rows. */
    List<NDArray> inputs(Step step, List<NDArray> values) {
        return step.inputs().stream().map(i -> cut.isSplit(cut.graph().inputs().get(i)) ? values.get(i).rows(from, from + share) : values.get(i)).toList();
    }

    @Override
    public void close() {
        steps.forEach(s -> s.executable().close());
        kept.values().forEach(Variable::close);
    }
}
