package io.clarion.opencl.compile.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * An integer expression of a kernel's index variables, kept as a sum of atoms with coefficients and simplified by the
 * ranges of the variables: so that the place of an element, followed through views, becomes what a person would write.
 *
 * <p>All divisions round down; the values of variables are not negative.
 */
public record Index(Map<Index.Atom, Long> terms, long constant) {
    /** A term of a sum. */
    sealed interface Atom {}

    /** A variable with values from 0 to {@code extent} − 1, and what it was computed from, if from anything. */
    public record Var(String name, long extent, Index definition) implements Atom {
        /** Variables are told apart by their names alone. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Var v && v.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /** {@code ⌊of / by⌋}. */
    public record Div(Index of, long by) implements Atom {}

    /** {@code of mod by}, not negative. */
    record Mod(Index of, long by) implements Atom {}

    /** The least and greatest value. */
    public record Range(long low, long high) {
        public boolean within(long from, long to) {
            return low >= from && high <= to;
        }
    }

    public static final Index ZERO = of(0);

    public static Index of(long constant) {
        return new Index(Map.of(), constant);
    }

    public static Index of(Atom atom) {
        return new Index(Map.of(atom, 1L), 0);
    }

    /** Returns a variable of a kernel; one of a single value is that value. */
    public static Index var(String name, long extent) {
        return extent == 1 ? ZERO : of(new Var(name, extent, null));
    }

    public Index plus(Index other) {
        var sum = new LinkedHashMap<>(terms);
        other.terms.forEach((atom, c) -> sum.merge(atom, c, Long::sum));
        sum.values().removeIf(c -> c == 0);
        return joined(sum, constant + other.constant);
    }

    public Index plus(long c) {
        return new Index(terms, constant + c);
    }

    public Index times(long factor) {
        if (factor == 0) {
            return ZERO;
        }
        var scaled = new LinkedHashMap<Atom, Long>();
        terms.forEach((atom, c) -> scaled.put(atom, c * factor));
        return new Index(scaled, constant * factor);
    }

    /**
     * Joins a quotient's term and a remainder's: {@code k·c·⌊e / c⌋ + k·(e mod c)} is {@code k·e}, and
     * {@code k·c·(⌊e / c⌋ mod d) + k·(e mod c)} is {@code k·(e mod c·d)}.
     */
    private static Index joined(Map<Atom, Long> terms, long constant) {
        for (var entry : terms.entrySet()) {
            if (entry.getKey() instanceof Mod(Index of, long by)) {
                long k = entry.getValue();
                Index quotient = of.dividedBy(by);
                for (var other : terms.entrySet()) {
                    boolean isMultiple = other.getValue() == k * by;
                    if (isMultiple && quotient.equals(of(other.getKey()))) {
                        return without(terms, constant, entry.getKey(), other.getKey()).plus(of.times(k));
                    }
                    if (isMultiple && other.getKey() instanceof Mod(Index q, long d) && quotient.equals(q)) {
                        return without(terms, constant, entry.getKey(), other.getKey())
                                .plus(of.modulo(by * d).times(k));
                    }
                }
            }
        }
        return new Index(terms, constant);
    }

    private static Index without(Map<Atom, Long> terms, long constant, Atom a, Atom b) {
        var rest = new LinkedHashMap<>(terms);
        rest.remove(a);
        rest.remove(b);
        return new Index(rest, constant);
    }

    /** Returns the quotient, rounded down. */
    public Index dividedBy(long by) {
        if (by == 1) {
            return this;
        }
        Index whole = part(c -> c % by == 0);
        Index rest = part(c -> c % by != 0).plus(Math.floorMod(constant, by));
        whole = new Index(whole.divided(by).terms, Math.floorDiv(constant, by));
        if (rest.range().within(0, by - 1)) {
            return whole;
        }
        long lift = rest.lift(by);
        return whole.plus(-lift).plus(rest.plus(lift * by).quotient(by));
    }

    /** Returns how many times {@code by} has to be added for no value to be negative: C rounds towards zero. */
    private long lift(long by) {
        return Math.max(0, Math.ceilDiv(-range().low, by));
    }

