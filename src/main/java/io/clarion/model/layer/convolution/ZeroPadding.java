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
import java.util.stream.Stream;

/**
 * Zeros around sequences, images or volumes.
 *
 * @param before how many along each axis before; {@code after} likewise after, the same for volumes
 */
public record ZeroPadding(List<Integer> before, List<Integer> after, DimOrdering ordering) implements PlainLayer {
    public ZeroPadding {
        before = List.copyOf(before);
        after = List.copyOf(after);
        if (before.isEmpty() || before.size() > 3 || before.size() != after.size()
                || before.size() == 3 && !before.equals(after)) {
            throw new IllegalArgumentException("padding " + before + " before and " + after
                    + " after; a number for each of 1 to 3 axes would do, the same after as before for 3");
        }
        InputChecks.check(Stream.concat(before.stream(), after.stream()).allMatch(n -> n >= 0),
                "padding " + before + " before and " + after
                        + " after; none can be negative");
    }

    /** Returns the same before and after, for images as {@link K#imageDimOrdering} says. */
    public ZeroPadding(int... padding) {
        this(Arrays.stream(padding).boxed().toList(), Arrays.stream(padding).boxed().toList(), K.imageDimOrdering());
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        int[] b = before.stream().mapToInt(n -> n).toArray();
        int[] a = after.stream().mapToInt(n -> n).toArray();
        return switch (b.length) {
            case 1 -> x -> K.asymmetricTemporalPadding(x, b[0], a[0]);
            case 2 -> x -> K.asymmetricSpatial2dPadding(x, b[0], a[0], b[1], a[1], ordering);
            default -> x -> K.spatial3dPadding(x, b, ordering);
        };
    }
}
