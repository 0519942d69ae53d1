package io.clarion.model.layer;

import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/** A layer of one input that does nothing besides giving its output. */
public interface PlainLayer extends Layer {
    /** Draws the weights for inputs of this shape, whose first axis is the samples; gives what maps such inputs. */
    UnaryOperator<Tensor> build(Shape input, Parameters parameters);

    /**
     * Returns whether the steps of the output are those of the input, so that its mask holds for them; else it takes
     * none.
     */
    default boolean keepsSteps() {
        return false;
    }

    @Override
    default Mapping build(List<Shape> inputs, Parameters parameters) {
        UnaryOperator<Tensor> map = build(InputChecks.one(inputs), parameters);
        return (in, effects) -> {
            Signal x = in.get(0);
            if (x.mask() != null && !keepsSteps()) {
                throw new IllegalArgumentException("a mask comes with the input, but this layer does not "
                        + "know what to do with masked steps");
            }
            return new Signal(map.apply(x.value()), x.mask());
        };
    }
}