    private Index quotient(long by) {
        Split split = split(by);
        if (split != null) {
            return split.whole.dividedBy(by / split.unit);
        }
        if (constant == 0 && terms.size() == 1 && terms.values().iterator().next() == 1) {
            switch (terms.keySet().iterator().next()) {
                case Div(Index of, long inner) -> {
                    return of.dividedBy(inner * by);
                }
                case Mod(Index of, long inner) when inner % by == 0 -> {
                    return of.dividedBy(by).modulo(inner / by);
                }
                case Mod m -> {}
                case Var v -> {}
            }
        }
        return of(new Div(this, by));
    }

    /** Returns the remainder, which is not negative. */
    public Index modulo(long by) {
        if (by == 1) {
            return ZERO;
        }
        Index rest = part(c -> c % by != 0).plus(Math.floorMod(constant, by));
        if (rest.range().within(0, by - 1)) {
            return rest;
        }
        rest = rest.plus(rest.lift(by) * by);
        Split split = rest.split(by);
        if (split != null) {
            return split.whole.modulo(by / split.unit).times(split.unit).plus(split.rest);
        }
        if (rest.constant == 0 && rest.terms.size() == 1 && rest.terms.values().iterator().next() == 1
                && rest.terms.keySet().iterator().next() instanceof Mod(Index of, long inner) && inner % by == 0) {
            return of.modulo(by);
        }
        return of(new Mod(rest, by));
    }

    /** This as {@code unit·whole + rest}, where the unit divides a divisor and the rest is from 0 to unit − 1. */
    private record Split(long unit, Index whole, Index rest) {}

    /** Returns the split with the largest unit above 1; null if there is none. */
    private Split split(long by) {
        for (long unit : terms.values().stream().map(c -> gcd(by, c)).filter(g -> g > 1).distinct()
                .sorted(Comparator.reverseOrder()).toList()) {
            Index rest = part(c -> c % unit != 0).plus(Math.floorMod(constant, unit));
            if (rest.range().within(0, unit - 1)) {
                Index whole = part(c -> c % unit == 0).divided(unit).plus(Math.floorDiv(constant, unit));
                return new Split(unit, whole, rest);
            }
        }
        return null;
    }

    private Index part(java.util.function.LongPredicate coefficient) {
        var kept = new LinkedHashMap<Atom, Long>();
        terms.forEach((atom, c) -> {
            if (coefficient.test(c)) {
                kept.put(atom, c);
            }
        });
        return new Index(kept, 0);
    }

    private Index divided(long by) {
        var quotients = new LinkedHashMap<Atom, Long>();
        terms.forEach((atom, c) -> quotients.put(atom, c / by));
        return new Index(quotients, constant / by);
    }

    public static long gcd(long a, long b) {
        return b == 0 ? Math.abs(a) : gcd(b, a % b);
    }

    public Range range() {
        long low = constant;
        long high = constant;
        for (var term : terms.entrySet()) {
            Range r = range(term.getKey());
            long c = term.getValue();
            low += c > 0 ? c * r.low : c * r.high;
            high += c > 0 ? c * r.high : c * r.low;
        }
        return new Range(low, high);
    }

    private static Range range(Atom atom) {
        return switch (atom) {
            case Var v -> new Range(0, v.extent - 1);
            case Div(Index of, long by) -> {
                Range r = of.range();
                yield new Range(Math.floorDiv(r.low, by), Math.floorDiv(r.high, by));
            }
            case Mod(Index of, long by) -> new Range(0, by - 1);
        };
    }

    /** Returns this expression with every variable replaced. */
    public Index substitute(Function<Var, Index> with) {
        Index sum = of(constant);
        for (var term : terms.entrySet()) {
            Index atom = switch (term.getKey()) {
                case Var v -> with.apply(v);
                case Div(Index of, long by) -> of.substitute(with).dividedBy(by);
                case Mod(Index of, long by) -> of.substitute(with).modulo(by);
            };
            sum = sum.plus(atom.times(term.getValue()));
        }
        return sum;
    }

