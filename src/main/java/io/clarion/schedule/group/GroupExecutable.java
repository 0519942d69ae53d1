package io.clarion.schedule.group;

import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
import io.clarion.graph.Graph;
import io.clarion.graph.Variable;
import io.clarion.tensor.NDArray;
import io.clarion.tensor.Value;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A graph on several devices. A call is attempted until no device fails in it: the graph is laid out anew on those that
 * are left.
 *
 * @param <P> what a device does
 */
public abstract class GroupExecutable<P extends Part> implements Executable {
    private final DeviceTeam devices;
    private final Graph graph;
    private final Set<Variable> variables;
    private final HostArrays arrays = new HostArrays();
    private Layout<P> layout;

    protected GroupExecutable(Graph graph, DeviceTeam devices) {
        this.graph = graph;
        this.devices = devices;
        this.variables = graph.variables();
    }

    /**
     * Returns a layout for the devices that are present: {@code known}, which is null at first, if it holds still; else
     * that has to be closed before another is made.
     */
    protected abstract Layout<P> layout(Layout<P> known);

    /** Returns the outputs of a call; empty if a device failed, so that others have to do its work. */
    protected abstract Optional<List<NDArray>> attempt(Layout<P> now, Map<Variable, Replicas> replicas,
            List<NDArray> inputs, long draw);

    /** What is done about a device that fails to have its part, or to do it. */
    protected void failed(GroupDevice member, int epoch, DeviceFailure why) {
        member.fail(epoch, why);
    }

    /** What is done about a device that others waited for too long. */
    protected final void late(GroupDevice member) {
        failed(member, member.epoch(), new DeviceFailure(member + " did not give others in time what they need"));
    }

    /** Says that the layout cannot do what is asked of it. */
    protected final void spoil() {
        if (layout != null) {
            layout.spoil();
        }
    }

    /** Returns where devices put what they tell in a call. */
    protected final HostArrays arrays() {
        return arrays;
    }

    protected final DeviceTeam devices() {
        return devices;
    }

    protected final Graph graph() {
        return graph;
    }

    /** By way of arrays of its own: a device that hangs may write into what it was given long after the call. */
    @Override
    public final void call(List<? extends Value> inputs, List<NDArray> into, long draw) {
        arrays.copied(true);
        try {
            Executable.super.call(inputs, into, draw);
        } finally {
            arrays.copied(false);
        }
    }

    @Override
    public final List<NDArray> call(List<NDArray> inputs, long draw) {
        while (true) {
            Layout<P> now = current();
            var fetched = new AtomicBoolean();
            // While variables cannot move nothing is computed: each device may have to fetch its copies.
            Optional<List<NDArray>> results = Variable.inTurn(devices, this::areHere, () -> {
                variables.forEach(devices::replicas);
                fetched.set(true);
                return () -> {};
            }, () -> now.isCurrent() && !fetched.get() ? refreshed(now, inputs, draw) : Optional.empty());
            if (results.isPresent()) {
                return results.get();
            }
            arrays.forget();
        }
    }

    private boolean areHere() {
        for (Variable v : variables) {
            if (!v.isOn(devices)) {
                return false;
            }
        }
        return true;
    }

    private Optional<List<NDArray>> refreshed(Layout<P> now, List<NDArray> inputs, long draw) {
        List<GroupDevice> members = now.members();
        Map<Variable, Replicas> replicas = new IdentityHashMap<>();
        variables.forEach(v -> replicas.put(v, devices.replicas(v)));
        // Before any device is busy: copies are made of what another holds.
        boolean areValid = members.stream()
                .allMatch(m -> now.part(m).variables().stream().allMatch(v -> replicas.get(v).isOn(m)));
        if (!areValid
                && devices.workers().each(members, m -> refreshed(m, now.part(m), replicas)).size() < members.size()) {
            return Optional.empty();
        }
        return attempt(now, replicas, inputs, draw);
    }

    private boolean refreshed(GroupDevice member, P part, Map<Variable, Replicas> replicas) {
        part.variables().forEach(v -> replicas.get(v).refresh(member));
        return true;
    }

    private Layout<P> current() {
        while (true) {
            layout = layout(layout);
            if (layout.isCurrent()) {
                return layout;
            }
        }
    }

    /** Has a device make its part in a layout; if it fails, the layout is spoilt. */
    protected final void give(Layout<P> made, GroupDevice member, Supplier<P> part) {
        int epoch = member.epoch();
        try {
            made.add(member, epoch, devices.workers().ask(member, part, Part::close));
        } catch (DeviceFailure e) {
            failed(member, epoch, e);
            made.spoil();
        }
    }

    @Override
    public String explain() {
        Layout<P> now = current();
        var text = new StringBuilder();
        now.members().forEach(m -> text.append(title(m)).append(now.part(m).explain()));
        return text.toString();
    }

    /** Returns what stands before a device's part. */
    protected String title(GroupDevice member) {
        return member + ":\n";
    }

    @Override
    public final void close() {
        if (layout != null) {
            layout.close();
        }
        layout = null;
    }
}
