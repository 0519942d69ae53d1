package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The effects of layers besides their outputs: updates of their own variables in training, and penalties on the loss.
 */
public final class Effects {
    private final List<Graph.Update> updates = new ArrayList<>();
    private final List<Tensor> penalties = new ArrayList<>();

    /**
     * An update that training makes after each batch; of several of one variable, by a layer at several places, each
     * takes what the one before it gave.
     *
     * @param next gives what the variable becomes from what it is
     */
    public void update(Tensor variable, UnaryOperator<Tensor> next) {
        Graph.Update first = K.update(variable, variable);
        int known = IntStream.range(0, updates.size()).filter(i -> updates.get(i).variable() == first.variable())
                .findFirst().orElse(-1);
        if (known < 0) {
            updates.add(K.update(variable, next.apply(variable)));
        } else {
            updates.set(known, K.update(variable, next.apply(updates.get(known).value())));
        }
    }

    /** A scalar to be added to the loss. */
    public void penalise(Tensor penalty) {
        penalties.add(penalty);
    }

    public List<Graph.Update> updates() {
        return List.copyOf(updates);
    }

    public List<Tensor> penalties() {
        return List.copyOf(penalties);
    }
}
