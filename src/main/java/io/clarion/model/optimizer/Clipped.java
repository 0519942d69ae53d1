package io.clarion.model.optimizer;

import io.clarion.K;
import io.clarion.graph.Graph;
import io.clarion.graph.Tensor;
import java.util.List;

/**
 * An optimizer that sees no large gradients.
 *
 * @param norm  the largest Euclidean length of all gradients together; longer ones are scaled down
 * @param value the largest absolute value of an element
 */
record Clipped(Optimizer optimizer, double norm, double value) implements Optimizer {
    Clipped {
        if (!(norm > 0) || !(value > 0)) {
            throw new IllegalArgumentException(
                    "gradients cannot be clipped to a length of " + norm + " and elements of " + value
                            + "; positive numbers would do");
        }
    }

    @Override
    public double rate() {
        return optimizer.rate();
    }

    @Override
    public List<Graph.Update> steps(List<Tensor> parameters, List<Tensor> gradients, Pace pace) {
        return optimizer.steps(parameters, limited(shortened(gradients)), pace);
    }

    private List<Tensor> shortened(List<Tensor> gradients) {
        if (Double.isInfinite(norm) || gradients.isEmpty()) {
            return gradients;
        }
        Tensor length = K.sqrt(gradients.stream().map(g -> K.sum(K.square(g))).reduce(Tensor::plus).orElseThrow());
        Tensor factor = Tensor.literal(length.dtype(), norm).div(K.maximum(length, norm));
        return gradients.stream().map(g -> g.times(factor.cast(g.dtype()))).toList();
    }

    private List<Tensor> limited(List<Tensor> gradients) {
        return Double.isInfinite(value) ? gradients : gradients.stream().map(g -> K.clip(g, -value, value)).toList();
    }
}
