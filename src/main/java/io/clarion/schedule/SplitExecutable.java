package io.clarion.schedule;

import io.clarion.engine.DeviceFailure;
import io.clarion.engine.Executable;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A graph on several devices, each of which has some rows of the batch; or, where it cannot be cut, on one of them. */
final class SplitExecutable implements Executable {
    private static final Logger LOG = LoggerFactory.getLogger(SplitExecutable.class);
    private final Cut cut;
    private final Map<Dim.Symbol, Integer> sizes;
    private final SplitDevice devices;
    private final Shares shares;
    private final Set<Variable> variables;
    private final Set<Variable> updated = new LinkedHashSet<>();
    private Layout layout;

    SplitExecutable(Cut cut, Map<Dim.Symbol, Integer> sizes, SplitDevice devices) {
        this.cut = cut;
        this.sizes = sizes;
        this.devices = devices;
        this.shares = new Shares(cut.rows(), devices.speeds());
        this.variables = cut.graph().variables();
        cut.graph().updates().forEach(u -> updated.add(u.variable()));
    }

    /** Who does what: it holds until a device fails, comes back, or has other rows. */
    private final class Layout {
        private final Map<Member, Piece> pieces = new LinkedHashMap<>();
        private final Map<Member, Integer> lives = new LinkedHashMap<>();
        private final int[] rows;
        private boolean isComplete = true;
        private boolean isWarm;

        Layout(int[] rows) {
            this.rows = rows;
        }

        boolean isCurrent() {
            return isComplete && lives.entrySet().stream().allMatch(e -> e.getKey().isIn(e.getValue()));
        }

        List<Member> members() {
            return List.copyOf(pieces.keySet());
        }

        void close() {
            pieces.forEach((member, piece) -> {
                if (member.isIn(lives.get(member))) {
                    piece.close();
                } else {
                    devices.workers().aside(piece::close);
                }
            });
        }
    }

