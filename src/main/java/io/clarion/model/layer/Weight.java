package io.clarion.model.layer;

import io.clarion.model.layer.weight.Constraint;
import io.clarion.model.layer.weight.Initialiser;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.model.layer.weight.Regulariser;

/**
 * The settings of a layer's weights.
 *
 * @param first       how the first values are drawn
 * @param regulariser what they cost
 * @param constraint  what holds for them after each step of training
 */
public record Weight(Initialiser first, Regulariser regulariser, Constraint constraint) {
    public Weight {
        InputChecks.present("the initialiser of weights", first, "Initialiser.GLOROT_UNIFORM");
        InputChecks.present("the regulariser of weights", regulariser, "Regulariser.NONE");
        InputChecks.present("the constraint of weights", constraint, "Constraint.NONE");
    }

    public static Weight of(Initialiser first) {
        return new Weight(first, Regulariser.NONE, Constraint.NONE);
    }

    public Weight regularised(Regulariser by) {
        return new Weight(first, by, constraint);
    }

    public Weight constrained(Constraint to) {
        return new Weight(first, regulariser, to);
    }
}
