package io.clarion.schedule.place;

import io.clarion.engine.Device;
import io.clarion.schedule.cost.CostModel;
import io.clarion.schedule.cost.Effort;
import io.clarion.schedule.group.GroupDevice;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes plans for a graph: each task where it has to be, else where it ends first as far as costs are known. */
final class Planner {
    /** How much of what it had a device is given that lacks memory. */
    private static final double RELIEF = 0.75;
    /** Another plan has to save a tenth, as it has to be compiled. */
    private static final double WORTH_IT = 0.9;
    private final Tasks tasks;
    private final CostModel costs;
    private final List<List<Effort>> efforts;
    /** What the segments of the plan at hand take. */
    private final Map<Segment, List<Effort>> made = new HashMap<>();
    /** The device of each task, for those that are present. */
    private final Map<List<GroupDevice>, GroupDevice[]> chosen = new HashMap<>();
    /** The bytes that a device can keep, where it has been found to lack memory. */
    private final Map<GroupDevice, Long> limits = new HashMap<>();

    Planner(Tasks tasks, CostModel costs) {
        this.tasks = tasks;
        this.costs = costs;
        this.efforts = IntStream.range(0, tasks.size())
                .mapToObj(t -> tasks.tensors(t).stream().map(Effort::of).toList()).toList();
    }

    /**
     * Returns a plan for the members that are present.
     *
     * @throws NoRoom if they lack memory for the variables
     */
    PlacementPlan plan(List<GroupDevice> present) {
        made.clear();
        return new PlacementPlan(tasks, chosen.computeIfAbsent(present, p -> members(placement(p, graph(p)), p)),
                present.get(0));
    }

    private static GroupDevice[] members(Placement placement, List<GroupDevice> present) {
        return Arrays.stream(placement.device()).mapToObj(present::get).toArray(GroupDevice[]::new);
    }

    /** Results are freed when they are not needed any more, so that more may fit than all together. */
    private Placement placement(List<GroupDevice> present, TaskGraph graph) {
        Machine machine = machine(present);
        try {
            return EarliestFinish.of(graph, machine);
        } catch (NoRoom e) {
            long[] variables = IntStream.range(0, tasks.size()).mapToLong(t -> tasks.isVariable(t) ? tasks.bytes(t) : 0)
                    .toArray();
            return EarliestFinish.of(
                    new TaskGraph(graph.needs(), graph.seconds(), graph.bytes(), variables, graph.group()), machine);
        }
    }

    private TaskGraph graph(List<GroupDevice> present) {
        int[][] needs = IntStream.range(0, tasks.size())
                .mapToObj(t -> tasks.needs(t).stream().mapToInt(n -> n).toArray()).toArray(int[][]::new);
        double[][] seconds = IntStream.range(0, tasks.size()).mapToObj(t -> seconds(t, present))
                .toArray(double[][]::new);
        long[] bytes = IntStream.range(0, tasks.size()).mapToLong(tasks::bytes).toArray();
        return new TaskGraph(needs, seconds, bytes, bytes, tasks.groups());
    }

    /** Returns the device that has to do a task; empty if none has to, or if that is not present. */
    private Optional<GroupDevice> only(int task, List<GroupDevice> present) {
        return tasks.device(task).flatMap(id -> present.stream().filter(m -> m.is(id)).findFirst());
    }

    private double[] seconds(int task, List<GroupDevice> present) {
        Optional<GroupDevice> only = only(task, present);
        return present.stream().mapToDouble(m -> only.isPresent() && only.get() != m ? Double.POSITIVE_INFINITY
                : costs.seconds(m.device(), efforts.get(task))).toArray();
    }

    private Machine machine(List<GroupDevice> present) {
        Machine all = machine(costs, present.stream().map(GroupDevice::device).toList());
        double[] calls = present.stream().mapToDouble(m -> costs.callSeconds(m.device())).toArray();
        // What is given begins a further call.
        double[][] latency = Arrays.stream(all.latency())
                .map(to -> IntStream.range(0, to.length).mapToDouble(d -> to[d] + calls[d]).toArray())
                .toArray(double[][]::new);
        return new Machine(latency, all.bytesPerSecond(),
                present.stream().mapToLong(m -> limits.getOrDefault(m, m.device().report().memory())).toArray());
    }

