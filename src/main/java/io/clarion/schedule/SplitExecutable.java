package io.clarion.schedule;

import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
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
 * A graph on several devices, each of which has some rows of the batch; or, where it cannot be cut, on one of them. A device that lacks memory
 * has fewer rows, or, if no other can have them, does them in turns.
 */
final class SplitExecutable extends GroupExecutable<Piece> {
    private static final Logger LOG = LoggerFactory.getLogger(SplitExecutable.class);
    private final Map<Dim.Symbol, Integer> sizes;
    private final Set<Variable> updated = new LinkedHashSet<>();
    private Cut cut;
    private final RowRates rates;
    private Shares shares;
    private int[] rows;
    /** What the devices do of all levels. */
    private Map<Stage, Member> stages = Map.of();
    /** In how many turns each device does its rows. */
    private final int[] turns;

    SplitExecutable(Cut cut, Map<Dim.Symbol, Integer> sizes, DeviceGroup devices) {
        this(cut, sizes, devices, new RowRates(devices.speeds()));
    }

    /** With what is known of the devices' rates, which learn from each call. */
    SplitExecutable(Cut cut, Map<Dim.Symbol, Integer> sizes, DeviceGroup devices, RowRates rates) {
        super(cut.graph(), devices);
        this.cut = cut;
        this.sizes = sizes;
        this.rates = rates;
        this.shares = new Shares(cut.rows(), rates);
        this.turns = IntStream.generate(() -> 1).limit(devices.members().size()).toArray();
        cut.graph().updates().forEach(u -> updated.add(u.variable()));
    }

    @Override
    Layout<Piece> layout(Layout<Piece> known) {
        List<Member> present = devices().present();
        int[] now = cut.levels() == 0 ? IntStream.range(0, devices().members().size()).map(i -> i == present.get(0).number() ? 1 : 0).toArray()
                : shares.now(i -> present.contains(devices().members().get(i)));
        if (known != null && known.isCurrent() && Arrays.equals(rows, now)) {
            return known;
        }
        close();
        rows = now;
        return compiled();
    }

