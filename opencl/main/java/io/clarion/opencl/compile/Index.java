package io.clarion.opencl.compile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * An integer expression of a kernel's index variables, kept as a sum of atoms with coefficients and simplified by the
 * ranges of the variables: so that the place of an element, followed through views, becomes what a person would write.
 *
 * <p>All divisions round down; the values of variables are not negative.
 */
record Index(Map<Index.Atom, Long> terms, long constant) {
    /** What a sum is made of. */
    sealed interface Atom {}

    /** A variable with values from 0 to {@code extent} − 1, and what it was computed from, if from anything. */
    record Var(String name, long extent, Index definition) implements Atom {
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
    record Div(Index of, long by) implements Atom {}

    /** {@code of mod by}, not negative. */
    record Mod(Index of, long by) implements Atom {}

    /** The least and greatest value. */
    record Range(long low, long high) {
        boolean within(long from, long to) {
            return low >= from && high <= to;
        }
    }

    static final Index ZERO = of(0);

    static Index of(long constant) {
        return new Index(Map.of(), constant);
    }

    static Index of(Atom atom) {
        return new Index(Map.of(atom, 1L), 0);
    }

    /** A variable of a kernel; one of a single value is that value. */
    static Index var(String name, long extent) {
        return extent == 1 ? ZERO : of(new Var(name, extent, null));
    }

    Index plus(Index other) {
        var sum = new LinkedHashMap<>(terms);
        other.terms.forEach((atom, c) -> sum.merge(atom, c, Long::sum));
        sum.values().removeIf(c -> c == 0);
        return joined(sum, constant + other.constant);
    }

    Index plus(long c) {
        return new Index(terms, constant + c);
    }

    Index times(long factor) {
        if (factor == 0) {
            return ZERO;
        }
        var scaled = new LinkedHashMap<Atom, Long>();
        terms.forEach((atom, c) -> scaled.put(atom, c * factor));
        return new Index(scaled, constant * factor);
    }

    /** {@code k·c·⌊e / c⌋ + k·(e mod c)} is {@code k·e}, and {@code k·c·(⌊e / c⌋ mod d) + k·(e mod c)} is {@code k·(e mod c·d)}. */
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
                        return without(terms, constant, entry.getKey(), other.getKey()).plus(of.modulo(by * d).times(k));
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