    /** Returns the machine of so many devices: what one sends another goes by way of the host. */
    static Machine machine(CostModel costs, List<Device> devices) {
        double[] none = devices.stream().mapToDouble(d -> costs.transferSeconds(d, CostModel.Direction.FROM_DEVICE, 0))
                .toArray();
        double[] away = devices.stream().mapToDouble(d -> perByte(costs, d, CostModel.Direction.FROM_DEVICE)).toArray();
        double[] first = devices.stream().mapToDouble(d -> costs.transferSeconds(d, CostModel.Direction.TO_DEVICE, 0))
                .toArray();
        double[] there = devices.stream().mapToDouble(d -> perByte(costs, d, CostModel.Direction.TO_DEVICE)).toArray();
        return new Machine(table(none, (from, to) -> none[from] + first[to]),
                table(none, (from, to) -> 1 / (away[from] + there[to])),
                devices.stream().mapToLong(d -> d.report().memory()).toArray());
    }

    private static double perByte(CostModel costs, Device device, CostModel.Direction direction) {
        long many = 1 << 30;
        return (costs.transferSeconds(device, direction, many) - costs.transferSeconds(device, direction, 0)) / many;
    }

    private interface Way {
        double value(int from, int to);
    }

    private static double[][] table(double[] devices, Way way) {
        return IntStream.range(0, devices.length)
                .mapToObj(from -> IntStream.range(0, devices.length).mapToDouble(to -> way.value(from, to)).toArray())
                .toArray(double[][]::new);
    }

    /**
     * Returns whether, as costs are known by now, another plan would be done sooner than {@code known}: that is made
     * from then on.
     */
    boolean isBetter(PlacementPlan known, List<GroupDevice> present) {
        TaskGraph free = graph(present);
        if (IntStream.range(0, tasks.size())
                .anyMatch(t -> only(t, present).filter(m -> m != known.members()[t]).isPresent())) {
            // A device is back that some tasks ask for.
            return true;
        }
        double[][] fixed = IntStream.range(0, tasks.size()).mapToObj(t -> IntStream.range(0, present.size())
                .mapToDouble(
                        d -> present.get(d) == known.members()[t] ? free.seconds()[t][d] : Double.POSITIVE_INFINITY)
                .toArray()).toArray(double[][]::new);
        double now = placement(present, new TaskGraph(free.needs(), fixed, free.bytes(), free.memory(), free.group()))
                .makespan();
        Placement better = placement(present, free);
        boolean isWorthIt = better.makespan() < WORTH_IT * now;
        if (isWorthIt) {
            chosen.put(present, members(better, present));
        }
        return isWorthIt;
    }

    /** Has a device keep less than in {@code plan} from now on; false if the others cannot have the rest. */
    boolean relieve(GroupDevice member, PlacementPlan plan, List<GroupDevice> present) {
        long kept = IntStream.range(0, tasks.size()).filter(t -> plan.members()[t] == member).mapToLong(tasks::bytes)
                .sum();
        chosen.clear();
        Long before = limits.put(member, (long) (RELIEF * kept));
        try {
            EarliestFinish.of(graph(present), machine(present));
            return kept > 0;
        } catch (NoRoom e) {
            limits.remove(member);
            if (before != null) {
                limits.put(member, before);
            }
            return false;
        }
    }

    /**
     * Says how many seconds a device took for each of its segments, in which it was given some bytes by the host and
     * gave some.
     */
    void observe(Map<Segment, CostModel.Moved> segments, List<Double> seconds) {
        var took = seconds.iterator();
        segments.forEach((segment, moved) -> costs.observed(segment.member().device(),
                made.computeIfAbsent(segment, s -> s.tensors().stream().map(Effort::of).toList()), moved, took.next()));
    }
}
