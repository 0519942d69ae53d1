package io.clarion;

import io.clarion.graph.Loops;
import io.clarion.graph.Op;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import io.clarion.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The most probable readings of {@link Ctc} by prefix beam search: Hannun, Maas, Jurafsky, Ng, "First-pass large
 * vocabulary continuous speech recognition using bi-directional recurrent DNNs" (2014), algorithm 1 without a language
 * model.
 *
 * <p>A step has, for each prefix of the beam, the prefix itself and its extensions by each label as candidates, and
 * keeps the best. Prefixes are compared by their lengths and two hashes of 32 bits.
 *
 * @param samples how many, {@code labels} the classes without the blank
 */
record BeamSearch(Dim samples, Dim steps, Dim labels, int width) {
    private static final int MULTIPLIER = 1_000_003;
    private static final int OTHER_MULTIPLIER = 65_599;

    /**
     * The prefixes of the beam, the best first, each (samples, width, …).
     *
     * @param prefix (samples, width, steps), −1 after the last label
     * @param last   the last label, −1 for none
     * @param blank  the logarithm of the probability of all readings that end in a blank, {@code label} in a label
     */
    private record Beam(Tensor prefix, Tensor length, Tensor last, Tensor hash, Tensor otherHash, Tensor blank,
            Tensor label) {
        static Beam of(List<Tensor> all) {
            return new Beam(all.get(0), all.get(1), all.get(2), all.get(3), all.get(4), all.get(5), all.get(6));
        }

        List<Tensor> all() {
            return List.of(prefix, length, last, hash, otherHash, blank, label);
        }

        Tensor total() {
            return Ctc.sum(blank, label);
        }
    }

    /**
     * Returns the {@code paths} most probable readings of {@code logs} (samples, steps, classes), the last class being
     * the blank.
     */
    static Decoded of(Tensor logs, Tensor inputLength, int width, int paths) {
        var search = new BeamSearch(logs.shape().dim(0), logs.shape().dim(1), logs.shape().dim(2).plus(-1), width);
        Tensor running = K.transpose(Ctc.within(inputLength, search.steps));
        Loops.Outcome outcome = Loops.of(search.start(logs.dtype()).all(),
                List.of(K.permuteDimensions(logs, 1, 0, 2), running), search.steps, false,
                (carried, element) -> new Loops.Traced(search.step(Beam.of(carried), element.get(0), element.get(1)),
                        List.of()));
        Beam best = Beam.of(outcome.last());
        var found = new ArrayList<Tensor>();
        for (int p = 0; p < paths; p++) {
            found.add(Ctc.trimmed(best.prefix.slice(1, p, Dim.ONE).reshape(search.shape(search.steps))));
        }
        Tensor total = best.total().slice(1, 0, Dim.of(paths));
        return new Decoded(found, Tensor.map(ScalarFn.SELECT, total.greater(Ctc.NEVER / 10), total,
                literal(total.dtype(), Double.NEGATIVE_INFINITY)));
    }

    private static Tensor literal(DType dtype, double value) {
        return Tensor.literal(dtype, value);
    }

    private Shape shape(Dim... inner) {
        return new Shape(List.of(samples)).then(new Shape(List.of(inner)));
    }

    private Dim beam() {
        return Dim.of(width);
    }

    /** Returns the empty prefix; the other places are impossible. */
    private Beam start(DType dtype) {
        Tensor isFirst = Tensor.of(new Op.Iota(beam())).less(literal(DType.INT32, 1));
        Tensor possible = Tensor.map(ScalarFn.SELECT, isFirst, literal(dtype, 0), literal(dtype, Ctc.NEVER))
                .broadcast(shape(beam()));
        Tensor none = literal(DType.INT32, 0).broadcast(shape(beam()));
        return new Beam(literal(DType.INT32, -1).broadcast(shape(beam(), steps)), none, none.minus(1), none, none,
                possible,
                literal(dtype, Ctc.NEVER).broadcast(shape(beam())));
    }

    /** Returns the beam after a step, but for samples that are no longer {@code running}. */
    private List<Tensor> step(Beam beam, Tensor logs, Tensor running) {
        Tensor never = literal(logs.dtype(), Ctc.NEVER);
        Tensor blankLog = logs.slice(1, labels, Dim.ONE);
        Tensor labelLogs = logs.slice(1, 0, labels);
        Tensor label = Tensor.of(new Op.Iota(labels));
        // (samples, width, labels): whether a label is the last of a prefix, and its probability as the next one.
        Tensor isLast = K.expandDims(beam.last).apply(ScalarFn.EQUAL, label);
        Tensor extended = K.expandDims(labelLogs, 1)
                .plus(Tensor.map(ScalarFn.SELECT, isLast, K.expandDims(beam.blank), K.expandDims(beam.total())));
        // (samples, child, parent): whether the child is the parent and one label.
        Tensor isParent = grewFrom(beam.length, beam.length.plus(1))
                .apply(ScalarFn.AND, grewFrom(beam.hash.minus(beam.last), beam.hash.times(MULTIPLIER)))
                .apply(ScalarFn.AND, grewFrom(beam.otherHash.minus(beam.last), beam.otherHash.times(OTHER_MULTIPLIER)));
        // (samples, child, parent): the probability that the parent grows to the child.
        Tensor growth = K.sum(Tensor.map(ScalarFn.SELECT, K.expandDims(isLast, 2), K.expandDims(extended, 1),
                literal(logs.dtype(), 0)), 3);
        Tensor fromParents = K.max(Tensor.map(ScalarFn.SELECT, isParent, growth, never), 2);
        Tensor repeated = beam.label.plus(
                K.sum(Tensor.map(ScalarFn.SELECT, isLast, K.expandDims(labelLogs, 1), literal(logs.dtype(), 0)), 2));
        Tensor stayedLabel = Ctc.sum(repeated, fromParents);
        Tensor stayedBlank = beam.total().plus(blankLog);
        // An extension that is in the beam already has been counted there.
        Tensor taken = K.any(isParent.expand(List.of(3)).apply(ScalarFn.AND, K.expandDims(isLast, 2)), 1);
        Tensor fresh = Tensor.map(ScalarFn.SELECT, taken, never, extended);
        return chosen(beam, stayedBlank, stayedLabel, fresh, running);
    }

