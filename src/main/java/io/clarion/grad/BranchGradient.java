package io.clarion.grad;

import io.clarion.graph.Body;
import io.clarion.graph.Branches;
import io.clarion.graph.Bundle;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The gradient of a branch: a branch on the same condition between the gradients of the sides. */
final class BranchGradient {
    private BranchGradient() {}

    /**
     * Returns the gradients of the inputs of {@code forward}, null where nothing is wanted; {@code given} those of its
     * results.
     */
    static List<Tensor> of(Tensor forward, Bundle.Branch branch, List<Tensor> given, List<Boolean> wanted) {
        List<Integer> inputs = IntStream.range(1, wanted.size()).filter(wanted::get).boxed().toList();
        var gradients = new ArrayList<Tensor>(Collections.nCopies(wanted.size(), null));
        if (!inputs.isEmpty()) {
            List<Tensor> flown = Branches.of(forward.input(0), side(branch.then().unwatched(), forward, given, inputs),
                    side(branch.otherwise().unwatched(), forward, given, inputs));
            for (int i = 0; i < inputs.size(); i++) {
                gradients.set(inputs.get(i), flown.get(i));
            }
        }
        return gradients;
    }

    private static Supplier<List<Tensor>> side(Body body, Tensor forward, List<Tensor> given, List<Integer> inputs) {
        return () -> {
            Map<Tensor, Tensor> known = new IdentityHashMap<>();
            for (int i = 0; i < body.parameters().size(); i++) {
                known.put(body.parameters().get(i), forward.input(i + 1));
            }
            List<Tensor> flown = Gradients.of(body.results(), given, body.parameters());
            return Body.substituted(inputs.stream().map(i -> flown.get(i - 1) != null ? flown.get(i - 1)
                    : Gradients.zeros(body.parameters().get(i - 1))).toList(), known);
        };
    }
}
