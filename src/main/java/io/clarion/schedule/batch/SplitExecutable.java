package io.clarion.schedule.batch;

import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.schedule.group.DeviceTeam;
import io.clarion.schedule.group.GroupDevice;
import io.clarion.schedule.group.GroupExecutable;
import io.clarion.schedule.group.Layout;
import io.clarion.schedule.group.Rendezvous;
import io.clarion.schedule.group.Replicas;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A graph on several devices, each of which has some rows of the batch; or, where it cannot be divided, on one of them.
 * A device that lacks memory has fewer rows, or, if no other can have them, does them in turns.
 */
public final class SplitExecutable extends GroupExecutable<BatchShard> {
    private static final Logger LOG = LoggerFactory.getLogger(SplitExecutable.class);
    private final Map<Dim.Symbol, Integer> sizes;
    private final Set<Variable> updated = new LinkedHashSet<>();
    private BatchPartition partition;
    private final RowRates rates;
    private Shares shares;
    private int[] rows;
    /** What the devices do of all stages. */
    private Map<StageTask, GroupDevice> doers = Map.of();
    /** In how many turns each device does its rows. */
    private final int[] turns;

    public SplitExecutable(BatchPartition partition, Map<Dim.Symbol, Integer> sizes, DeviceTeam devices) {
        this(partition, sizes, devices, new RowRates(devices.speeds()));
    }

    /** With what is known of the devices' rates, which learn from each call. */
    public SplitExecutable(BatchPartition partition, Map<Dim.Symbol, Integer> sizes, DeviceTeam devices,
            RowRates rates) {
        super(partition.graph(), devices);
        this.partition = partition;
        this.sizes = sizes;
        this.rates = rates;
        this.shares = new Shares(partition.rows(), rates);
        this.turns = IntStream.generate(() -> 1).limit(devices.members().size()).toArray();
        partition.graph().updates().forEach(u -> updated.add(u.variable()));
    }

