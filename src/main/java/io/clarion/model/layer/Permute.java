package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The axes of each sample in another order.
 *
 * @param pattern the axis of the input, from 1, that becomes axis 1, 2, … of the output; the samples stay first
 */
public record Permute(List<Integer> pattern) implements PlainLayer {
    public Permute {
        pattern = List.copyOf(pattern);
    }

    public Permute(int... pattern) {
        this(Arrays.stream(pattern).boxed().toList());
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        if (!pattern.stream().sorted().toList().equals(IntStream.range(1, input.rank()).boxed().toList())) {
            throw new IllegalArgumentException("pattern " + pattern + " does not name each axis of the input " + input
                    + " once, from 1 to " + (input.rank() - 1));
        }
        int[] order = Stream.concat(Stream.of(0), pattern.stream()).mapToInt(a -> a).toArray();
        return x -> K.permuteDimensions(x, order);
    }
}
