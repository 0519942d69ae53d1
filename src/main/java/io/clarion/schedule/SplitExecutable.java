package io.clarion.schedule;

import io.clarion.engine.DeviceFailure;
import io.clarion.graph.Tensor;
import io.clarion.graph.Variable;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    @Override
    Optional<List<NDArray>> attempt(Layout<Piece> now, Map<Variable, Replicas> replicas, List<NDArray> inputs, long draw) {
        List<Member> members = now.members();
        List<Piece> all = now.parts();
        var outputs = new IdentityHashMap<Tensor, NDArray>();
        Map<Member, Double> seconds = new HashMap<>();
        for (int level = 0; level < cut.levels(); level++) {
            int at = level;
            Map<Tensor, NDArray> whole = all.get(0).outputs(level, arrays());
            Map<Member, Double> took = devices().workers().each(members, m -> now.part(m).run(at, all, inputs, whole, draw), this::failed);
            if (took.size() < members.size()) {
                return Optional.empty();
            }
            took.forEach((m, s) -> seconds.merge(m, s, Double::sum));
            outputs.putAll(whole);
        }
        return end(now, replicas, inputs, draw).map(whole -> {
            if (now.isWarm() && cut.levels() > 0) {
                shares.took(devices().members().stream().mapToDouble(m -> seconds.getOrDefault(m, 0.0)).toArray());
            }
            now.warmUp();
            outputs.putAll(whole);
            return cut.graph().outputs().stream().map(outputs::get).toList();
        });
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

    /** Has all devices compute what is whole and apply the updates; the first that comes to an end gives the outputs. */
    private Optional<Map<Tensor, NDArray>> end(Layout<Piece> now, Map<Variable, Replicas> replicas, List<NDArray> inputs, long draw) {
        List<Member> members = now.members();
        List<Piece> all = now.parts();
        if (all.get(0).isDone()) {
            return Optional.of(Map.of());
        }
        Map<Member, Integer> lives = new HashMap<>(now.lives());
        updated.forEach(v -> replicas.get(v).changing(members));
        Map<Member, Map<Tensor, NDArray>> ends = devices().workers().each(members, m -> now.part(m).end(all, inputs, draw), (member, life, why) -> {
            if (isAlone() && why.isWithoutEffect()) {
                updated.forEach(v -> replicas.get(v).has(member, life));
                throw why;
            }
            member.fail(life, why);
        });
        if (ends.isEmpty()) {
            for (Variable v : updated) {
                if (!replicas.get(v).isValid()) {
                    throw devices().noneLeft("variable " + v.name() + " was being updated when the devices failed that had it");
                }
            }
            return Optional.empty();
        }
        lives.keySet().retainAll(ends.keySet());
        for (Variable v : updated) {
            replicas.get(v).changed(lives);
            v.changed();
        }
        if (devices().members().size() > 1) {
            updated.forEach(v -> replicas.get(v).keep());
        }
        return Optional.of(ends.values().iterator().next());
    }

    @Override
    String title(Member member) {
        int times = turns[member.number()];
        return cut.levels() == 0 ? "" : member + ", " + rows[member.number()] + " of " + cut.rows() + " rows" + (times == 1 ? "" : " in " + times + " turns") + ":\n";
    }
}