    /** Returns whether a number of the child is one of the parent: (samples, child, parent). */
    private static Tensor grewFrom(Tensor ofChild, Tensor ofParent) {
        return K.expandDims(ofChild, 2).apply(ScalarFn.EQUAL, K.expandDims(ofParent, 1));
    }

    /** Returns the best of the prefixes themselves and their {@code fresh} extensions. */
    private List<Tensor> chosen(Beam beam, Tensor stayedBlank, Tensor stayedLabel, Tensor fresh, Tensor running) {
        Tensor extensions = fresh.reshape(shape(beam().times(labels)));
        Tensor scores = K.concatenate(List.of(Ctc.sum(stayedBlank, stayedLabel), extensions), 1);
        Tensor candidate = best(scores);
        Tensor ofBeam = Tensor.of(new Op.Iota(beam()));
        Shape each = new Shape(List.of(beam(), labels));
        Tensor parents = K.concatenate(List.of(ofBeam, K.flatten(K.expandDims(ofBeam).broadcast(each))), 0);
        Tensor grownBy = K.concatenate(List.of(literal(DType.INT32, -1).broadcast(new Shape(List.of(beam()))),
                K.flatten(Tensor.of(new Op.Iota(labels)).broadcast(each))), 0);
        Tensor parent = Tensor.of(new Op.Gather(), parents, candidate);
        Tensor label = Tensor.of(new Op.Gather(), grownBy, candidate);
        Tensor isNew = label.apply(ScalarFn.GREATER_EQUAL, literal(DType.INT32, 0));
        Tensor length = of(beam.length, parent);
        Tensor here = Tensor.of(new Op.Iota(steps)).apply(ScalarFn.EQUAL, K.expandDims(length)).apply(ScalarFn.AND,
                K.expandDims(isNew));
        Tensor never = literal(fresh.dtype(), Ctc.NEVER);
        var next = new Beam(Tensor.map(ScalarFn.SELECT, here, K.expandDims(label), of(beam.prefix, parent)),
                length.plus(isNew.cast(DType.INT32)), Tensor.map(ScalarFn.SELECT, isNew, label, of(beam.last, parent)),
                grown(of(beam.hash, parent), isNew, label, MULTIPLIER),
                grown(of(beam.otherHash, parent), isNew, label, OTHER_MULTIPLIER),
                Tensor.map(ScalarFn.SELECT, isNew, never, of(stayedBlank, parent)),
                of(K.concatenate(List.of(stayedLabel, extensions), 1), candidate));
        var kept = new ArrayList<Tensor>();
        for (int i = 0; i < next.all().size(); i++) {
            Tensor now = next.all().get(i);
            Tensor goesOn = running.reshape(new Shape(List.of(samples)).then(Shape.SCALAR.padded(now.rank() - 1)));
            kept.add(Tensor.map(ScalarFn.SELECT, goesOn, now, beam.all().get(i)));
        }
        return kept;
    }

    private static Tensor grown(Tensor hash, Tensor isNew, Tensor label, int multiplier) {
        return Tensor.map(ScalarFn.SELECT, isNew, hash.times(multiplier).plus(label), hash);
    }

    /** Returns for each sample the places of the {@code width} largest scores, the largest first: (samples, width). */
    private Tensor best(Tensor scores) {
        Tensor place = Tensor.of(new Op.Iota(scores.shape().dim(1)));
        Tensor taken = literal(scores.dtype(), Double.NEGATIVE_INFINITY);
        return K.transpose(Loops.of(List.of(scores), List.of(), beam(), false, (carried, none) -> {
            Tensor top = K.argmax(carried.get(0), 1);
            Tensor isTop = K.expandDims(top).apply(ScalarFn.EQUAL, place);
            return new Loops.Traced(List.of(Tensor.map(ScalarFn.SELECT, isTop, taken, carried.get(0))), List.of(top));
        }).outputs().get(0));
    }

    /** Returns for each sample the elements of {@code x} (samples, n, …) at {@code places} (samples, width). */
    private Tensor of(Tensor x, Tensor places) {
        Dim n = x.shape().dim(1);
        Tensor sample = Tensor.of(new Op.Iota(samples)).times(K.size(n, DType.INT32));
        Tensor rows = x.reshape(new Shape(List.of(samples.times(n))).then(x.shape().part(2, x.rank())));
        return Tensor.of(new Op.Gather(), rows, K.expandDims(sample).plus(places));
    }
}