    /** Rounded down. */
    Index dividedBy(long by) {
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

    /** How many times {@code by} has to be added for no value to be negative: C rounds towards zero. */
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
                case Mod m -> { }
                case Var v -> { }
            }
        }
        return of(new Div(this, by));
    }

    /** Not negative. */
    Index modulo(long by) {
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

    /** The split with the largest unit above 1; null if there is none. */
    private Split split(long by) {
        for (long unit : terms.values().stream().map(c -> gcd(by, c)).filter(g -> g > 1).distinct().sorted(Comparator.reverseOrder()).toList()) {
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

    private static long gcd(long a, long b) {
        return b == 0 ? Math.abs(a) : gcd(b, a % b);
    }

    Range range() {
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

    /** This expression with every variable replaced. */
    Index substitute(Function<Var, Index> with) {
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

    /** That all lanes of a vector in which {@code of} grows by {@code step} lie between the same two multiples of {@code by}. */
    record Block(Index of, long by, long step) {
        /** Whether it holds wherever {@code other} does. */
        boolean follows(Block other) {
            return !equals(other) && of.equals(other.of) && step == other.step && by % other.by == 0;
        }

        /** The condition in OpenCL C, for the values of the first lane. */
        String condition(int width) {
            String at = of.modulo(by).text();
            return step > 0 ? at + " < " + (by - step * (width - 1)) : at + " >= " + -step * (width - 1);
        }
    }

    /**
     * By how much the value grows from lane to lane of a vector of {@code width} values of variable {@code lane} that
     * starts at a multiple of {@code width}; null if not by the same from each to the next.
     */
    Long stride(String lane, int width) {
        return stride(lane, width, null);
    }

    /** The same where what is added to {@code assumed} holds; null there says that nothing may be assumed. */
    Long stride(String lane, int width, Set<Block> assumed) {
        long total = 0;
        for (var term : terms.entrySet()) {
            Long s = switch (term.getKey()) {
                case Var v -> v.name.equals(lane) ? Long.valueOf(1) : v.definition == null ? Long.valueOf(0) : v.definition.stride(lane, width, assumed);
                case Div(Index of, long by) -> of.inBlock(lane, width, by, assumed) == null ? null : Long.valueOf(0);
                case Mod(Index of, long by) -> of.inBlock(lane, width, by, assumed);
            };
            if (s == null) {
                return null;
            }
            total += s * term.getValue();
        }
        return total;
    }

    /** The stride of a vector whose lanes lie between the same two multiples of {@code by}, or may be assumed to; else null. */
    private Long inBlock(String lane, int width, long by, Set<Block> assumed) {
        if (staysInBlock(lane, width, by)) {
            return stride(lane, width);
        }
        Long step = assumed == null ? null : stride(lane, width, assumed);
        if (step == null || step == 0) {
            return step;
        }
        if (Math.abs(step) * (width - 1) >= by) {
            return null;
        }
        assumed.add(new Block(this, by, step));
        return step;
    }

    /** Whether the value falls from no lane to the next, wherever they start. */
    boolean isRising(String lane) {
        return terms.entrySet().stream().allMatch(term -> switch (term.getKey()) {
            case Var v when v.name.equals(lane) -> term.getValue() > 0;
            case Var v -> v.definition == null || term.getValue() > 0 && v.definition.isRising(lane);
            case Div(Index of, long by) -> !of.dependsOn(lane) || term.getValue() > 0 && of.isRising(lane);
            case Mod(Index of, long by) -> !of.dependsOn(lane);
        });
    }

    private boolean dependsOn(String variable) {
        return terms.keySet().stream().anyMatch(atom -> switch (atom) {
            case Var v -> v.name.equals(variable) || v.definition != null && v.definition.dependsOn(variable);
            case Div(Index of, long by) -> of.dependsOn(variable);
            case Mod(Index of, long by) -> of.dependsOn(variable);
        });
    }

    /** The only term that depends on a variable, if it is a quotient and stands once; else null. */
    Div soleQuotient(String variable) {
        List<Atom> dependent = terms.keySet().stream().filter(atom -> of(atom).dependsOn(variable)).toList();
        return dependent.size() == 1 && dependent.get(0) instanceof Div quotient && terms.get(quotient) == 1 ? quotient : null;
    }

    /** Whether a quotient or a remainder is taken of what depends on one of {@code variables}. */
    boolean divides(Set<String> variables) {
        return terms.keySet().stream().anyMatch(atom -> switch (atom) {
            case Var v -> v.definition != null && !variables.contains(v.name) && v.definition.divides(variables);
            case Div(Index of, long by) -> variables.stream().anyMatch(of::dependsOn);
            case Mod(Index of, long by) -> variables.stream().anyMatch(of::dependsOn);
        });
    }

    /** With what variables were computed from in their place. */
    Index unfolded() {
        return substitute(v -> v.definition == null ? of(v) : v.definition.unfolded());
    }

    /** Whether all lanes of a vector lie between the same two multiples of {@code by}. */
    private boolean staysInBlock(String lane, int width, long by) {
        Long stride = stride(lane, width);
        if (stride == null || stride == 0) {
            return stride != null;
        }
        if (stride < 0 || by % (stride * width) != 0) {
            return false;
        }
        long step = stride * width;
        for (var term : terms.entrySet()) {
            boolean isLane = term.getKey() instanceof Var v && v.name.equals(lane);
            if (!isLane && term.getValue() % step != 0) {
                return false;
            }
        }
        return Math.floorMod(constant, step) == 0;
    }

    /** As OpenCL C. */
    String text() {
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

    /** The place in row-major order of coordinates in a box of {@code sizes}. */
    static Index flat(List<Index> at, int[] sizes) {
        Index flat = ZERO;
        for (int a = 0; a < sizes.length; a++) {
            flat = flat.times(sizes[a]).plus(at.get(a));
        }
        return flat;
    }

    /** The coordinates, in a box of {@code sizes}, of a place in row-major order. */
    static List<Index> coordinates(Index flat, int[] sizes) {
        var at = new ArrayList<Index>();
        long step = 1;
        for (int a = sizes.length - 1; a >= 0; a--) {
            Index quotient = flat.dividedBy(step);
            at.add(0, sizes[a] <= 1 ? ZERO : quotient.range().within(0, sizes[a] - 1) ? quotient : quotient.modulo(sizes[a]));
            step *= Math.max(1, sizes[a]);
        }
        return at;
    }
}
