package io.clarion.model.layer;

import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What layers do besides giving outputs: updates of their own variables in training, and penalties on the loss. */
public final class Effects {
    private final List<Graph.Update> updates = new ArrayList<>();
    private final List<Tensor> penalties = new ArrayList<>();

    /** An update that training makes after each batch. */
    public void update(Graph.Update update) {
        updates.add(update);
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
