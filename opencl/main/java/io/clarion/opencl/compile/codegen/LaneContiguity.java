package io.clarion.opencl.compile.codegen;

import io.clarion.opencl.compile.program.Index;
import io.clarion.opencl.compile.program.Variables;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The assumptions of a vector's statements on its lanes: that they lie in one row, so that places that are quotients
 * and remainders grow evenly, and that all of a vector lies within its buffer where some lanes are out of bounds; what
 * these load counts for nothing.
 */
final class LaneContiguity {
    private final String lane;
    private final int width;
    private final Set<Index.Block> blocks = new LinkedHashSet<>();
    private final Set<String> conditions = new LinkedHashSet<>();
    private final Set<String> hidden = new HashSet<>();
    private final Set<String> loose = new HashSet<>();
    private double share;
    private boolean isMasked;

    /** No assumption makes a vector of the lanes. */
    static final class Lacking extends RuntimeException {
        Lacking() {
            super(null, null, false, false);
        }
    }

    LaneContiguity(String lane, int width) {
        this.lane = lane;
        this.width = width;
    }

    /** Says that {@code variable} is not known where the assumptions are checked. */
    void hide(String variable) {
        hidden.add(variable);
    }

    /** Returns how {@code i} grows from lane to lane, for which what is needed is assumed; null if not evenly. */
    Long stride(Index i) {
        return Index.stride(lanes(i));
    }

    /**
     * Returns by how much {@code i} in each lane exceeds what it is in the first, for which what is needed is assumed;
     * null if that can't be told.
     */
    long[] lanes(Index i) {
        if (i.divides(loose)) {
            return null;
        }
        Set<Index.Block> needed = new LinkedHashSet<>();
        long[] lanes = i.lanes(lane, width, needed);
        if (lanes != null) {
            assume(needed);
        }
        return lanes;
    }

    /** Returns whether places are the same in all lanes, for which what is needed is assumed. */
    boolean areUniform(List<Index> at) {
        Set<Index.Block> needed = new LinkedHashSet<>();
        for (Index i : at) {
            if (i.divides(loose)) {
                return false;
            }
            Long stride = i.stride(lane, width, needed);
            if (stride == null || stride != 0) {
                return false;
            }
        }
        assume(needed);
        return true;
    }

    void assume(Collection<Index.Block> needed) {
        needed.forEach(b -> blocks.add(new Index.Block(known(b.of()), b.by(), b.low(), b.high())));
    }

    /**
     * Returns the lanes that meet the bounds of a guard, as conditions of OpenCL C; where a bound can't be told so it
     * is assumed of all lanes.
     */
    List<String> lanes(Guard guard) {
        if (!guard.isBounded()) {
            throw new Lacking();
        }
        var masks = new ArrayList<String>();
        loose.addAll(guard.loose());
        for (Guard.Bound given : guard.bounds()) {
            Guard.Bound b = given.finer(lane);
            long[] lanes = lanes(b.of());
            if (lanes == null) {
                assumeOne(List.of(given));
            } else {
                masks.add("convert_uint" + width + "(" + ramp(b.of().text(), lanes) + ") < (uint" + width + ")("
                        + b.size() + ")");
                isMasked = true;
            }
        }
        return masks;
    }

    /** Returns a vector, in OpenCL C, of numbers that exceed the first by {@code lanes}. */
    static String ramp(String first, long[] lanes) {
        return String.format(Locale.ROOT, "(int%d)(%s) + (int%d)(%s)", lanes.length, first, lanes.length,
                LongStream.of(lanes).mapToObj(Long::toString).collect(Collectors.joining(", ")));
    }

    /**
     * Assumes that {@code lanes} elements from {@code offset}, {@code stride} apart, lie within a buffer of
     * {@code elements}, where lanes may be out of bounds.
     */
    void within(Index offset, int lanes, long stride, int elements) {
        if (isMasked && (elements < lanes || stride != 1)) {
            throw new Lacking();
        }
        Index first = known(offset);
        if (isMasked && !first.range().within(0, elements - lanes)) {
            conditions.add(Guard.within(first, elements - lanes + 1));
        }
    }

    /** Assumes that one of several bounds holds in all lanes. */
    void assumeOne(List<Guard.Bound> bounds) {
        conditions.add(bounds.stream().map(this::holds).collect(Collectors.joining(" || ", "(", ")")));
        share += (width - 1.0) / bounds.stream().mapToInt(Guard.Bound::size).sum() * bounds.size();
    }

    private String holds(Guard.Bound bound) {
        Index first = known(bound.of());
        Long stride = stride(first);
        if (stride == null && !first.isRising(lane)) {
            throw new Lacking();
        }
        Index last = stride != null ? first.plus(stride * (width - 1))
                : first.substitute(v -> v.name().equals(lane) ? Index.of(v).plus(width - 1) : Index.of(v));
        return Guard.within(first, bound.size()) + " && " + Guard.within(last, bound.size());
    }

    private Index known(Index i) {
        Index unfolded = i.unfolded();
        if (Variables.of(List.of(unfolded)).stream().anyMatch(hidden::contains)) {
            throw new Lacking();
        }
        return unfolded;
    }

    /** Returns what is assumed, in OpenCL C, as the first lane tells. */
    String condition() {
        var all = blocks.stream().filter(b -> blocks.stream().noneMatch(b::follows)).map(Index.Block::condition)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        all.addAll(conditions);
        return all.isEmpty() ? "true" : String.join(" && ", all);
    }

    /** Returns in about what share of vectors the condition does not hold. */
    double share() {
        double crossing = blocks.stream().filter(b -> blocks.stream().noneMatch(b::follows))
                .mapToDouble(Index.Block::share).sum();
        return Math.min(1, share + crossing);
    }
}
