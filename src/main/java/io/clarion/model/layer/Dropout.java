package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * In training, elements set to 0 with probability {@code level}, the others divided by 1 − level:
 * <a href="https://jmlr.org/papers/v15/srivastava14a.html">Srivastava et al.</a>
 *
 * @param level      0 to below 1
 * @param noiseShape sizes, samples included, that broadcast to the input, {@link K#NONE} for those of the input:
 *                   elements that share a place are dropped together; empty for each on its own
 */
public record Dropout(double level, List<Integer> noiseShape) implements PlainLayer {
    public Dropout {
        InputChecks.level(level);
        noiseShape = List.copyOf(noiseShape);
    }

    public Dropout(double level) {
        this(level, List.of());
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        int[] noise = noiseShape.isEmpty() ? null : noiseShape.stream().mapToInt(n -> n).toArray();
        return x -> level == 0 ? x : K.inTrainPhase(() -> K.dropout(x, level, noise), () -> x);
    }

    @Override
    public boolean keepsSteps() {
        return true;
    }
}
