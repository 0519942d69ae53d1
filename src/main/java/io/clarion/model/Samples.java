package io.clarion.model;

import io.clarion.model.optimizer.Settings;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Inputs of a model and what its outputs should be.
 *
 * @param inputs  an array for each input, samples first
 * @param targets an array for each output, samples first
 */
public record Samples(List<NDArray> inputs, List<NDArray> targets) {
    public Samples {
        Settings.check(Stream.concat(inputs.stream(), targets.stream()).allMatch(Objects::nonNull),
                "samples: null is no array; "
                        + "one for each input and output would do");
        inputs = List.copyOf(inputs);
        targets = List.copyOf(targets);
        List<NDArray> all = Stream.concat(inputs.stream(), targets.stream()).toList();
        if (inputs.isEmpty() || all.stream()
                .anyMatch(a -> a.shape().rank() == 0 || a.shape().size(0) != all.get(0).shape().size(0))) {
            throw new IllegalArgumentException("arrays of shapes " + all.stream().map(NDArray::shape).toList()
                    + " are not samples; equally many along axis 0 of each would do");
        }
    }

    /** Makes samples of a model of one input and one output. */
    public static Samples of(NDArray inputs, NDArray targets) {
        return new Samples(Collections.singletonList(inputs), Collections.singletonList(targets));
    }

    /** Returns how many there are. */
    public int size() {
        return inputs.get(0).shape().size(0);
    }

    /** Returns the samples from {@code from} to before {@code to}, in the same memory. */
    public Samples part(int from, int to) {
        return new Samples(inputs.stream().map(a -> a.rows(from, to)).toList(),
                targets.stream().map(a -> a.rows(from, to)).toList());
    }

    /** Returns the samples that {@code places} name, in that order, as a copy. */
    public Samples pick(int[] places) {
        return new Samples(inputs.stream().map(a -> rows(a, places)).toList(),
                targets.stream().map(a -> rows(a, places)).toList());
    }

    private static NDArray rows(NDArray from, int[] places) {
        NDArray picked = NDArray.zeros(from.dtype(), from.shape().with(0, Dim.of(places.length)));
        int bytes = picked.elements() / Math.max(1, places.length) * from.dtype().bytes();
        ByteBuffer source = from.bytes();
        ByteBuffer target = picked.bytes();
        for (int i = 0; i < places.length; i++) {
            target.put(i * bytes, source, places[i] * bytes, bytes);
        }
        return picked;
    }

    /** Arrays one after another along axis 0. */
    static NDArray joined(List<NDArray> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int rows = parts.stream().mapToInt(p -> p.shape().size(0)).sum();
        NDArray all = NDArray.zeros(parts.get(0).dtype(), parts.get(0).shape().with(0, Dim.of(rows)));
        ByteBuffer target = all.bytes();
        parts.forEach(p -> target.put(p.bytes()));
        return all;
    }
}
