package io.clarion;

import io.clarion.graph.Loops;
import io.clarion.graph.Movement;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.Collections;
import java.util.List;

/**
 * Connectionist temporal classification: Graves, Fernández, Gomez, Schmidhuber, "Connectionist temporal classification:
 * labelling unsegmented sequence data with recurrent neural networks" (ICML 2006). The last class is the blank.
 *
 * <p>Logarithms of probabilities throughout; {@link #NEVER} stands for that of 0, so that no infinity meets another.
 */
final class Ctc {
    /** The logarithm of a probability that is 0. */
    static final double NEVER = -1e30;

    private Ctc() {}

    /** Returns the logarithms of probabilities that may be 0. */
    static Tensor logarithms(Tensor probabilities) {
        return K.log(probabilities.plus(1e-8));
    }

    /** Returns logarithms of probabilities whose sum along the last axis is 1. */
    static Tensor normalized(Tensor logs) {
        return logs.minus(K.logsumexp(logs, new int[] {-1}, true));
    }

    /** Returns whether step t, of those along a last axis, is one of the first {@code lengths}: (samples, steps). */
    static Tensor within(Tensor lengths, Dim steps) {
        return Tensor.of(new Op.Iota(steps))
                .less(lengths.cast(DType.INT32).reshape(new Shape(List.of(lengths.shape().count(), Dim.ONE))));
    }

    /**
     * Returns the negative logarithm of the probability that the steps read as the labels: (samples, 1).
     *
     * <p>The forward variables of section 4.1 of the paper, along labels with blanks before, between and after them.
     *
     * @param labels      (samples, most labels), integers
     * @param logs        (samples, steps, classes)
     * @param inputLength the steps of each sample, {@code labelLength} its labels
     */
    static Tensor cost(Tensor labels, Tensor logs, Tensor inputLength, Tensor labelLength) {
        Dim samples = logs.shape().dim(0);
        Dim steps = logs.shape().dim(1);
        Dim classes = logs.shape().dim(2);
        Dim places = labels.shape().dim(1).times(Dim.of(2)).plus(1);
        Tensor blank = K.size(classes.plus(-1), DType.INT32);
        Tensor extended = interleaved(labels.cast(DType.INT32), blank,
                new Shape(List.of(labels.shape().dim(0), places)));
        Tensor isLabel = extended.apply(ScalarFn.NOT_EQUAL, blank);
        Tensor repeats = extended.apply(ScalarFn.EQUAL, shifted(extended, 2, -1));
        Tensor maySkip = isLabel.apply(ScalarFn.AND, repeats.apply(ScalarFn.NOT));
        // (samples, steps, places): the logarithm for the class that stands at each place.
        Tensor atPlaces = K.batchDot(logs, K.isClass(extended, classes).cast(logs.dtype()), new int[] {2, 2});
        Tensor place = Tensor.of(new Op.Iota(places));
        Tensor first = Tensor
                .map(ScalarFn.SELECT, place.less(Tensor.literal(DType.INT32, 1)), never(logs).times(0), never(logs))
                .broadcast(new Shape(List.of(samples, places)));
        Tensor emissions = K.permuteDimensions(atPlaces, 1, 0, 2);
        Tensor running = K.transpose(within(inputLength, steps));
        Tensor last = Loops.of(List.of(first), List.of(emissions, running), steps, false, (carried, element) -> {
            Tensor alpha = carried.get(0);
            Tensor skipped = Tensor.map(ScalarFn.SELECT, maySkip, shifted(alpha, 2, NEVER), never(alpha));
            Tensor next = sum(sum(alpha, shifted(alpha, 1, NEVER)), skipped).plus(element.get(0));
            return new Loops.Traced(List.of(Tensor.map(ScalarFn.SELECT, K.expandDims(element.get(1)), next, alpha)),
                    List.of());
        }).last().get(0);
        Tensor end = labelLength.cast(DType.INT32).reshape(new Shape(List.of(samples, Dim.ONE))).times(2);
        Tensor atEnd = place.apply(ScalarFn.EQUAL, end).apply(ScalarFn.OR, place.apply(ScalarFn.EQUAL, end.minus(1)));
        Tensor total = K.logsumexp(Tensor.map(ScalarFn.SELECT, atEnd, last, never(last)), new int[] {1}, true);
        return Tensor.map(ScalarFn.SELECT, total.greater(NEVER / 10), total.neg(),
                Tensor.literal(total.dtype(), Double.POSITIVE_INFINITY));
    }

    private static Tensor never(Tensor like) {
        return Tensor.literal(like.dtype(), NEVER);
    }

    /** Returns blank, label, blank, label, …, blank. */
    private static Tensor interleaved(Tensor labels, Tensor blank, Shape shape) {
        var spread = new Movement.Pad(List.of(0, 1), List.of(1, 2), shape, 0);
        Tensor isLabel = K.onesLike(labels).view(spread).cast(DType.BOOL);
        return Tensor.map(ScalarFn.SELECT, isLabel, labels.view(spread), blank);
    }

    /** Returns what stands {@code by} places before, along the last axis. */
    private static Tensor shifted(Tensor x, int by, double filler) {
        var before = new java.util.ArrayList<>(Collections.nCopies(x.rank(), 0));
        before.set(x.rank() - 1, by);
        Dim n = x.shape().dim(-1);
        Shape longer = x.shape().with(-1, n.plus(by));
        return x.view(new Movement.Pad(before, Collections.nCopies(x.rank(), 1), longer, filler)).slice(x.rank() - 1, 0,
                n);
    }

    /** Returns the logarithm of the sum of two probabilities. */
    static Tensor sum(Tensor a, Tensor b) {
        Tensor top = K.maximum(a, b);
        return top.plus(K.softplus(K.minimum(a, b).minus(top)));
    }

    /**
     * Returns the labels of a greedy reading, and the negative sum of the logarithms of its classes: (samples,
     * longest), (samples, 1).
     */
    static Decoded greedy(Tensor logs, Tensor inputLength) {
        Dim samples = logs.shape().dim(0);
        Dim steps = logs.shape().dim(1);
        Tensor running = within(inputLength, steps);
        Tensor best = K.argmax(logs, -1);
        Tensor blank = K.size(logs.shape().dim(2).plus(-1), DType.INT32);
        Tensor isNew = best.apply(ScalarFn.NOT_EQUAL, shifted(best, 1, -1));
        Tensor kept = running.apply(ScalarFn.AND, isNew).apply(ScalarFn.AND, best.apply(ScalarFn.NOT_EQUAL, blank));
        Tensor place = K.cumsum(kept, 1).minus(1);
        // (samples, steps, places): whether the label of a step comes to stand at a place.
        Tensor lands = K.isClass(place, steps).apply(ScalarFn.AND, K.expandDims(kept));
        Tensor labels = K
                .sum(Tensor.map(ScalarFn.SELECT, lands, K.expandDims(best.plus(1)), Tensor.literal(DType.INT32, 0)), 1)
                .minus(1);
        Tensor sum = K.sum(Tensor.map(ScalarFn.SELECT, running, K.max(logs, -1), Tensor.literal(logs.dtype(), 0)), 1,
                true);
        return new Decoded(List.of(trimmed(labels)), sum.neg().reshape(new Shape(List.of(samples, Dim.ONE))));
    }

    /** Returns paths (samples, steps) that end with the longest where they are a function's output. */
    static Tensor trimmed(Tensor paths) {
        return Tensor.of(new Op.Trim(-1), paths);
    }
}
