package io.clarion.schedule;

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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of the batch that a device has, and what it does with them: for each level a graph that gives its parts of the
 * joins and its rows of the outputs. What later levels need stays on the device, in variables.
 */
final class Piece implements Part {
    private final Cut cut;
    private final DeviceGroup devices;
    private final Member member;
    private final int number;
    private final int from;
    private final int share;
    private final Map<Dim.Symbol, Integer> sizes;
    /** The device's own variables: kept tensors and its parts of joins. */
    private final Map<Tensor, Variable> kept = new IdentityHashMap<>();
    /** Its parts of joins, for the others. */
    private final Map<Tensor, NDArray> parts = new IdentityHashMap<>();
    private final List<Step> steps = new ArrayList<>();

    /** A part of a join that another piece has. */
    private record Part(Tensor join, int piece) {}

    /**
     * What the device is asked for at once.
     *
     * @param inputs  which of the call's inputs it is given
     * @param parts   what it is given besides
     * @param joins   whose parts come first among its outputs
     * @param outputs its rows of which come then, or all of them at the end
     */
    private record Step(Executable executable, List<Integer> inputs, List<Part> parts, List<Tensor> joins, List<Tensor> outputs) {}

    /**
     * Compiles what is done with rows {@code from} to before {@code from + share} by piece {@code number} of {@code pieces}.
     *
     * @param sizes what the call told
     */
    Piece(Cut cut, DeviceGroup devices, Member member, int number, int pieces, int from, int share, Map<Dim.Symbol, Integer> sizes) {
        this.cut = cut;
        this.devices = devices;
        this.member = member;
        this.number = number;
        this.from = from;
        this.share = share;
        this.sizes = sizes;
        try {
            for (int level = 0; level < cut.levels(); level++) {
                int at = level;
                List<Tensor> joins = cut.joins(level);
                var leaving = new LinkedHashSet<>(cut.kept(level));
                leaving.addAll(joins);
                List<Tensor> outputs = cut.graph().outputs().stream().filter(t -> cut.isSplit(t) && cut.level(t) == at).distinct().toList();
                steps.add(step(level, pieces, leaving, List.of(), joins, outputs));
                joins.forEach(t -> parts.put(t, NDArray.zeros(t.dtype(), t.shape().resolve(sizes))));
            }
            List<Tensor> outputs = cut.graph().outputs().stream().filter(t -> !cut.isSplit(t)).distinct().toList();
            steps.add(step(cut.levels(), pieces, Set.of(), cut.graph().updates(), List.of(), outputs));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Step step(int level, int pieces, Set<Tensor> leaving, List<Graph.Update> updates, List<Tensor> joins, List<Tensor> outputs) {
        var writer = new Writer(level, pieces);
        List<Tensor> made = Stream.concat(joins.stream(), outputs.stream()).map(writer::of).toList();
        var changes = new ArrayList<Graph.Update>();
        for (Tensor t : leaving) {
            changes.add(new Graph.Update(kept.computeIfAbsent(t, this::variable), writer.of(t)));
        }
        for (Graph.Update u : updates) {
            changes.add(new Graph.Update(devices.copies(u.variable()).on(member), writer.of(u.value())));
        }
        List<Tensor> all = cut.graph().inputs();
        List<Integer> used = IntStream.range(0, all.size()).boxed().filter(i -> writer.written.containsKey(all.get(i))).toList();
        var inputs = new ArrayList<>(used.stream().map(all::get).toList());
        inputs.addAll(writer.parts.values());
        Executable executable = member.device().compile(new Graph(inputs, made, changes), level < cut.levels() ? cut.sizes(sizes, share) : sizes);
        return new Step(executable, used, List.copyOf(writer.parts.keySet()), joins, outputs);
    }

    private Variable variable(Tensor t) {
        return Variable.local(NDArray.zeros(t.dtype(), t.shape().resolve(cut.sizes(sizes, share))), "kept");
    }

    /** Writes a level's tensors anew, for the rows at hand. */
    private final class Writer {
        private final int level;
        private final int pieces;
        private final Map<Tensor, Tensor> written = new HashMap<>();
        private final Map<Part, Tensor> parts = new LinkedHashMap<>();

        Writer(int level, int pieces) {
            this.level = level;
            this.pieces = pieces;
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
            return (cut.isJoin(t) || cut.isKept(t)) && cut.level(t) < level;
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
                case Op.Read(Variable v) -> Tensor.of(new Op.Read(devices.copies(v).on(member)));
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

    /** Whether nothing is left to be done after the levels. */
    boolean isDone() {
        return steps.get(cut.levels()).outputs().isEmpty() && cut.graph().updates().isEmpty();
    }

    /** Arrays for all rows of the outputs of a level. */
    Map<Tensor, NDArray> outputs(int level) {
        Map<Tensor, NDArray> whole = new IdentityHashMap<>();
        steps.get(level).outputs().forEach(t -> whole.put(t, NDArray.zeros(t.dtype(), t.shape().resolve(sizes))));
        return whole;
    }

    /**
     * Does what a level asks of the rows at hand.
     *
     * @param all   the pieces of all devices
     * @param whole gets the rows of the outputs
     * @return the seconds that the device took
     */
    double run(int level, List<Piece> all, List<NDArray> inputs, Map<Tensor, NDArray> whole, long draw) {
        return run(level, from, all, inputs, whole, draw);
    }

    /** As {@link #run(int, List, List, Map, long)}, of as many rows that begin with {@code from}; for a cut that {@link Cut#isRowByRow}. */
    double run(int level, int from, List<Piece> all, List<NDArray> inputs, Map<Tensor, NDArray> whole, long draw) {
        Step step = steps.get(level);
        var into = new ArrayList<>(step.joins().stream().map(parts::get).toList());
        for (Tensor t : step.outputs()) {
            into.add(cut.axis(t).orElseThrow() == 0 ? rows(whole.get(t), from) : NDArray.zeros(t.dtype(), t.shape().resolve(cut.sizes(sizes, share))));
        }
        List<NDArray> given = given(level, from, all, inputs);
        long start = devices.now();
        step.executable().call(given, into, draw);
        double seconds = (devices.now() - start) * 1e-9;
        for (int i = 0; i < step.outputs().size(); i++) {
            Tensor t = step.outputs().get(i);
            if (cut.axis(t).orElseThrow() > 0) {
                put(into.get(step.joins().size() + i), whole.get(t), from, cut.axis(t).orElseThrow());
            }
        }
        return seconds;
    }

    /** Computes what is whole from the parts of all, and updates the device's copies of variables; gives the outputs that are whole. */
    Map<Tensor, NDArray> end(List<Piece> all, List<NDArray> inputs, long draw) {
        Step step = steps.get(cut.levels());
        List<NDArray> values = step.executable().call(given(cut.levels(), from, all, inputs), draw);
        Map<Tensor, NDArray> outputs = new IdentityHashMap<>();
        IntStream.range(0, values.size()).forEach(i -> outputs.put(step.outputs().get(i), values.get(i)));
        return outputs;
    }

    /** The inputs of a call that a level's step is given, with the rows at hand of those that have rows, and parts of joins. */
    private List<NDArray> given(int level, int from, List<Piece> all, List<NDArray> values) {
        Step step = steps.get(level);
        var given = new ArrayList<NDArray>();
        step.inputs().forEach(i -> given.add(level < cut.levels() && cut.isSplit(cut.graph().inputs().get(i)) ? values.get(i).rows(from, from + share) : values.get(i)));
        step.parts().forEach(p -> given.add(all.get(p.piece()).parts.get(p.join())));
        return given;
    }

    /** Those of an array that has one or more for each row of the batch. */
    private NDArray rows(NDArray whole, int from) {
        int each = whole.shape().size(0) / cut.rows();
        return whole.rows(from * each, (from + share) * each);
    }

    /** Copies the rows at hand to their place along an axis that is not the first. */
    private void put(NDArray rows, NDArray whole, int from, int axis) {
        int outer = whole.shape().part(0, axis).elements();
        int row = whole.elements() / outer / cut.rows() * whole.dtype().bytes();
        ByteBuffer source = rows.bytes();
        for (int o = 0; o < outer; o++) {
            whole.bytes().put((o * cut.rows() + from) * row, source, o * share * row, share * row);
        }
    }

    @Override
    public Set<Variable> variables() {
        return cut.graph().variables();
    }

    @Override
    public String explain() {
        var text = new StringBuilder();
        steps.forEach(s -> text.append(s == steps.get(cut.levels()) && cut.levels() > 0 ? "at the end:\n" : "").append(s.executable().explain()).append('\n'));
        return text.toString();
    }

    @Override
    public void close() {
        steps.forEach(s -> s.executable().close());
        kept.values().forEach(Variable::discard);
    }
}