    /**
     * That all lanes of a vector lie between the same two multiples of {@code by}, where {@code of} is from {@code low}
     * below to {@code high} above what it is in the first.
     */
    public record Block(Index of, long by, long low, long high) {
        /** Returns whether it holds wherever {@code other} does. */
        public boolean follows(Block other) {
            return !equals(other) && of.equals(other.of) && low == other.low && high == other.high
                    && by % other.by == 0;
        }

        /** Returns the condition in OpenCL C, for the values of the first lane. */
        public String condition() {
            String at = of.modulo(by).text();
            String below = at + " < " + (by - high);
            return low == 0 ? below : high == 0 ? at + " >= " + -low : at + " >= " + -low + " && " + below;
        }

        /** Returns in about what share of vectors it does not hold. */
        public double share() {
            return (double) (high - low) / by;
        }
    }

    /**
     * Returns by how much the value grows from lane to lane of a vector of {@code width} values of variable
     * {@code lane} that starts at a multiple of {@code width}; null if not by the same from each to the next.
     */
    public Long stride(String lane, int width) {
        return stride(lane, width, null);
    }

    /** Returns the same where what is added to {@code assumed} holds; null there says that nothing may be assumed. */
    public Long stride(String lane, int width, Set<Block> assumed) {
        return stride(lanes(lane, width, assumed));
    }

    /** Returns by how much {@link #lanes} grow from each to the next; null if not by the same. */
    public static Long stride(long[] lanes) {
        if (lanes == null || lanes.length < 2) {
            return lanes == null ? null : Long.valueOf(0);
        }
        long step = lanes[1];
        return IntStream.range(0, lanes.length).allMatch(l -> lanes[l] == l * step) ? Long.valueOf(step) : null;
    }

    /**
     * Returns by how much the value in each lane exceeds that in the first; null if that depends on where the vector
     * starts. {@code assumed} is as in {@link #stride}.
     */
    public long[] lanes(String lane, int width, Set<Block> assumed) {
        var sum = new long[width];
        for (var term : terms.entrySet()) {
            long[] each = switch (term.getKey()) {
                case Var v -> v.name.equals(lane) ? LongStream.range(0, width).toArray()
                        : v.definition == null ? new long[width] : v.definition.lanes(lane, width, assumed);
                case Div(Index of, long by) -> of.lanesInBlocks(lane, width, by, assumed, true);
                case Mod(Index of, long by) -> of.lanesInBlocks(lane, width, by, assumed, false);
            };
            if (each == null) {
                return null;
            }
            for (int l = 0; l < width; l++) {
                sum[l] += each[l] * term.getValue();
            }
        }
        return sum;
    }

    /** Returns the lanes of the quotient by {@code by}, or of the remainder. */
    private long[] lanesInBlocks(String lane, int width, long by, Set<Block> assumed, boolean isQuotient) {
        long[] lanes = lanes(lane, width, assumed);
        if (lanes == null) {
            return null;
        }
        long low = LongStream.of(lanes).min().orElse(0);
        long high = LongStream.of(lanes).max().orElse(0);
        // The first value is this much more than a multiple of the unit.
        long unit = gcd(unit(lane, width), by);
        long first = Math.floorMod(constant, unit);
        if (first + low >= 0 && first + high < unit || low == 0 && high == 0) {
            return isQuotient ? new long[width] : lanes;
        }
        if (unit == by) {
            return LongStream.of(lanes)
                    .map(l -> isQuotient ? Math.floorDiv(first + l, by) : Math.floorMod(first + l, by) - first)
                    .toArray();
        }
        if (assumed == null || high - low >= by) {
            return null;
        }
        assumed.add(new Block(this, by, low, high));
        return isQuotient ? new long[width] : lanes;
    }

    /** Returns what divides all terms, wherever a vector starts; 0 if there are none. */
    private long unit(String lane, int width) {
        long unit = 0;
        for (var term : terms.entrySet()) {
            unit = gcd(unit, term.getValue() * switch (term.getKey()) {
                case Var v -> v.name.equals(lane) ? width : 1;
                case Div(Index of, long by) -> {
                    long each = of.unit(lane, width);
                    yield each % by == 0 && of.constant >= 0 && of.constant < by ? each / by : 1;
                }
                case Mod(Index of, long by) -> of.constant == 0 ? gcd(of.unit(lane, width), by) : 1;
            });
        }
        return unit;
    }

