package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** An optimizer, by which parameters follow the gradient of a loss, by the formulas of Keras 1.2. */
public sealed interface Optimizer permits Sgd, RmsProp, Adagrad, Adadelta, Adam, Adamax, Nadam, Clipped, Decaying {
    /**
     * Returns one step for each of {@code parameters}, variables, against its gradient. The optimizer's own state, made
     * here, is updated by the same list.
     *
     * @param pace what the learning rate is multiplied by
     */
    List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace);

    /** Returns the learning rate of the first step. */
    double rate();

    /** Returns one step for each of {@code parameters} towards a smaller {@code loss}. */
    default List<Graph.Update> updates(Tensor loss, List<Tensor> parameters) {
        return steps(parameters, K.gradients(loss, parameters), Pace.STEADY);
    }

    /**
     * Returns this with gradients scaled down to a Euclidean length, over all parameters, of {@code norm}: Keras's
     * clipnorm.
     */
    default Optimizer clipNorm(double norm) {
        return new Clipped(this, norm, Double.POSITIVE_INFINITY);
    }

    /** Returns this with each element of a gradient in [−value, value]: Keras's clipvalue. */
    default Optimizer clipValue(double value) {
        return new Clipped(this, Double.POSITIVE_INFINITY, value);
    }

    /** Returns this with a learning rate that is divided by 1 + rate·(steps done): Keras's decay. */
    default Optimizer decay(double rate) {
        return new Decaying(this, rate);
    }

    /**
     * Returns an optimizer by Keras's name with Keras's settings.
     *
     * @throws IllegalArgumentException naming those there are, if it is none of them
     */
    static Optimizer named(String name) {
        Map<String,
                Supplier<Optimizer>> known = Map.of("sgd", Sgd::new, "rmsprop", RmsProp::new, "adagrad", Adagrad::new,
                        "adadelta", Adadelta::new, "adam", Adam::new, "adamax", Adamax::new, "nadam", Nadam::new);
        Supplier<Optimizer> optimizer = known.get(name.toLowerCase(Locale.ROOT));
        if (optimizer == null) {
            throw new IllegalArgumentException("optimizer \"" + name
                    + "\" is not one of sgd, rmsprop, adagrad, adadelta, adam, adamax, nadam");
        }
        return optimizer.get();
    }

    /** Returns zeros of the shape of {@code parameter}: what an optimizer remembers of it. */
    static Tensor memory(String what, Tensor parameter) {
        if (!(parameter.op() instanceof Op.Read(var variable))) {
            throw new IllegalArgumentException(
                    "updates: " + parameter.described() + " is not a variable; only variables can be trained");
        }
        return K.zeros(K.intShape(parameter), parameter.dtype(), variable.name() + "/" + what);
    }
}
