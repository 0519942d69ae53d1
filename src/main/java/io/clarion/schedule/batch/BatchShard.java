package io.clarion.schedule.batch;

import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.graph.Variable;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.GroupDevice;
import io.clarion.schedule.group.HostArrays;
import io.clarion.schedule.group.Part;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of the batch that a device has, and what it does with them: for each stage a graph that gives its parts of
 * the reductions and its rows of the outputs. What later stages need stays on the device, in variables. Where memory is
 * short, some rows have their turn after others, in each stage, and add to the device's parts of the reductions.
 */
final class BatchShard implements Part {
    private final BatchPartition partition;
    private final DeviceTeam devices;
    private final GroupDevice member;
    private final int number;
    private final int shards;
    private final Map<Dim.Symbol, Integer> sizes;
    private final Set<Variable> variables;
    /**
     * The device's parts of reductions, unless it is given them from {@link #parts} as the others are, which costs it
     * nothing where it works in the host's memory.
     */
    private final Map<Tensor, Variable> reduced = new IdentityHashMap<>();
    /** Its parts of reductions, for the others. */
    private final Map<Tensor, NDArray> parts = new IdentityHashMap<>();
    private final List<Turn> turns = new ArrayList<>();
    private Step end;

    /** A part of a reduction that another shard has. */
    private record ReductionPart(Tensor reduction, int shard) {}

    /**
     * A step of a shard: what the device is asked for at once.
     *
     * @param inputs     which of the call's inputs it is given
     * @param parts      what it is given besides
     * @param reductions whose parts come first among its outputs
     * @param outputs    its rows of which come then, or all of them at the end
     */
    private record Step(Executable executable, List<Integer> inputs, List<ReductionPart> parts, List<Tensor> reductions,
            List<Tensor> outputs) {}

