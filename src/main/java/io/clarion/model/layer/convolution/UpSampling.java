package io.clarion.model.layer.convolution;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.PlainLayer;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Each step, pixel or element of volumes repeated by whole factors, one for each axis. */
public record UpSampling(List<Integer> factors, DimOrdering ordering) implements PlainLayer {
    public UpSampling {
        factors = List.copyOf(factors);
        InputChecks.check(!factors.isEmpty() && factors.size() <= 3,
                factors + " are factors of " + factors.size() + " axes; 1 to 3 would do");
        InputChecks.check(factors.stream().allMatch(f -> f >= 1),
                "factors " + factors + " do not repeat anything; whole numbers from 1 would do");
    }

    /** Makes a layer for images as {@link K#imageDimOrdering} says. */
    public UpSampling(int... factors) {
        this(Arrays.stream(factors).boxed().toList(), K.imageDimOrdering());
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        InputChecks.rank(input, factors.size() + 2, factors.size() + " axes between samples and channels");
        return switch (factors.size()) {
            case 1 -> x -> K.repeatElements(x, factors.get(0), 1);
            case 2 -> x -> K.resizeImages(x, factors.get(0), factors.get(1), ordering);
            default -> x -> K.resizeVolumes(x, factors.get(0), factors.get(1), factors.get(2), ordering);
        };
    }
}
