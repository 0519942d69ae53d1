package io.clarion.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Makes an {@link Bundle.Branch} of two sides that are traced once each. What a side reads of what was there before it
 * was traced is computed in any case; what it makes itself only if it is chosen.
 */
public final class Branches {
    private final List<Tensor> captured = new ArrayList<>();

    private Branches() {}

    /**
     * Returns the values of {@code then} unless {@code condition}, a scalar of any dtype, is 0, else those of {@code
     * otherwise}.
     */
    public static List<Tensor> of(Tensor condition, Supplier<List<Tensor>> then, Supplier<List<Tensor>> otherwise) {
        var branches = new Branches();
        Side first = branches.traced(then);
        Side second = branches.traced(otherwise);
        var inputs = new ArrayList<Tensor>();
        inputs.add(condition);
        inputs.addAll(branches.captured);
        Tensor branch = Tensor.of(new Bundle.Branch(first.body(branches.captured), second.body(branches.captured)),
                inputs);
        return IntStream.range(0, first.results.size()).mapToObj(i -> Tensor.of(new Op.Result(i), branch)).toList();
    }

    /** The results of a side of a branch, in terms of a parameter for each tensor that it reads. */
    private record Side(List<Tensor> results, Map<Tensor, Tensor> parameters) {
        Body body(List<Tensor> captured) {
            captured.forEach(t -> parameters.computeIfAbsent(t, Side::parameter));
            return new Body(captured.stream().map(parameters::get).toList(), results);
        }

        static Tensor parameter(Tensor like) {
            return Tensor.of(new Op.Parameter(like.dtype(), like.shape()));
        }
    }

    private Side traced(Supplier<List<Tensor>> side) {
        long start = Tensor.now();
        List<Tensor> results = side.get();
        Map<Tensor, Tensor> parameters = new IdentityHashMap<>();
        Map<Tensor, Tensor> inside = new IdentityHashMap<>();
        for (Tensor t : TopologicalOrder.of(results, t -> isOutside(t, start) ? List.of() : t.inputs())) {
            if (isOutside(t, start)) {
                inside.put(t, parameters.computeIfAbsent(t, Side::parameter));
                if (!captured.contains(t)) {
                    captured.add(t);
                }
            } else {
                inside.put(t, t.with(t.inputs().stream().map(inside::get).toList()));
            }
        }
        return new Side(results.stream().map(inside::get).toList(), parameters);
    }

    /** Returns whether a side has to be given {@code t}: leaves that need nothing stay inside. */
    private static boolean isOutside(Tensor t, long start) {
        return switch (t.op()) {
            case Op.Literal l -> false;
            case Op.Iota i -> false;
            case Op.Size s -> false;
            case Op.View v -> false;
            case Op other -> !t.isSince(start) || other instanceof Op.Leaf && !(other instanceof Op.Random);
        };
    }
}
