package io.clarion.tensorflow.translate;

import io.clarion.tensorflow.runtime.EagerContext;
import io.clarion.tensorflow.runtime.FunctionBuilder;
import io.clarion.tensorflow.runtime.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names the functions that a graph becomes, its own and those of the bodies in it, and adds them to a context. */
final class Functions {
    private final EagerContext context;
    private final String prefix;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> operations = new TreeMap<>();

    Functions(EagerContext context, String prefix) {
        this.context = context;
        this.prefix = prefix;
    }

    /** Ends a function, adds it and returns its name. */
    String add(FunctionBuilder function, String what, List<Output> outputs) {
        String name = prefix + "_" + what + names.size();
        function.addTo(context, name, outputs);
        names.add(name);
        function.operations().forEach((type, n) -> operations.merge(type, n, Integer::sum));
        return name;
    }

    List<String> names() {
        return names;
    }

    /** Returns how many operations of each type all functions have. */
    Map<String, Integer> operations() {
        return operations;
    }

    /** Forgets all that were added. */
    void remove() {
        names.forEach(context::remove);
    }
}