    /**
     * Compiles what is done by shard {@code number} of {@code shards}.
     *
     * @param from  its first row
     * @param share how many it has
     * @param times in how many turns it does them, at most
     * @param sizes what the call told
     */
    BatchShard(BatchPartition partition, DeviceTeam devices, GroupDevice member, int number, int shards, int from,
            int share, int times, Map<Dim.Symbol, Integer> sizes) {
        this.partition = partition;
        this.devices = devices;
        this.member = member;
        this.number = number;
        this.shards = shards;
        this.sizes = sizes;
        this.variables = partition.graph().variables();
        int each = Math.ceilDiv(share, times);
        for (int done = 0; done < share; done += each) {
            turns.add(new Turn(from + done, Math.min(each, share - done), done == 0, done + each >= share));
        }
        boolean keepsReductions = shards == 1 || turns.size() > 1 || !member.device().worksInHostMemory();
        IntStream.range(0, partition.stages()).boxed().flatMap(stage -> partition.reductions(stage).stream())
                .forEach(t -> {
                    NDArray part = NDArray.zeros(t.dtype(), t.shape().resolve(sizes));
                    if (shards > 1) {
                        parts.put(t, part);
                    }
                    if (keepsReductions) {
                        reduced.put(t, Variable.local(part, "kept"));
                    }
                });
        try {
            turns.forEach(Turn::compile);
            end = end();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Variable kept(Tensor t, Map<Dim.Symbol, Integer> sizes) {
        return Variable.local(NDArray.zeros(t.dtype(), t.shape().resolve(sizes)), "kept");
    }

    /** Rows that are computed at once, by a step for each stage. */
    private final class Turn {
        private final int from;
        private final int share;
        private final boolean isFirst;
        private final boolean isLast;
        private final Map<Tensor, Variable> kept = new IdentityHashMap<>();
        private final List<Step> steps = new ArrayList<>();

        Turn(int from, int share, boolean isFirst, boolean isLast) {
            this.from = from;
            this.share = share;
            this.isFirst = isFirst;
            this.isLast = isLast;
        }

        void compile() {
            IntStream.range(0, partition.stages()).forEach(stage -> steps.add(step(stage)));
        }

        private Step step(int stage) {
            var writer = new Writer(stage, this);
            var changes = new ArrayList<Graph.Update>();
            partition.kept(stage).forEach(t -> changes.add(new Graph.Update(
                    kept.computeIfAbsent(t, x -> kept(x, partition.sizes(sizes, share))), writer.of(t))));
            Map<Tensor, Tensor> sums = new LinkedHashMap<>();
            partition.reductions(stage).forEach(t -> sums.put(t, isFirst ? writer.of(t)
                    : Tensor.map(BatchPartition.combining(t), Tensor.of(new Op.Read(reduced.get(t))), writer.of(t))));
            sums.keySet().stream().filter(reduced::containsKey)
                    .forEach(t -> changes.add(new Graph.Update(reduced.get(t), sums.get(t))));
            List<Tensor> told = isLast && shards > 1 ? partition.reductions(stage) : List.of();
            List<Tensor> outputs = partition.graph().outputs().stream()
                    .filter(t -> partition.isSplit(t) && partition.stage(t) == stage).distinct().toList();
            List<Tensor> made = Stream.concat(told.stream().map(sums::get), outputs.stream().map(writer::of)).toList();
            return compiled(writer, made, changes, partition.sizes(sizes, share), told, outputs);
        }

        /** Returns the rows of an array that has one or more for each row of the batch. */
        private NDArray rows(NDArray whole, int from) {
            int each = whole.shape().size(0) / partition.rows();
            return whole.rows(from * each, (from + share) * each);
        }

        /** Copies the rows at hand to their place along an axis that is not the first. */
        private void put(NDArray rows, NDArray whole, int from, int axis) {
            int outer = whole.shape().part(0, axis).elements();
            int row = whole.elements() / outer / partition.rows() * whole.dtype().bytes();
            ByteBuffer source = rows.bytes();
            for (int o = 0; o < outer; o++) {
                whole.bytes().put((o * partition.rows() + from) * row, source, o * share * row, share * row);
            }
        }

        /** Returns the seconds that a stage took, of rows that begin with {@code from}. */
        double run(int stage, int from, List<BatchShard> all, List<NDArray> inputs, Map<Tensor, NDArray> whole,
                long draw) {
            Step step = steps.get(stage);
            var into = new ArrayList<>(step.reductions().stream().map(parts::get).toList());
            for (Tensor t : step.outputs()) {
                into.add(partition.axis(t).orElseThrow() == 0 ? rows(whole.get(t), from)
                        : NDArray.zeros(t.dtype(), t.shape().resolve(partition.sizes(sizes, share))));
            }
            List<NDArray> given = given(step, all, i -> partition.isSplit(partition.graph().inputs().get(i))
                    ? inputs.get(i).rows(from, from + share) : inputs.get(i));
            long start = devices.now();
            step.executable().call(given, into, draw);
            double seconds = (devices.now() - start) * 1e-9;
            for (int i = 0; i < step.outputs().size(); i++) {
                Tensor t = step.outputs().get(i);
                if (partition.axis(t).orElseThrow() > 0) {
                    put(into.get(step.reductions().size() + i), whole.get(t), from, partition.axis(t).orElseThrow());
                }
            }
            return seconds;
        }

        void close() {
            steps.forEach(s -> s.executable().close());
            kept.values().forEach(Variable::discard);
        }
    }

    private Step end() {
        var writer = new Writer(partition.stages(), null);
        List<Tensor> outputs = partition.graph().outputs().stream().filter(t -> !partition.isSplit(t)).distinct()
                .toList();
        List<Tensor> made = outputs.stream().map(writer::of).toList();
        List<Graph.Update> changes = partition.graph().updates().stream()
                .map(u -> new Graph.Update(devices.copies(u.variable()).on(member), writer.of(u.value()))).toList();
        return compiled(writer, made, changes, sizes, List.of(), outputs);
    }

    private Step compiled(Writer writer, List<Tensor> made, List<Graph.Update> changes, Map<Dim.Symbol, Integer> at,
            List<Tensor> reductions, List<Tensor> outputs) {
        List<Tensor> all = partition.graph().inputs();
        List<Integer> used = IntStream.range(0, all.size()).boxed().filter(i -> writer.written.containsKey(all.get(i)))
                .toList();
        var inputs = new ArrayList<>(used.stream().map(all::get).toList());
        inputs.addAll(writer.parts.values());
        return new Step(member.device().compile(new Graph(inputs, made, changes, changing(writer.turn)), at), used,
                List.copyOf(writer.parts.keySet()), reductions, outputs);
    }

    /**
     * Returns what changes from call to call: what steps keep for later ones, and the device's copies of variables such
     * as those that the end updates.
     */
    private Set<Variable> changing(Turn turn) {
        Set<Variable> changing = variables.stream().filter(v -> partition.graph().isVolatile(v))
                .map(v -> devices.copies(v).on(member)).collect(Collectors.toSet());
        changing.addAll(reduced.values());
        changing.addAll(turn == null ? List.of() : turn.kept.values());
        return changing;
    }

    /** Writes a stage's tensors anew: for the rows of a turn, or, at the end, for none. */
    private final class Writer {
        private final int stage;
        private final Turn turn;
        private final Map<Tensor, Tensor> written = new HashMap<>();
        private final Map<ReductionPart, Tensor> parts = new LinkedHashMap<>();

        Writer(int stage, Turn turn) {
            this.stage = stage;
            this.turn = turn;
        }

        Tensor of(Tensor root) {
            for (Tensor t : TopologicalOrder.of(List.of(root),
                    x -> written.containsKey(x) || isGiven(x) ? List.of() : x.inputs())) {
                if (!written.containsKey(t)) {
                    written.put(t, isGiven(t) ? given(t) : written(t, t.inputs().stream().map(written::get).toList()));
                }
            }
            return written.get(root);
        }

        /** Returns whether an earlier stage has made it. */
        private boolean isGiven(Tensor t) {
            return (partition.isReduction(t) || partition.isKept(t)) && partition.stage(t) < stage;
        }

        private Tensor given(Tensor t) {
            if (!partition.isReduction(t)) {
                return Tensor.of(new Op.Read(turn.kept.get(t)));
            }
            // In the same order on all devices, so that all have the same sum.
            Tensor sum = null;
            for (int p = 0; p < shards; p++) {
                Tensor part = p == number && reduced.containsKey(t) ? Tensor.of(new Op.Read(reduced.get(t)))
                        : parts.computeIfAbsent(new ReductionPart(t, p),
                                x -> Tensor.of(new Op.Placeholder(t.dtype(), t.shape().resolve(sizes), "part")));
                sum = sum == null ? part : Tensor.map(BatchPartition.combining(t), sum, part);
            }
            return sum;
        }

        private Tensor written(Tensor t, List<Tensor> in) {
            return switch (t.op()) {
                case Op.Read(Variable v) -> Tensor.of(new Op.Read(devices.copies(v).on(member)));
                case Op.Size(Dim dim) -> Tensor.literal(DType.INT32, dim.resolve(sizes).size());
                case Op.Random(long seed, Shape shape) ->
                        rows(Tensor.of(new Op.Random(seed, shape.resolve(sizes))), shape);
                case Op.Iota(Dim length) -> rows(Tensor.of(new Op.Iota(length.resolve(sizes))), t.shape());
                default -> t.with(in);
            };
        }

        /** Returns the rows at hand of what is the same for all devices. */
        private Tensor rows(Tensor whole, Shape shape) {
            int axis = partition.axis(shape).orElse(-1);
            if (axis < 0 || turn == null) {
                return whole;
            }
            int each = shape.dim(axis).resolve(sizes).size() / partition.rows();
            var start = new ArrayList<>(Collections.nCopies(shape.rank(), 0));
            start.set(axis, turn.from * each);
            return whole.view(new Movement.Slice(start, Collections.nCopies(shape.rank(), 1),
                    whole.shape().with(axis, Dim.of(turn.share * each))));
        }
    }

    /** Returns whether nothing is left to be done after the stages. */
    boolean isDone() {
        return end.outputs().isEmpty() && partition.graph().updates().isEmpty();
    }

    /** For all rows of the outputs of a stage some of {@code arrays}. */
    Map<Tensor, NDArray> outputs(int stage, HostArrays arrays) {
        Map<Tensor, NDArray> whole = new IdentityHashMap<>();
        turns.get(0).steps.get(stage).outputs().forEach(t -> whole.put(t, arrays.of(t, t.shape().resolve(sizes))));
        return whole;
    }

    /**
     * Does what a stage asks of its rows.
     *
     * @param all   the shards of all devices
     * @param whole gets the rows of the outputs
     * @return the seconds that the device took
     */
    double run(int stage, List<BatchShard> all, List<NDArray> inputs, Map<Tensor, NDArray> whole, long draw) {
        return turns.stream().mapToDouble(t -> t.run(stage, t.from, all, inputs, whole, draw)).sum();
    }

    /**
     * Returns the same as {@link #run(int, List, List, Map, long)}, of as many rows that begin with {@code from}, in
     * one turn; for a partition that {@link BatchPartition#isRowByRow}.
     */
    double run(int stage, int from, List<BatchShard> all, List<NDArray> inputs, Map<Tensor, NDArray> whole, long draw) {
        return turns.get(0).run(stage, from, all, inputs, whole, draw);
    }

    /**
     * Computes what is whole from the parts of all, and updates the device's copies of variables; gives the outputs
     * that are whole.
     */
    Map<Tensor, NDArray> end(List<BatchShard> all, List<NDArray> inputs, long draw) {
        List<NDArray> values = end.executable().call(given(end, all, inputs::get), draw);
        Map<Tensor, NDArray> outputs = new IdentityHashMap<>();
        IntStream.range(0, values.size()).forEach(i -> outputs.put(end.outputs().get(i), values.get(i)));
        return outputs;
    }

    /** Returns what a step is given: inputs of the call, as {@code input} has them, and parts of reductions. */
    private static List<NDArray> given(Step step, List<BatchShard> all, IntFunction<NDArray> input) {
        var given = new ArrayList<NDArray>();
        step.inputs().forEach(i -> given.add(input.apply(i)));
        step.parts().forEach(p -> given.add(all.get(p.shard()).parts.get(p.reduction())));
        return given;
    }

    @Override
    public Set<Variable> variables() {
        return variables;
    }

    @Override
    public String explain() {
        var text = new StringBuilder();
        turns.forEach(t -> {
            text.append(turns.size() > 1 ? "rows " + t.from + " to " + (t.from + t.share - 1) + ":\n" : "");
            t.steps.forEach(s -> text.append(s.executable().explain()).append('\n'));
        });
        return text.append(partition.stages() > 0 ? "at the end:\n" : "").append(end.executable().explain())
                .append('\n').toString();
    }

    @Override
    public void close() {
        turns.forEach(Turn::close);
        if (end != null) {
            end.executable().close();
        }
        reduced.values().forEach(Variable::discard);
    }
}
