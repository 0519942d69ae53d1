package io.clarion.model.layer.convolution;

import io.clarion.DimOrdering;
import io.clarion.K;
import io.clarion.PoolMode;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.Parameters;
import io.clarion.model.layer.PlainLayer;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Shape;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The maximum or mean of each channel: sequences, images or volumes to (samples, channels). */
public record GlobalPool(PoolMode mode, DimOrdering ordering) implements PlainLayer {
    public static GlobalPool max() {
        return new GlobalPool(PoolMode.MAX, K.imageDimOrdering());
    }

    public static GlobalPool average() {
        return new GlobalPool(PoolMode.AVG, K.imageDimOrdering());
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        InputChecks.rankAtLeast(input, 3, "a batch of sequences, images or volumes");
        int first = input.rank() == 3 || ordering == DimOrdering.TF ? 1 : 2;
        int[] spatial = IntStream.range(first, first + input.rank() - 2).toArray();
        return x -> switch (mode) {
            case MAX -> K.max(x, spatial);
            case AVG -> K.mean(x, spatial);
        };
    }
}
