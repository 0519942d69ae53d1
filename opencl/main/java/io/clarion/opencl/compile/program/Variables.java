package io.clarion.opencl.compile.program;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The names of the variables in index expressions, in the order in which they are met. */
public final class Variables {
    private Variables() {}

    public static List<String> of(List<Index> expressions) {
        Set<String> names = new LinkedHashSet<>();
        expressions.stream().filter(java.util.Objects::nonNull).forEach(i -> collect(i, names));
        return new ArrayList<>(names);
    }

    private static void collect(Index i, Set<String> names) {
        for (Index.Atom atom : i.terms().keySet()) {
            switch (atom) {
                case Index.Var v -> names.add(v.name());
                case Index.Div d -> collect(d.of(), names);
                case Index.Mod m -> collect(m.of(), names);
            }
        }
    }
}