    /**
     * Divides a graph's batch; empty if it cannot be divided, as a line of the log then says, or if no symbol is its
     * size.
     */
    public static Optional<BatchPartition> divided(DeviceTeam team, Graph graph, Map<Dim.Symbol, Integer> sizes) {
        if (sizes.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(BatchPartition.of(graph, sizes));
        } catch (Indivisible e) {
            LOG.warn("a function runs on {} alone, all rows at once: {}", team.members().get(0), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    protected Layout<BatchShard> layout(Layout<BatchShard> known) {
        List<GroupDevice> present = devices().present();
        int[] now = partition.stages() == 0
                ? IntStream.range(0, devices().members().size()).map(i -> i == present.get(0).number() ? 1 : 0)
                        .toArray()
                : shares.now(i -> present.contains(devices().members().get(i)));
        if (known != null && known.isCurrent() && Arrays.equals(rows, now)) {
            return known;
        }
        close();
        rows = now;
        return compiled();
    }

    /** Returns a shard for each device that has rows, until one fails to have its own. */
    private Layout<BatchShard> compiled() {
        var made = new Layout<BatchShard>(devices());
        List<GroupDevice> having = devices().members().stream().filter(m -> rows[m.number()] > 0).toList();
        int from = 0;
        try {
            for (GroupDevice member : having) {
                int number = made.members().size();
                int first = from;
                int share = rows[member.number()];
                int times = turns[member.number()];
                BatchPartition now = partition;
                give(made, member, () -> new BatchShard(now, devices(), member, number, having.size(), first, share,
                        times, sizes));
                if (!made.isCurrent()) {
                    break;
                }
                from += share;
            }
            doers = IntStream.range(0, partition.stages()).boxed()
                    .flatMap(stage -> made.members().stream().map(m -> new StageTask(m, stage)))
                    .collect(Collectors.toUnmodifiableMap(s -> s, StageTask::member));
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /** The task of a device in a stage. */
    private record StageTask(GroupDevice member, int stage) {}

    /**
     * The part of a call that a device has done.
     *
     * @param seconds that it took for its rows
     * @param outputs those that are whole
     */
    private record Done(double seconds, Map<Tensor, NDArray> outputs) {}

    /** A device may apply updates, or it has failed before: never both, however late it answers. */
    private enum Fate {
        ENDING, FAILED
    }

    /** A call, of which each device does its part and waits for those of others that it needs. */
    private final class Attempt {
        private final Layout<BatchShard> now;
        private final Map<Variable, Replicas> replicas;
        private final List<NDArray> inputs;
        private final long draw;
        private final List<Map<Tensor, NDArray>> whole;
        private final int stages = partition.stages();
        private final Rendezvous<StageTask> rendezvous;
        private final Map<GroupDevice, Fate> fates = new ConcurrentHashMap<>();

        Attempt(Layout<BatchShard> now, Map<Variable, Replicas> replicas, List<NDArray> inputs, long draw) {
            this.now = now;
            this.replicas = replicas;
            this.inputs = inputs;
            this.draw = draw;
            this.whole = IntStream.range(0, stages).mapToObj(stage -> now.parts().get(0).outputs(stage, arrays()))
                    .toList();
            this.rendezvous = new Rendezvous<>(doers, devices().workers().patience());
        }

        /** Does a device's part; empty if others did not give what it needs. */
        Optional<Done> done(GroupDevice member) {
            try {
                BatchShard shard = now.part(member);
                double seconds = 0;
                for (int stage = 0; stage < stages; stage++) {
                    if (!isGiven(stage - 1)) {
                        return Optional.empty();
                    }
                    seconds += shard.run(stage, now.parts(), inputs, whole.get(stage), draw);
                    rendezvous.done(new StageTask(member, stage));
                }
                if (shard.isDone()) {
                    return Optional.of(new Done(seconds, Map.of()));
                }
                if (!isGiven(stages - 1) || fates.putIfAbsent(member, Fate.ENDING) != null) {
                    return Optional.empty();
                }
                updated.forEach(v -> replicas.get(v).changing(member));
                return Optional.of(new Done(seconds, shard.end(now.parts(), inputs, draw)));
            } catch (RuntimeException e) {
                if (!isEnding(member)) {
                    rendezvous.abort();
                }
                throw e;
            }
        }

        private boolean isEnding(GroupDevice member) {
            return fates.get(member) == Fate.ENDING;
        }

        /** Waits until all have done a stage. */
        private boolean isGiven(int stage) {
            return stage < 0 || now.members().stream().allMatch(m -> rendezvous.await(new StageTask(m, stage)));
        }

        /** One that fails while it applies updates leaves others' alone. */
        void failed(GroupDevice member, int epoch, DeviceFailure why) {
            fates.putIfAbsent(member, Fate.FAILED);
            if (!isEnding(member)) {
                rendezvous.abort();
                SplitExecutable.this.failed(member, epoch, why);
            } else if (isAlone() && why.isWithoutEffect()) {
                updated.forEach(v -> replicas.get(v).has(member, epoch));
                throw why;
            } else {
                member.fail(epoch, why);
            }
        }

        /**
         * Returns the outputs, if any device came to its end; the others that were to update variables have old values.
         */
        Optional<List<NDArray>> ended(Map<GroupDevice, Done> done) {
            if (done.isEmpty()) {
                for (Variable v : updated) {
                    if (!replicas.get(v).isValid()) {
                        throw devices().noneLeft(
                                "variable " + v.name() + " was being updated when the devices failed that had it");
                    }
                }
                return Optional.empty();
            }
            Map<GroupDevice, Integer> epochs = new HashMap<>(now.epochs());
            epochs.keySet().retainAll(done.keySet());
            for (Variable v : updated) {
                replicas.get(v).changed(epochs);
                v.changed();
            }
            if (devices().members().size() > 1) {
                updated.forEach(v -> replicas.get(v).keep());
            }
            Map<Tensor, NDArray> outputs = new IdentityHashMap<>(done.values().iterator().next().outputs());
            whole.forEach(outputs::putAll);
            return Optional.of(graph().outputs().stream().map(outputs::get).toList());
        }
    }

    @Override
    protected Optional<List<NDArray>> attempt(Layout<BatchShard> now, Map<Variable, Replicas> replicas,
            List<NDArray> inputs, long draw) {
        var attempt = new Attempt(now, replicas, inputs, draw);
        Map<GroupDevice,
                Optional<Done>> answers = devices().workers().each(now.members(), attempt::done, attempt::failed);
        if (answers.size() == now.members().size()) {
            attempt.rendezvous.late().ifPresent(this::late);
        }
        Map<GroupDevice, Done> done = new LinkedHashMap<>();
        answers.forEach((m, d) -> d.ifPresent(x -> done.put(m, x)));
        if (!attempt.fates.containsValue(Fate.ENDING) && done.size() < now.members().size()) {
            return Optional.empty();
        }
        Optional<List<NDArray>> outputs = attempt.ended(done);
        if (done.size() == now.members().size()) {
            if (now.isWarm() && partition.stages() > 0) {
                shares.took(devices().members().stream()
                        .mapToDouble(m -> done.containsKey(m) ? done.get(m).seconds() : 0).toArray());
            }
            now.warmUp();
        }
        return outputs;
    }

    /** Takes a device out, unless it lacks memory and others can have half of its rows, or it can do them in turns. */
    @Override
    protected void failed(GroupDevice member, int epoch, DeviceFailure why) {
        if (why.isOutOfMemory() && shares.halve(member.number(), i -> devices().members().get(i).isPresent())) {
            LOG.warn("{} has half of the rows from now on, for it lacks memory: {}", member, why.getMessage());
            spoil();
        } else if (why.isOutOfMemory() && takesTurns(member)) {
            LOG.warn("{} does its rows in {} turns from now on, for it lacks memory", member, turns[member.number()]);
            LOG.debug("{}", why.getMessage());
            spoil();
        } else if (why.isOutOfMemory() && isAlone()) {
            throw why;
        } else {
            super.failed(member, epoch, why);
        }
    }

    /**
     * Returns whether no other device could ever do the work: then it is not taken out for lack of memory, since it has
     * all values.
     */
    private boolean isAlone() {
        return devices().members().size() == 1;
    }

    /**
     * Has a device do its rows in twice as many turns; false if it does them one by one, has none, or they cannot be
     * divided.
     */
    private boolean takesTurns(GroupDevice member) {
        if (partition.stages() == 0) {
            Optional<BatchPartition> divided = divided(devices(), graph(), sizes);
            if (divided.isEmpty()) {
                return false;
            }
            partition = divided.get();
            shares = new Shares(partition.rows(), rates);
            rows = shares.now(i -> devices().members().get(i).isPresent());
        }
        int times = Math.min(2 * turns[member.number()], rows[member.number()]);
        boolean areMore = times > turns[member.number()];
        turns[member.number()] = areMore ? times : turns[member.number()];
        return areMore;
    }

    @Override
    protected String title(GroupDevice member) {
        int times = turns[member.number()];
        return partition.stages() == 0 ? "" : member + ", " + rows[member.number()] + " of " + partition.rows()
                + " rows" + (times == 1 ? "" : " in " + times + " turns") + ":\n";
    }
}
