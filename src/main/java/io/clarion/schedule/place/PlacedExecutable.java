package io.clarion.schedule.place;

import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.cost.CostModel;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.GroupDevice;
import io.clarion.schedule.group.GroupExecutable;
import io.clarion.schedule.group.Layout;
import io.clarion.schedule.group.Rendezvous;
import io.clarion.schedule.group.Replicas;
import io.clarion.tensor.NDArray;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A graph whose tasks are placed on several devices: where they say, else where they end first. */
public final class PlacedExecutable extends GroupExecutable<PlacedPart> {
    private static final Logger LOG = LoggerFactory.getLogger(PlacedExecutable.class);
    private final Planner planner;
    private PlacementPlan plan;
    /** What variables become: of two arrays each always the one that the host does not have. */
    private final Map<Variable, NDArray[]> fresh = new HashMap<>();
    /** Who was present when a plan was thought of last. */
    private List<GroupDevice> asked = List.of();
    private int calls;
    /** The call after which other plans are thought of. */
    private int next = 8;

    /** Makes an executable of a graph whose sizes are known. */
    public PlacedExecutable(Graph graph, DeviceTeam devices) {
        super(graph, devices);
        this.planner = new Planner(new Tasks(graph), CostModel.ofUser());
    }

    @Override
    protected Layout<PlacedPart> layout(Layout<PlacedPart> known) {
        List<GroupDevice> present = devices().present();
        if (known != null && known.isCurrent() && !isBetter(present)) {
            return known;
        }
        close();
        // Who hangs may still write into them.
        fresh.clear();
        asked = present;
        plan = planner.plan(present);
        PlacementPlan now = plan;
        LOG.debug("{} tasks in {} segments on {}", now.tasks().size(), now.segments().size(), present);
        var made = new Layout<PlacedPart>(devices());
        for (GroupDevice member : present) {
            if (made.isCurrent() && now.has(member)) {
                give(made, member, () -> new PlacedPart(now, devices(), member));
            }
        }
        return made;
    }

    /** Returns whether another plan is better by now, as is asked after four times as many calls each time. */
    private boolean isBetter(List<GroupDevice> present) {
        if (calls < next && present.equals(asked)) {
            return false;
        }
        next = calls < next ? next : 4 * next;
        asked = present;
        return planner.isBetter(plan, present);
    }

    /** A device that lacks memory is given less, if others can have the rest. */
    @Override
    protected void failed(GroupDevice member, int epoch, DeviceFailure why) {
        if (why.isOutOfMemory() && planner.relieve(member, plan,
                devices().members().stream().filter(GroupDevice::isPresent).toList())) {
            LOG.warn("{} is given less to keep from now on, for it lacks memory: {}", member, why.getMessage());
            spoil();
        } else {
            super.failed(member, epoch, why);
        }
    }

    @Override
    protected Optional<List<NDArray>> attempt(Layout<PlacedPart> now, Map<Variable, Replicas> replicas,
            List<NDArray> inputs, long draw) {
        Map<Tensor, NDArray> values = values();
        Map<NDArray, GroupDevice> makers = new HashMap<>();
        plan.segments().forEach(s -> s.told().forEach(t -> makers.put(values.get(t), s.member())));
        var rendezvous = new Rendezvous<>(makers, devices().workers().patience());
        Map<GroupDevice,
                Optional<List<Double>>> ran = devices().workers().each(now.members(),
                        m -> ran(now.part(m), rendezvous, inputs, values, draw),
                        (member, epoch, why) -> {
                            rendezvous.abort();
                            failed(member, epoch, why);
                        });
        if (ran.size() == now.members().size()) {
            rendezvous.late().ifPresent(this::late);
        }
        if (ran.size() < now.members().size() || ran.values().stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        update(now, replicas, inputs, values, draw);
        if (now.isWarm()) {
            ran.forEach((member, seconds) -> planner.observe(now.part(member).segments(), seconds.orElseThrow()));
        }
        now.warmUp();
        calls++;
        return Optional.of(graph().outputs().stream().map(values::get).toList());
    }

    private static Optional<List<Double>> ran(PlacedPart part, Rendezvous<NDArray> rendezvous, List<NDArray> inputs,
            Map<Tensor, NDArray> values, long draw) {
        try {
            return part.run(rendezvous, inputs, values, draw);
        } catch (RuntimeException e) {
            rendezvous.abort();
            throw e;
        }
    }

    /** Arrays for all that devices tell in a call. */
    private Map<Tensor, NDArray> values() {
        Map<Tensor, NDArray> values = new IdentityHashMap<>();
        for (Graph.Update u : graph().updates()) {
            NDArray[] two = fresh.computeIfAbsent(u.variable(),
                    v -> new NDArray[] {zeros(u.value()), zeros(u.value())});
            values.put(u.value(), two[calls % 2]);
        }
        graph().outputs().forEach(t -> values.put(t, arrays().of(t, t.shape())));
        plan.segments().forEach(s -> s.told().forEach(t -> values.computeIfAbsent(t, PlacedExecutable::zeros)));
        return values;
    }

    private static NDArray zeros(Tensor t) {
        return NDArray.zeros(t.dtype(), t.shape());
    }

    /** From here on nothing is lost: the host has the variables' new values, whatever becomes of the devices. */
    private void update(Layout<PlacedPart> now, Map<Variable, Replicas> replicas, List<NDArray> inputs,
            Map<Tensor, NDArray> values, long draw) {
        for (Graph.Update u : graph().updates()) {
            replicas.get(u.variable()).renewed(values.get(u.value()));
            u.variable().changed();
        }
        List<GroupDevice> homes = plan.homes().values().stream().distinct().toList();
        Map<GroupDevice, Integer> epochs = new LinkedHashMap<>(now.epochs());
        epochs.keySet()
                .retainAll(devices().workers().each(homes, m -> now.part(m).update(inputs, values, draw)).keySet());
        plan.homes().forEach((v, member) -> {
            if (epochs.containsKey(member)) {
                replicas.get(v).has(member, epochs.get(member));
            }
        });
    }
}
