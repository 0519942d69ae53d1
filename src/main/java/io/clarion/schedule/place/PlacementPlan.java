package io.clarion.schedule.place;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.group.GroupDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which segment of which device computes what of a graph, given the device of each task.
 *
 * <pre>
 *     device 0    [ stage 0 ] ---------> [ stage 2 ]        what device 1 gives makes a new stage
 *                      \                  /
 *     device 1          `-> [ stage 1 ] -'
 * </pre>
 */
final class PlacementPlan {
    private final Tasks tasks;
    private final GroupDevice[] members;
    private final List<Segment> segments = new ArrayList<>();
    private final Map<Tensor, Segment> places = new HashMap<>();
    private final Map<Variable, GroupDevice> homes = new LinkedHashMap<>();

    /**
     * A plan.
     *
     * @param members the device of each task
     * @param first   the device of what is no task
     */
    PlacementPlan(Tasks tasks, GroupDevice[] members, GroupDevice first) {
        this.tasks = tasks;
        this.members = members.clone();
        Map<List<Object>, Segment> known = new HashMap<>();
        int[] stages = stages();
        for (int t = 0; t < tasks.size(); t++) {
            Segment segment = segment(known, members[t], stages[t]);
            tasks.tensors(t).forEach(x -> places.put(x, segment));
            segment.tensors().addAll(tasks.tensors(t));
        }
        for (Tensor result : tasks.graph().results()) {
            places.computeIfAbsent(result, t -> segment(known, first, 0)).told().add(result);
        }
        for (Graph.Update u : tasks.graph().updates()) {
            GroupDevice home = tasks.reading(u.variable()).map(t -> members[t])
                    .orElseGet(() -> places.get(u.value()).member());
            homes.put(u.variable(), home);
            if (home == places.get(u.value()).member()) {
                places.get(u.value()).kept().add(u.value());
            }
        }
        segments.forEach(this::connect);
        segments.sort(Comparator.comparingInt(Segment::stage));
    }

    private int[] stages() {
        int[] stages = new int[tasks.size()];
        for (int t = 0; t < stages.length; t++) {
            int at = t;
            stages[t] = tasks.needs(t).stream().mapToInt(n -> stages[n] + (members[n] == members[at] ? 0 : 1)).max()
                    .orElse(0);
        }
        return stages;
    }

    private Segment segment(Map<List<Object>, Segment> known, GroupDevice member, int stage) {
        return known.computeIfAbsent(List.of(member, stage), k -> {
            segments.add(new Segment(member, stage));
            return segments.get(segments.size() - 1);
        });
    }

    private void connect(Segment segment) {
        for (Tensor t : segment.tensors()) {
            for (Tensor in : t.inputs()) {
                Segment from = places.get(in);
                if (from == null || from == segment) {
                    continue;
                }
                if (from.member() != segment.member()) {
                    from.told().add(in);
                    segment.given().add(in);
                } else if (!(in.op() instanceof Op.Read)) {
                    from.kept().add(in);
                }
            }
        }
    }

    Tasks tasks() {
        return tasks;
    }

    /** Returns the device of each task. */
    GroupDevice[] members() {
        return members.clone();
    }

    /** Returns all segments, by stage. */
    List<Segment> segments() {
        return segments;
    }

    /** Returns whether a device does something. */
    boolean has(GroupDevice member) {
        return segments.stream().anyMatch(s -> s.member() == member) || homes.containsValue(member);
    }

    /** Returns the devices that keep the variables which are updated. */
    Map<Variable, GroupDevice> homes() {
        return homes;
    }
}
