package io.clarion.grad;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Loops;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The gradient of a loop: a loop the other way, which carries the gradients of the carried values.
 *
 * <p>It is given what the forward loop stacked, the carried values at the start of each step and what takes long to
 * compute, and computes the rest of a step again.
 */
final class LoopGradient {
    private final Tensor forward;
    private final Bundle.Loop loop;
    private final Body body;
    private final List<Tensor> given;
    private final List<Integer> carried;

    private LoopGradient(Tensor forward, Bundle.Loop loop, List<Tensor> given) {
        this.forward = forward;
        this.loop = loop;
        this.body = loop.body().unwatched();
        this.given = given;
        this.carried = IntStream.range(0, loop.carried()).filter(i -> loop.dtype(i).isFloating()).boxed().toList();
    }

    /**
     * Returns the gradients of the inputs of {@code forward}, null where nothing is wanted or flows.
     *
     * @param given those of its results; null where nothing flows
     */
    static List<Tensor> of(Tensor forward, Bundle.Loop loop, List<Tensor> given, List<Boolean> wanted) {
        return new LoopGradient(forward, loop, given).made(wanted);
    }

    private List<Tensor> made(List<Boolean> wanted) {
        List<Integer> stacks = IntStream.range(loop.carried(), loop.results()).boxed().toList();
        List<Integer> flowing = stacks.stream().filter(i -> given.get(i) != null).toList();
        var sequences = new ArrayList<>(forward.inputs().subList(loop.carried(), loop.carried() + loop.sequences()));
        stacks.forEach(i -> sequences.add(Tensor.of(new Op.Result(i), forward)));
        flowing.forEach(i -> sequences.add(given.get(i)));
        List<Tensor> last = carried.stream()
                .map(i -> given.get(i) != null ? given.get(i) : Gradients.zeros(Tensor.of(new Op.Result(i), forward)))
                .toList();
        List<Integer> elements = wantedOf(wanted, loop.carried(), loop.carried() + loop.sequences());
        List<Integer> invariants = wantedOf(wanted, loop.carried() + loop.sequences(), wanted.size());
        Tensor[] gradients = new Tensor[wanted.size()];
        Loops.Outcome outcome = Loops.of(last, sequences, loop.steps(), !loop.reversed(), (now, element) -> {
            Map<Tensor, Tensor> known = known(element);
            List<Tensor> flown = Gradients.of(body.results(), ofResults(now, element, flowing), body.parameters());
            List<Tensor> filled = IntStream.range(0, flown.size()).mapToObj(i -> flown.get(i) != null ? flown.get(i)
                    : Gradients.zeros(body.parameters().get(i))).toList();
            List<Tensor> here = Body.substituted(filled, known);
            return new Loops.Traced(carried.stream().map(here::get).toList(), elements.stream().map(here::get).toList(),
                    invariants.stream().map(here::get).toList());
        });
        for (int i = 0; i < carried.size(); i++) {
            gradients[carried.get(i)] = outcome.last().get(i);
        }
        for (int i = 0; i < elements.size(); i++) {
            gradients[elements.get(i)] = outcome.outputs().get(i);
        }
        for (int i = 0; i < invariants.size(); i++) {
            gradients[invariants.get(i)] = outcome.sums().get(i);
        }
        return Arrays.asList(gradients);
    }

    private static List<Integer> wantedOf(List<Boolean> wanted, int from, int to) {
        return IntStream.range(from, to).filter(wanted::get).boxed().toList();
    }

    /**
     * Returns what tensors of the forward body are in a step back: elements of its sequences and of its stacks, and
     * what is the same always.
     */
    private Map<Tensor, Tensor> known(List<Tensor> element) {
        Map<Tensor, Tensor> known = new IdentityHashMap<>();
        for (int i = 0; i < loop.sequences(); i++) {
            known.put(body.parameters().get(loop.carried() + i), element.get(i));
        }
        for (int i = loop.carried() + loop.sequences(); i < body.parameters().size(); i++) {
            known.put(body.parameters().get(i), forward.input(i));
        }
        for (int i = loop.carried(); i < loop.results(); i++) {
            known.putIfAbsent(body.results().get(i), element.get(loop.sequences() + i - loop.carried()));
        }
        return known;
    }

    /** Returns the gradients of the body's results: what is carried back, and what flows into the stacks. */
    private List<Tensor> ofResults(List<Tensor> now, List<Tensor> element, List<Integer> flowing) {
        Tensor[] of = new Tensor[loop.results()];
        for (int i = 0; i < carried.size(); i++) {
            of[carried.get(i)] = now.get(i);
        }
        int first = loop.sequences() + loop.results() - loop.carried();
        for (int i = 0; i < flowing.size(); i++) {
            of[flowing.get(i)] = element.get(first + i);
        }
        return Arrays.asList(of);
    }
}
