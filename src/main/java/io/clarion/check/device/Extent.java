package io.clarion.check.device;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The extent of a check. */
public enum Extent {
    /** Some checks in one graph: what fits into the start of the program. */
    SAMPLE(Duration.ofMinutes(2)),
    /** Everything, sizes up to a hundred thousand, a graph a group. */
    ALL(Duration.ofMinutes(10)),
    /** Everything, sizes up to a million, a graph a check. */
    FULL(Duration.ofMinutes(60));

    private static final Set<String> SAMPLED = Set.of("dot 63x65x33", "softmax 63x65", "batch normalisation 65x63",
            "exp of float32", "tanh of float32", "gather", "argmax over [1]", "convolution, same");

    private final Duration limit;

    Extent(Duration limit) {
        this.limit = limit;
    }

    /** After this time a device hangs. Most of the time goes to compiling, which some drivers are slow at. */
    public Duration limit() {
        return limit;
    }

    /** Returns whether each check is a function of its own. */
    public boolean isApart() {
        return this == FULL;
    }

    /** Returns what is checked. */
    public List<Check.Group> groups() {
        var groups = new ArrayList<Check.Group>();
        groups.add(this == FULL ? StatedChecks.full() : StatedChecks.shortForm());
        groups.add(ScalarChecks.all());
        groups.addAll(NodeChecks.all());
        return this != SAMPLE ? groups : List.of(new Check.Group("sample", 1, groups.stream()
                .flatMap(g -> g.checks().stream()).filter(c -> SAMPLED.contains(c.name())).toList()));
    }
}
