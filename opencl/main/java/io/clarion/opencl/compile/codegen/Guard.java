package io.clarion.opencl.compile.codegen;

import io.clarion.opencl.compile.program.Index;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Conditions under which a place exists, and the variables that have their values only then. */
final class Guard {
    private final Supplier<String> fresh;
    private final Predicate<Index> isUniform;
    private final List<String> conditions = new ArrayList<>();
    private final Map<Index, Index> inside = new HashMap<>();
    private final List<String> declarations = new ArrayList<>();
    private final List<String> quotients = new ArrayList<>();
    private final List<String> loose = new ArrayList<>();
    private final List<Bound> bounds = new ArrayList<>();
    private boolean bounded = true;

    /** A condition that may hold in some lanes and not in others: {@code of} lies from 0 to {@code size} − 1. */
    record Bound(Index of, int size) {
        /**
         * Returns the same bound without the quotient that depends on {@code lane}, if it is the only one: r + ⌊x / d⌋
         * lies in a size as d·r + x does in d times it.
         */
        Bound finer(String lane) {
            Index.Div quotient = of.soleQuotient(lane);
            return quotient == null ? this
                    : new Bound(of.plus(Index.of(quotient).times(-1)).times(quotient.by()).plus(quotient.of()),
                            Math.toIntExact(size * quotient.by()));
        }
    }

    /**
     * Makes a guard without conditions.
     *
     * @param fresh     gives names for variables
     * @param isUniform whether an expression is the same in all lanes
     */
    Guard(Supplier<String> fresh, Predicate<Index> isUniform) {
        this.fresh = fresh;
        this.isUniform = isUniform;
    }

    /** Adds a condition that depends on {@code of}. */
    void require(String condition, Index of) {
        conditions.add(condition);
        bounded &= isUniform.test(of);
    }

    /**
     * Returns the place {@code i / divisor} on an axis of {@code size}, for which conditions are noted where they may
     * fail.
     */
    Index admit(Index i, int divisor, int size) {
        if (divisor == 1 && i.range().within(0, size - 1)) {
            return i;
        }
        Index place = divisor == 1 ? i : Index.of(new Index.Div(i, divisor));
        boolean never = i.range().high() < 0 || size == 0;
        boolean isBound = divisor == 1 && !never && !isUniform.test(i);
        if (isBound) {
            bounds.add(new Bound(i, size));
        } else {
            require(never ? "false"
                    : divisor == 1 ? within(i, size)
                            : i.text() + " >= 0 && " + parenthesised(i) + " % " + divisor + " == 0 && "
                                    + parenthesised(i) + " / " + divisor + " < " + size,
                    never ? Index.ZERO : i);
        }
        if (!inside.containsKey(place)) {
            String name = fresh.get();
            declarations
                    .add("const int " + name + " = " + parenthesised(i) + (divisor == 1 ? "" : " / " + divisor) + ";");
            if (divisor != 1) {
                quotients.add(name);
            }
            if (isBound) {
                loose.add(name);
            }
            inside.put(place, size == 1 && !isBound ? Index.ZERO
                    : Index.of(new Index.Var(name, Math.max(1, size), divisor == 1 ? i : null)));
        }
        return place;
    }

    /** Returns the condition that {@code i} is from 0 to {@code size} − 1, in OpenCL C. */
    static String within(Index i, int size) {
        return "(uint)" + parenthesised(i) + " < " + size + "u";
    }

    /** Returns the place as it is known where the conditions hold. */
    Index inside(Index place) {
        return inside.getOrDefault(place, place);
    }

    /** Returns those that all lanes meet or none does. */
    List<String> conditions() {
        return conditions;
    }

    /** Returns the variables of bounds: where lanes are out of these, the variables are out of their ranges. */
    List<String> loose() {
        return loose;
    }

    /** Returns those that lanes may meet one by one. */
    List<Bound> bounds() {
        return bounds;
    }

    /** Returns whether conditions that are no bounds are the same in all lanes. */
    boolean isBounded() {
        return bounded;
    }

    /** Returns the statements that hold only where the conditions do. */
    List<String> declarations() {
        return declarations;
    }

    /** Returns the variables whose values only the declarations tell. */
    List<String> quotients() {
        return quotients;
    }

    /** Returns whether all lanes meet the conditions or none does. */
    boolean isUniform() {
        return bounded && bounds.isEmpty();
    }

    private static String parenthesised(Index i) {
        String text = i.text();
        return text.startsWith("(") || text.matches("\\w+") ? text : "(" + text + ")";
    }
}