    /** Returns whether the value falls from no lane to the next, wherever they start. */
    public boolean isRising(String lane) {
        return terms.entrySet().stream().allMatch(term -> switch (term.getKey()) {
            case Var v when v.name.equals(lane) -> term.getValue() > 0;
            case Var v -> v.definition == null || term.getValue() > 0 && v.definition.isRising(lane);
            case Div(Index of, long by) -> !of.dependsOn(lane) || term.getValue() > 0 && of.isRising(lane);
            case Mod(Index of, long by) -> !of.dependsOn(lane);
        });
    }

    /**
     * Returns by how much the value grows with {@code variable} from one of its values to the next; null if not by the
     * same everywhere.
     */
    public Long slope(String variable) {
        long slope = 0;
        for (var term : terms.entrySet()) {
            if (term.getKey() instanceof Var v && v.name.equals(variable)) {
                slope = term.getValue();
            } else if (of(term.getKey()).dependsOn(variable)) {
                return null;
            }
        }
        return slope;
    }

    private boolean dependsOn(String variable) {
        return terms.keySet().stream().anyMatch(atom -> switch (atom) {
            case Var v -> v.name.equals(variable) || v.definition != null && v.definition.dependsOn(variable);
            case Div(Index of, long by) -> of.dependsOn(variable);
            case Mod(Index of, long by) -> of.dependsOn(variable);
        });
    }

    /** Returns the only term that depends on a variable, if it is a quotient and stands once; else null. */
    public Div soleQuotient(String variable) {
        List<Atom> dependent = terms.keySet().stream().filter(atom -> of(atom).dependsOn(variable)).toList();
        return dependent.size() == 1 && dependent.get(0) instanceof Div quotient && terms.get(quotient) == 1 ? quotient
                : null;
    }

    /** Returns whether a quotient or a remainder is taken of what depends on one of {@code variables}. */
    public boolean divides(Set<String> variables) {
        return terms.keySet().stream().anyMatch(atom -> switch (atom) {
            case Var v -> v.definition != null && !variables.contains(v.name) && v.definition.divides(variables);
            case Div(Index of, long by) -> variables.stream().anyMatch(of::dependsOn);
            case Mod(Index of, long by) -> variables.stream().anyMatch(of::dependsOn);
        });
    }

    /** Returns this expression with what variables were computed from in their place. */
    public Index unfolded() {
        return substitute(v -> v.definition == null ? of(v) : v.definition.unfolded());
    }

    /** Returns this expression as OpenCL C. */
    public String text() {
        var parts = new ArrayList<String>();
        terms.forEach((atom, c) -> {
            String a = text(atom);
            parts.add(c == 1 ? a : c == -1 ? "-" + a : a + "*" + c);
        });
        if (constant != 0 || parts.isEmpty()) {
            parts.add(Long.toString(constant));
        }
        String sum = String.join(" + ", parts).replace("+ -", "- ");
        return parts.size() == 1 ? sum : "(" + sum + ")";
    }

    private static String text(Atom atom) {
        return switch (atom) {
            case Var v -> v.name;
            case Div(Index of, long by) -> "(" + of.text() + "/" + by + ")";
            case Mod(Index of, long by) -> "(" + of.text() + "%" + by + ")";
        };
    }

    /** Returns the place in row-major order of coordinates in a box of {@code sizes}. */
    public static Index flat(List<Index> at, int[] sizes) {
        Index flat = ZERO;
        for (int a = 0; a < sizes.length; a++) {
            flat = flat.times(sizes[a]).plus(at.get(a));
        }
        return flat;
    }

    /** Returns the coordinates, in a box of {@code sizes}, of a place in row-major order. */
    public static List<Index> coordinates(Index flat, int[] sizes) {
        var at = new ArrayList<Index>();
        long step = 1;
        for (int a = sizes.length - 1; a >= 0; a--) {
            Index quotient = flat.dividedBy(step);
            at.add(0, sizes[a] <= 1 ? ZERO
                    : quotient.range().within(0, sizes[a] - 1) ? quotient : quotient.modulo(sizes[a]));
            step *= Math.max(1, sizes[a]);
        }
        return at;
    }
}
