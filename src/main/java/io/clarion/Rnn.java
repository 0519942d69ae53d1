package io.clarion;

import io.clarion.graph.Loops;
import io.clarion.graph.Movement;
import io.clarion.graph.ScalarFn;
import io.clarion.graph.Tensor;
import io.clarion.tensor.DType;
import io.clarion.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Steps along time: of {@link K#rnn}, as a loop and unrolled, and the folds along axis 0.
 *
 * @param inputs time first, in the order of the steps
 * @param mask   time first, of one axis fewer than a step's output at least; null for none
 */
record Rnn(StepFunction step, Tensor inputs, List<Tensor> initial, Tensor mask, List<Tensor> constants) {

    /** For inputs (samples, time, …) and a mask (samples, time) or (samples, time, 1), or null. */
    static Rnn of(StepFunction step, Tensor inputs, List<Tensor> initial, boolean backwards, Tensor mask,
            List<Tensor> constants) {
        Tensor flat = mask == null || mask.rank() == 2 ? mask : mask.reshape(mask.shape().part(0, 2));
        return new Rnn(step, timeFirst(inputs, backwards), initial,
                flat == null ? null : timeFirst(flat.cast(DType.BOOL), backwards), constants);
    }

    private static Tensor timeFirst(Tensor x, boolean backwards) {
        Tensor first = swapped(x);
        return backwards ? first.view(new Movement.Reverse(List.of(0))) : first;
    }

    /** Returns x with the first two axes exchanged. */
    private static Tensor swapped(Tensor x) {
        return x.permute(IntStream.range(0, x.rank()).mapToObj(a -> a < 2 ? 1 - a : a).toList());
    }

    /** Returns a loop; a masked step repeats the first state as its output. */
    RnnOutputs looped() {
        var sequences = new ArrayList<>(List.of(inputs));
        if (mask != null) {
            sequences.add(mask);
        }
        boolean[] outputIsState = {false};
        Loops.Outcome outcome = Loops.of(initial, sequences, inputs.shape().dim(0), false, (states, elements) -> {
            StepFunction.Step made = stepped(elements.get(0), states);
            Tensor output = made.output();
            List<Tensor> next = made.newStates();
            outputIsState[0] = !next.isEmpty() && output == next.get(0);
            if (mask != null) {
                next = IntStream.range(0, next.size())
                        .mapToObj(i -> kept(elements.get(1), made.newStates().get(i), states.get(i))).toList();
                output = outputIsState[0] ? next.get(0) : kept(elements.get(1), output, states.get(0));
            }
            return new Loops.Traced(next, List.of(output));
        });
        Tensor all = outcome.outputs().get(0);
        Tensor last = outputIsState[0] ? outcome.last().get(0) : atEnd(all);
        return new RnnOutputs(last, swapped(all), outcome.last());
    }

    private StepFunction.Step stepped(Tensor input, List<Tensor> states) {
        var given = new ArrayList<>(states);
        given.addAll(constants);
        StepFunction.Step made = step.apply(input, given);
        if (made.newStates().size() != initial.size()) {
            throw new IllegalArgumentException(
                    "the step function returns " + made.newStates().size() + " new states, and there are "
                            + initial.size() + " initial states");
        }
        return made;
    }

    /** Returns {@code now} for samples whose mask holds, else {@code before}. */
    private static Tensor kept(Tensor mask, Tensor now, Tensor before) {
        if (!now.shape().accepts(before.shape())) {
            throw new IllegalArgumentException("a masked step keeps " + before.shape() + " in place of " + now.shape()
                    + "; they have to be the same");
        }
        Tensor wide = mask.expand(IntStream.range(mask.rank(), now.rank()).boxed().toList());
        return Tensor.map(ScalarFn.SELECT, wide, now, before);
    }

    private static Tensor atEnd(Tensor sequence) {
        Dim n = sequence.shape().dim(0);
        Tensor reversed = sequence.view(new Movement.Reverse(List.of(0)));
        return reversed.slice(0, 0, Dim.ONE).reshape(sequence.shape().part(1, sequence.rank()));
    }

    /** Returns a step after another, each traced; a masked step repeats the output before, zeros at first. */
    RnnOutputs unrolled() {
        Dim time = inputs.shape().dim(0);
        if (!time.isKnown() || time.is(0)) {
            throw new IllegalArgumentException(
                    "unrolling takes a number of steps that is known and not 0; the inputs have "
                            + time.describe() + " (leave out unroll for a loop)");
        }
        List<Tensor> states = initial;
        var outputs = new ArrayList<Tensor>();
        for (int t = 0; t < time.size(); t++) {
            StepFunction.Step made = stepped(at(inputs, t), states);
            Tensor output = made.output();
            List<Tensor> next = made.newStates();
            if (mask != null) {
                Tensor now = at(mask, t);
                List<Tensor> before = states;
                next = IntStream.range(0, next.size()).mapToObj(i -> kept(now, made.newStates().get(i), before.get(i)))
                        .toList();
                output = kept(now, output, outputs.isEmpty() ? K.zerosLike(output) : outputs.get(t - 1));
            }
            outputs.add(output);
            states = next;
        }
        return new RnnOutputs(outputs.get(outputs.size() - 1), K.stack(outputs, 1), states);
    }

    private static Tensor at(Tensor sequence, int t) {
        return sequence.slice(0, t, Dim.ONE).reshape(sequence.shape().part(1, sequence.rank()));
    }

    /** Returns {@code fn} of each element along axis 0. */
    static Tensor mapped(UnaryOperator<Tensor> fn, Tensor elements) {
        return Loops.of(List.of(), List.of(elements), elements.shape().dim(0), false,
                (none, element) -> new Loops.Traced(List.of(), List.of(fn.apply(element.get(0))))).outputs().get(0);
    }

    /**
     * Returns {@code fn} of what was so far and the next element, from the last one on if {@code reversed}; null:
     * starts with the first.
     */
    static Tensor folded(BinaryOperator<Tensor> fn, Tensor elements, Tensor initializer, boolean reversed) {
        Tensor ordered = reversed ? elements.view(new Movement.Reverse(List.of(0))) : elements;
        Tensor rest = initializer != null ? ordered : ordered.slice(0, 1, ordered.shape().dim(0).plus(-1));
        Tensor first = initializer != null ? initializer : at(ordered, 0);
        return Loops.of(List.of(first), List.of(rest), rest.shape().dim(0), false,
                (state, element) -> new Loops.Traced(List.of(fn.apply(state.get(0), element.get(0))), List.of())).last()
                .get(0);
    }
}
