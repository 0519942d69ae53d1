package io.clarion.tensorflow.translate;

import io.clarion.tensorflow.runtime.Output;
import java.util.List;

/** A tensor of which each axis is one of a contraction's, named by its number there. */
record Term(Output value, List<Integer> axes) {
    Term {
        axes = List.copyOf(axes);
    }
}
