package io.clarion.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Things in an order in which each comes after those that it needs. */
public final class TopologicalOrder {
    private TopologicalOrder() {}

    /**
     * Returns all that {@code roots} need, each once (the same object, that is) and after what it needs itself. Depth
     * is bounded by memory, not by the stack.
     *
     * @param needs what must come before; it must not lead in a circle
     */
    public static <T> List<T> of(Collection<T> roots, Function<T, ? extends Collection<T>> needs) {
        var order = new ArrayList<T>();
        Map<T, Boolean> done = new IdentityHashMap<>();
        var stack = new ArrayDeque<T>();
        for (T root : roots) {
            stack.push(root);
            while (!stack.isEmpty()) {
                T t = stack.peek();
                Boolean state = done.get(t);
                if (state == null) {
                    done.put(t, false);
                    needs.apply(t).stream().filter(in -> !done.containsKey(in)).forEach(stack::push);
                } else {
                    stack.pop();
                    if (!state) {
                        done.put(t, true);
                        order.add(t);
                    }
                }
            }
        }
        return order;
    }
}