    /** A piece for each device that has rows, until one fails to have its own. */
    private Layout<Piece> compiled() {
        var made = new Layout<Piece>(devices());
        List<Member> having = devices().members().stream().filter(m -> rows[m.number()] > 0).toList();
        int from = 0;
        try {
            for (Member member : having) {
                int number = made.members().size();
                int first = from;
                int share = rows[member.number()];
                int times = turns[member.number()];
                Cut now = cut;
                give(made, member, () -> new Piece(now, devices(), member, number, having.size(), first, share, times, sizes));
                if (!made.isCurrent()) {
                    break;
                }
                from += share;
            }
            stages = IntStream.range(0, cut.levels()).boxed().flatMap(level -> made.members().stream().map(m -> new Stage(m, level)))
                    .collect(Collectors.toUnmodifiableMap(s -> s, Stage::member));
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    /** What a device does of a level. */
    private record Stage(Member member, int level) {}

    /**
     * What a device did of a call.
     *
     * @param seconds that it took for its rows
     * @param outputs those that are whole
     */
    private record Done(double seconds, Map<Tensor, NDArray> outputs) {}

    /** A device may apply updates, or it has failed before: never both, however late it answers. */
    private enum Fate { ENDING, FAILED }

    /** A call, of which each device does its part and waits for those of others that it needs. */
    private final class Attempt {
        private final Layout<Piece> now;
        private final Map<Variable, Replicas> replicas;
        private final List<NDArray> inputs;
        private final long draw;
        private final List<Map<Tensor, NDArray>> whole;
        private final int levels = cut.levels();
        private final Exchange<Stage> exchange;
        private final Map<Member, Fate> fates = new ConcurrentHashMap<>();

        Attempt(Layout<Piece> now, Map<Variable, Replicas> replicas, List<NDArray> inputs, long draw) {
            this.now = now;
            this.replicas = replicas;
            this.inputs = inputs;
            this.draw = draw;
            this.whole = IntStream.range(0, levels).mapToObj(level -> now.parts().get(0).outputs(level, arrays())).toList();
            this.exchange = new Exchange<>(stages, devices().workers().patience());
        }

        /** Does a device's part; empty if others did not give what it needs. */
        Optional<Done> done(Member member) {
            try {
                Piece piece = now.part(member);
                double seconds = 0;
                for (int level = 0; level < levels; level++) {
                    if (!isGiven(level - 1)) {
                        return Optional.empty();
                    }
                    seconds += piece.run(level, now.parts(), inputs, whole.get(level), draw);
                    exchange.done(new Stage(member, level));
                }
                if (piece.isDone()) {
                    return Optional.of(new Done(seconds, Map.of()));
                }
                if (!isGiven(levels - 1) || fates.putIfAbsent(member, Fate.ENDING) != null) {
                    return Optional.empty();
                }
                updated.forEach(v -> replicas.get(v).changing(member));
                return Optional.of(new Done(seconds, piece.end(now.parts(), inputs, draw)));
            } catch (RuntimeException e) {
                if (!isEnding(member)) {
                    exchange.abandon();
                }
                throw e;
            }
        }

        private boolean isEnding(Member member) {
            return fates.get(member) == Fate.ENDING;
        }

        /** Waits until all have done a level. */
        private boolean isGiven(int level) {
            return level < 0 || now.members().stream().allMatch(m -> exchange.await(new Stage(m, level)));
        }

        /** One that fails while it applies updates leaves others' alone. */
        void failed(Member member, int life, DeviceFailure why) {
            fates.putIfAbsent(member, Fate.FAILED);
            if (!isEnding(member)) {
                exchange.abandon();
                SplitExecutable.this.failed(member, life, why);
            } else if (isAlone() && why.isWithoutEffect()) {
                updated.forEach(v -> replicas.get(v).has(member, life));
                throw why;
            } else {
                member.fail(life, why);
            }
        }

        /** The outputs, if any device came to its end; the others that were to update variables have old values. */
        Optional<List<NDArray>> ended(Map<Member, Done> done) {
            if (done.isEmpty()) {
                for (Variable v : updated) {
                    if (!replicas.get(v).isValid()) {
                        throw devices().noneLeft("variable " + v.name() + " was being updated when the devices failed that had it");
                    }
                }
                return Optional.empty();
            }
            Map<Member, Integer> lives = new HashMap<>(now.lives());
            lives.keySet().retainAll(done.keySet());
            for (Variable v : updated) {
                replicas.get(v).changed(lives);
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
    Optional<List<NDArray>> attempt(Layout<Piece> now, Map<Variable, Replicas> replicas, List<NDArray> inputs, long draw) {
        var attempt = new Attempt(now, replicas, inputs, draw);
        Map<Member, Optional<Done>> answers = devices().workers().each(now.members(), attempt::done, attempt::failed);
        if (answers.size() == now.members().size()) {
            attempt.exchange.late().ifPresent(this::late);
        }
        Map<Member, Done> done = new LinkedHashMap<>();
        answers.forEach((m, d) -> d.ifPresent(x -> done.put(m, x)));
        if (!attempt.fates.containsValue(Fate.ENDING) && done.size() < now.members().size()) {
            return Optional.empty();
        }
        Optional<List<NDArray>> outputs = attempt.ended(done);
        if (done.size() == now.members().size()) {
            if (now.isWarm() && cut.levels() > 0) {
                shares.took(devices().members().stream().mapToDouble(m -> done.containsKey(m) ? done.get(m).seconds() : 0).toArray());
            }
            now.warmUp();
        }
        return outputs;
    }

    /** Takes a device out, unless it lacks memory and others can have half of its rows, or it can do them in turns. */
    @Override
    void failed(Member member, int life, DeviceFailure why) {
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
            super.failed(member, life, why);
        }
    }

    /** Whether no other device could ever do the work: then it is not taken out for lack of memory, since it has all values. */
    private boolean isAlone() {
        return devices().members().size() == 1;
    }

    /** Has a device do its rows in twice as many turns; false if it does them one by one, has none, or they cannot be divided. */
    private boolean takesTurns(Member member) {
        if (cut.levels() == 0) {
            Optional<Cut> divided = devices().divided(graph(), sizes);
            if (divided.isEmpty()) {
                return false;
            }
            cut = divided.get();
            shares = new Shares(cut.rows(), rates);
            rows = shares.now(i -> devices().members().get(i).isPresent());
        }
        int times = Math.min(2 * turns[member.number()], rows[member.number()]);
        boolean areMore = times > turns[member.number()];
        turns[member.number()] = areMore ? times : turns[member.number()];
        return areMore;
    }

    @Override
    String title(Member member) {
        int times = turns[member.number()];
        return cut.levels() == 0 ? "" : member + ", " + rows[member.number()] + " of " + cut.rows() + " rows" + (times == 1 ? "" : " in " + times + " turns") + ":\n";
    }
}
