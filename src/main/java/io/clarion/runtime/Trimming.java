package io.clarion.runtime;

import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.stream.IntStream;

/** Trims what a call gives of outputs whose size the data tell, which is computed with room for the largest. */
final class Trimming {
    private Trimming() {}

    /** Returns the value of an output as {@link Op.Trim} asks; {@code value} itself if nothing does. */
    static NDArray trimmed(Tensor output, NDArray value) {
        if (!(output.op() instanceof Op.Trim(int filler))) {
            return value;
        }
        int width = value.shape().size(-1);
        int longest = IntStream.range(0, value.elements()).filter(i -> value.get(i) != filler).map(i -> i % width + 1)
                .max().orElse(0);
        NDArray trimmed = NDArray.zeros(value.dtype(), value.shape().with(-1, Dim.of(longest)));
        IntStream.range(0, trimmed.elements())
                .forEach(i -> trimmed.set(i, value.get(i / longest * width + i % longest)));
        return trimmed;
    }
}
