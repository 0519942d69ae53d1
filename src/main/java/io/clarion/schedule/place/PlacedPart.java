package io.clarion.schedule.place;

import io.clarion.engine.Executable;
import io.clarion.engine.TransferStream;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.cost.CostModel;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.GroupDevice;
import io.clarion.schedule.group.Part;
import io.clarion.schedule.group.Rendezvous;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A device's segments of a graph that is placed, and its updates: what it keeps from segment to segment is in
 * variables.
 */
final class PlacedPart implements Part {
    private final PlacementPlan plan;
    private final DeviceTeam devices;
    private final GroupDevice member;
    private final Map<Tensor, Variable> kept = new HashMap<>();
    private final Map<Segment, Step> steps = new LinkedHashMap<>();
    private final Set<Variable> variables = new LinkedHashSet<>();
    private Step end;

    /**
     * A step of a part: what the device is asked for at once.
     *
     * @param inputs which of the call's inputs it is given
     * @param given  what of other devices it is given besides
     * @param told   its outputs
     * @param moved  the bytes of all these
     */
    private record Step(Executable executable, List<Integer> inputs, List<Tensor> given, List<Tensor> told,
            CostModel.Moved moved) {}

    PlacedPart(PlacementPlan plan, DeviceTeam devices, GroupDevice member) {
        this.plan = plan;
        this.devices = devices;
        this.member = member;
        try {
            plan.segments().stream().filter(s -> s.member() == member).forEach(s -> steps.put(s, step(s)));
            end = end();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private Step step(Segment segment) {
        Map<Tensor, Tensor> written = new HashMap<>();
        var given = new LinkedHashMap<Tensor, Tensor>();
        segment.given().forEach(t -> given.put(t, Tensor.of(new Op.Placeholder(t.dtype(), t.shape(), "given"))));
        written.putAll(given);
        segment.tensors().forEach(t -> written.put(t, t.op() instanceof Op.Read ? here(t, written)
                : t.with(t.inputs().stream().map(in -> here(in, written)).toList())));
        segment.told().forEach(t -> here(t, written));
        var changes = new ArrayList<Graph.Update>();
        for (Tensor t : segment.kept()) {
            changes.add(new Graph.Update(
                    kept.computeIfAbsent(t, x -> Variable.local(NDArray.zeros(x.dtype(), x.shape()), "kept")),
                    here(t, written)));
        }
        return compiled(written, given, List.copyOf(segment.told()), changes);
    }

    /** Gives the variables that this device keeps their new values. */
    private Step end() {
        Map<Tensor, Tensor> written = new HashMap<>();
        var given = new LinkedHashMap<Tensor, Tensor>();
        var changes = new ArrayList<Graph.Update>();
        for (Graph.Update u : plan.tasks().graph().updates()) {
            if (plan.homes().get(u.variable()) == member) {
                Tensor value = kept.containsKey(u.value()) ? Tensor.of(new Op.Read(kept.get(u.value())))
                        : given.computeIfAbsent(u.value(),
                                t -> Tensor.of(new Op.Placeholder(t.dtype(), t.shape(), "value")));
                changes.add(new Graph.Update(devices.copies(u.variable()).on(member), value));
            }
        }
        return compiled(written, given, List.of(), changes);
    }

    private Step compiled(Map<Tensor, Tensor> written, Map<Tensor, Tensor> given, List<Tensor> told,
            List<Graph.Update> changes) {
        List<Tensor> all = plan.tasks().graph().inputs();
        List<Integer> used = IntStream.range(0, all.size()).boxed().filter(i -> written.containsKey(all.get(i)))
                .toList();
        var inputs = new ArrayList<>(used.stream().map(all::get).toList());
        inputs.addAll(given.values());
        Executable executable = member.device()
                .compile(new Graph(inputs, told.stream().map(written::get).toList(), changes, changing()));
        return new Step(executable, used, List.copyOf(given.keySet()), told,
                new CostModel.Moved(bytes(inputs), bytes(told)));
    }

    /**
     * Returns what changes from call to call: what segments keep for later ones, and the device's copies of variables
     * such as those that the end updates.
     */
    private Set<Variable> changing() {
        Set<Variable> changing = variables.stream().filter(v -> plan.tasks().graph().isVolatile(v))
                .map(v -> devices.copies(v).on(member)).collect(Collectors.toSet());
        changing.addAll(kept.values());
        return changing;
    }

    private static long bytes(List<Tensor> tensors) {
        return tensors.stream().mapToLong(Tasks::bytes).sum();
    }

    /** Returns a tensor as this device has it. */
    private Tensor here(Tensor t, Map<Tensor, Tensor> written) {
        return written.computeIfAbsent(t, x -> {
            if (Tasks.isAnywhere(x)) {
                return x;
            }
            if (x.op() instanceof Op.Read(Variable v)) {
                variables.add(v);
                return Tensor.of(new Op.Read(devices.copies(v).on(member)));
            }
            return Tensor.of(new Op.Read(kept.get(x)));
        });
    }

    /**
     * Does its segments, one after another.
     *
     * @param values of what devices tell each other and the host; each is filled by the device that has it
     * @return the seconds that each took, in their order; empty if others did not give what they need
     */
    Optional<List<Double>> run(Rendezvous<NDArray> rendezvous, List<NDArray> inputs, Map<Tensor, NDArray> values,
            long draw) {
        var seconds = new ArrayList<Double>();
        for (Step step : steps.values()) {
            var stream = new Passing(rendezvous);
            long start = devices.now();
            try {
                step.executable().call(given(step, inputs, values), told(step, values), draw, stream);
            } catch (TransferStream.Abandoned e) {
                return Optional.empty();
            }
            seconds.add((devices.now() - start - stream.waited) * 1e-9);
        }
        return Optional.of(seconds);
    }

    /** The values that devices pass each other in a call. */
    private final class Passing implements TransferStream {
        private final Rendezvous<NDArray> rendezvous;
        /** The nanoseconds that this device has waited for others. */
        private long waited;

        Passing(Rendezvous<NDArray> rendezvous) {
            this.rendezvous = rendezvous;
        }

        @Override
        public void await(NDArray array, long bytes) {
            long start = devices.now();
            if (!rendezvous.await(array, bytes)) {
                throw new Abandoned(array);
            }
            waited += devices.now() - start;
        }

        @Override
        public void filled(NDArray array, long bytes) {
            rendezvous.reached(array, bytes);
        }
    }

    /** Gives the variables that it keeps their new values; true. */
    boolean update(List<NDArray> inputs, Map<Tensor, NDArray> values, long draw) {
        end.executable().call(given(end, inputs, values), told(end, values), draw);
        return true;
    }

    private static List<NDArray> given(Step step, List<NDArray> inputs, Map<Tensor, NDArray> values) {
        return Stream.concat(step.inputs().stream().map(inputs::get), step.given().stream().map(values::get)).toList();
    }

    private static List<NDArray> told(Step step, Map<Tensor, NDArray> values) {
        return step.told().stream().map(values::get).toList();
    }

    /** Returns the segments, in their order, and what goes between the device and the host in each. */
    Map<Segment, CostModel.Moved> segments() {
        Map<Segment, CostModel.Moved> segments = new LinkedHashMap<>();
        steps.forEach((segment, step) -> segments.put(segment, step.moved()));
        return segments;
    }

    @Override
    public Set<Variable> variables() {
        return variables;
    }

    @Override
    public String explain() {
        var text = new StringBuilder();
        steps.forEach((segment, step) -> text.append("stage ").append(segment.stage()).append(":\n")
                .append(step.executable().explain()).append('\n'));
        return text.toString();
    }

    @Override
    public void close() {
        steps.values().forEach(s -> s.executable().close());
        if (end != null) {
            end.executable().close();
        }
        kept.values().forEach(Variable::discard);
    }
}
