package io.clarion.opencl.compile;

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
    private boolean uniform = true;

    /**
     * A guard without conditions.
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
        uniform &= isUniform.test(of);
    }

    /** The place {@code i / divisor} on an axis of {@code size}, for which conditions are noted where they may fail. */
    Index admit(Index i, int divisor, int size) {
        if (divisor == 1 && i.range().within(0, size - 1)) {
            return i;
        }
        Index place = divisor == 1 ? i : Index.of(new Index.Div(i, divisor));
        boolean never = i.range().high() < 0 || size == 0;
        require(never ? "false" : divisor == 1 ? "(uint)" + parenthesised(i) + " < " + size + "u"
                : i.text() + " >= 0 && " + parenthesised(i) + " % " + divisor + " == 0 && " + parenthesised(i) + " / " + divisor + " < " + size, i);
        if (!inside.containsKey(place)) {
            String name = fresh.get();
            declarations.add("const int " + name + " = " + parenthesised(i) + (divisor == 1 ? "" : " / " + divisor) + ";");
            inside.put(place, size == 1 ? Index.ZERO : Index.of(new Index.Var(name, Math.max(1, size), divisor == 1 ? i : null)));
        }
        return place;
    }

    /** The place as it is known where the conditions hold. */
    Index inside(Index place) {
        return inside.getOrDefault(place, place);
    }

    List<String> conditions() {
        return conditions;
    }

    /** The statements that hold only where the conditions do. */
    List<String> declarations() {
        return declarations;
    }

    /** Whether all lanes meet the conditions or none does. */
    boolean isUniform() {
        return uniform;
    }

    private static String parenthesised(Index i) {
        String text = i.text();
        return text.startsWith("(") || text.matches("\\w+") ? text : "(" + text + ")";
    }
}
