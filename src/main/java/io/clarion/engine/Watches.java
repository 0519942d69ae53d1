package io.clarion.engine;

import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a function lets others see of a call: the values of inputs before it, of other tensors after it.
 *
 * @param ofInputs watches of placeholders, each with the place of its placeholder
 * @param others   all others, whose values are outputs behind those that were asked for
 */
record Watches(List<OfInput> ofInputs, List<Tensor> others) {
    private record OfInput(int place, Consumer<NDArray> watcher) {}

    /** The watches in {@code graph}, those first whose values are known first. */
    static Watches of(Graph graph, List<Tensor> placeholders) {
        var watches = new Watches(new ArrayList<>(), new ArrayList<>());
        for (Tensor t : graph.tensors()) {
            if (t.op() instanceof Op.Watch(Consumer<NDArray> watcher)) {
                int place = placeholders.indexOf(t.input(1));
                if (place >= 0) {
                    watches.ofInputs.add(new OfInput(place, watcher));
                } else {
                    watches.others.add(t);
                }
            }
        }
        return watches;
    }

    /** What is shown after a call. */
    List<Tensor> watched() {
        return others.stream().map(t -> t.input(1)).toList();
    }

    void before(List<NDArray> given) {
        ofInputs.forEach(w -> w.watcher.accept(given.get(w.place)));
    }

    /** Shows what a call has computed, the first of {@code results}. */
    void after(List<NDArray> results) {
        for (int i = 0; i < others.size(); i++) {
            ((Op.Watch) others.get(i).op()).watcher().accept(results.get(i));
        }
    }
}
