package io.clarion.model;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.List;
import java.util.Locale;

/** How parameters follow the gradient of a loss, by the formulas of Keras 1.2. */
public sealed interface Optimizer permits Sgd, RmsProp, Adam {
    /**
     * One step for each of {@code parameters}, variables, towards a smaller {@code loss}. The optimizer's own state, made
     * here, is updated by the same list.
     */
    List<Graph.Update> updates(Tensor loss, List<Tensor> parameters);

    /**
     * An optimizer by Keras's name with Keras's settings.
     *
     * @throws IllegalArgumentException if the name is not "sgd", "rmsprop" or "adam"
     */
    static Optimizer named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "sgd" -> new Sgd();
            case "rmsprop" -> new RmsProp();
            case "adam" -> new Adam();
            default -> throw new IllegalArgumentException("optimizer \"" + name + "\" is not one of sgd, rmsprop, adam");
        };
    }

    /** Zeros of the shape of {@code parameter}: what an optimizer remembers of it. */
    static Tensor memory(String what, Tensor parameter) {
        if (!(parameter.op() instanceof Op.Read(var variable))) {
            throw new IllegalArgumentException("updates: " + parameter + " is not a variable; only variables can be trained");
        }
        return K.zeros(K.intShape(parameter), parameter.dtype(), variable.name() + "/" + what);
    }
}