    @Override
    public List<NDArray> call(List<NDArray> inputs, long draw) {
        while (true) {
            Layout now = layout();
            var fetched = new AtomicBoolean();
            // While variables cannot move nothing is computed: each device may have to fetch its copies.
            Optional<List<NDArray>> results = Variable.inTurn(devices, this::areHere, () -> {
                variables.forEach(devices::replicas);
                fetched.set(true);
                return () -> { };
            }, () -> now.isCurrent() && !fetched.get() ? attempt(now, inputs, draw) : Optional.empty());
            if (results.isPresent()) {
                return results.get();
            }
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

    /** The results; empty if a device failed, so that others have to do its work. */
    private Optional<List<NDArray>> attempt(Layout now, List<NDArray> inputs, long draw) {
        List<Member> members = now.members();
        List<Piece> all = List.copyOf(now.pieces.values());
        Map<Variable, Replicas> replicas = new IdentityHashMap<>();
        variables.forEach(v -> replicas.put(v, devices.replicas(v)));
        // Before any device is busy: copies are made of what another holds.
        if (replicas.values().stream().anyMatch(r -> !members.stream().allMatch(r::isOn)) && devices.workers().each(members, m -> refreshed(m, replicas)).size() < members.size()) {
            return Optional.empty();
        }
        var outputs = new IdentityHashMap<Tensor, NDArray>();
        Map<Member, Double> seconds = new HashMap<>();
        for (int level = 0; level < cut.levels(); level++) {
            int at = level;
            Map<Tensor, NDArray> whole = all.get(0).outputs(level);
            Map<Member, Double> took = devices.workers().each(members, m -> now.pieces.get(m).run(at, all, inputs, whole, draw), this::failed);
            if (took.size() < members.size()) {
                return Optional.empty();
            }
            took.forEach((m, s) -> seconds.merge(m, s, Double::sum));
            outputs.putAll(whole);
        }
        return end(now, replicas, inputs, draw).map(whole -> {
            if (now.isWarm && cut.levels() > 0) {
                shares.took(devices.members().stream().mapToDouble(m -> seconds.getOrDefault(m, 0.0)).toArray());
            }
            now.isWarm = true;
            outputs.putAll(whole);
            return cut.graph().outputs().stream().map(outputs::get).toList();
        });
    }

    /** Takes a device out, unless it lacks memory and others can have half of its rows. */
    private void failed(Member member, int life, DeviceFailure why) {
        if (why.isOutOfMemory() && shares.halve(member.number(), i -> devices.members().get(i).isPresent())) {
            LOG.warn("{} has half of the rows from now on, for it lacks memory: {}", member, why.getMessage());
            if (layout != null) {
                layout.isComplete = false;
            }
        } else {
            member.fail(life, why);
        }
    }

    private static boolean refreshed(Member member, Map<Variable, Replicas> replicas) {
        replicas.values().forEach(r -> r.refresh(member));
        return true;
    }

    /** Has all devices compute what is whole and apply the updates; the first that comes to an end gives the outputs. */
    private Optional<Map<Tensor, NDArray>> end(Layout now, Map<Variable, Replicas> replicas, List<NDArray> inputs, long draw) {
        List<Member> members = now.members();
        List<Piece> all = List.copyOf(now.pieces.values());
        if (all.get(0).isDone()) {
            return Optional.of(Map.of());
        }
        Map<Member, Integer> lives = new HashMap<>(now.lives);
        updated.forEach(v -> replicas.get(v).changing(members));
        Map<Member, Map<Tensor, NDArray>> ends = devices.workers().each(members, m -> now.pieces.get(m).end(all, inputs, draw));
        if (ends.isEmpty()) {
            for (Variable v : updated) {
                if (!replicas.get(v).isValid()) {
                    throw devices.noneLeft("variable " + v.name() + " was being updated when the devices failed that had it");
                }
            }
            return Optional.empty();
        }
        lives.keySet().retainAll(ends.keySet());
        for (Variable v : updated) {
            replicas.get(v).changed(lives);
            v.changed();
        }
        if (devices.members().size() > 1) {
            updated.forEach(v -> replicas.get(v).keep());
        }
        return Optional.of(ends.values().iterator().next());
    }

    /** Who does what now. */
    private Layout layout() {
        while (true) {
            List<Member> present = devices.present();
            int[] rows = cut.levels() == 0 ? IntStream.range(0, devices.members().size()).map(i -> i == present.get(0).number() ? 1 : 0).toArray()
                    : shares.now(i -> present.contains(devices.members().get(i)));
            if (layout != null && layout.isCurrent() && Arrays.equals(rows, layout.rows)) {
                return layout;
            }
            close();
            Layout made = compiled(rows);
            if (made.isCurrent()) {
                layout = made;
                return made;
            }
            made.close();
        }
    }

    /** A piece for each device that has rows, if all can have theirs. */
    private Layout compiled(int[] rows) {
        var made = new Layout(rows);
        List<Member> having = devices.members().stream().filter(m -> rows[m.number()] > 0).toList();
        int from = 0;
        for (Member member : having) {
            int life = member.life();
            made.lives.put(member, life);
            int number = made.pieces.size();
            int first = from;
            try {
                made.pieces.put(member, devices.workers().ask(member,
                        () -> new Piece(cut, devices, member, number, having.size(), first, rows[member.number()], sizes), Piece::close));
            } catch (DeviceFailure e) {
                failed(member, life, e);
                made.isComplete = false;
                return made;
            }
            from += rows[member.number()];
        }
        return made;
    }

    @Override
    public String explain() {
        var text = new StringBuilder();
        Layout now = layout();
        now.pieces.forEach((member, piece) -> {
            if (cut.levels() > 0) {
                text.append(member).append(", ").append(now.rows[member.number()]).append(" of ").append(cut.rows()).append(" rows:\n");
            }
            text.append(piece.explain());
        });
        return text.toString();
    }

    @Override
    public void close() {
        if (layout != null) {
            layout.close();
        }
        layout = null;
    }
}
