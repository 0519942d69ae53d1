package io.clarion.model.layer;

import io.clarion.K;
import io.clarion.graph.Tensor;
import io.clarion.model.layer.weight.InputChecks;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Each sample in row-major order under another shape.
 *
 * @param sample sizes without the samples, one of which may be −1: what remains
 */
public record Reshape(List<Integer> sample) implements PlainLayer {
    public Reshape {
        sample = List.copyOf(sample);
        InputChecks.check(sample.stream().allMatch(n -> n >= -1) && sample.stream().filter(n -> n == -1).count() <= 1,
                "a sample cannot become "
                        + sample + "; sizes of which at most one is -1, for what remains, would do");
    }

    public Reshape(int... sample) {
        this(Arrays.stream(sample).boxed().toList());
    }

    @Override
    public UnaryOperator<Tensor> build(Shape input, Parameters parameters) {
        var dims = new ArrayList<Dim>(List.of(input.dim(0)));
        sample.forEach(n -> dims.add(n == -1 ? rest(input) : Dim.of(n)));
        Shape to = new Shape(dims);
        if (!of(input).mayEqual(of(to))) {
            throw new IllegalArgumentException("a sample of the input " + input + " has " + of(input).describe()
                    + " elements, which cannot become " + sample);
        }
        return x -> K.reshape(x, to.with(0, x.shape().dim(0)));
    }

    private Dim rest(Shape input) {
        int others = sample.stream().filter(n -> n != -1).reduce(1, Math::multiplyExact);
        return of(input).dividedBy(Dim.of(others));
    }

    private static Dim of(Shape shape) {
        return shape.part(1, shape.rank()).count();
    }
}
