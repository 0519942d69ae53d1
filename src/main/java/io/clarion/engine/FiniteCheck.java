package io.clarion.engine;

import io.clarion.graph.Body;
import io.clarion.graph.Bundle;
import io.clarion.graph.Graph;
import io.clarion.graph.Listing;
import io.clarion.graph.Op;
import io.clarion.graph.Tensor;
import io.clarion.graph.TopologicalOrder;
import io.clarion.tensor.Dim;
import io.clarion.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Looks for what makes results infinite or no numbers, before a call that would have such: computes the results without
 * updating anything and, if one is bad, all that leads to them.
 */
final class FiniteCheck {
    private final Graph graph;
    private final Device device;
    private final Map<Map<Dim.Symbol, Integer>, Executable> executables = new HashMap<>();

    /** A check of the calls of {@code graph}, whose inputs are placeholders. */
    FiniteCheck(Graph graph, Device device) {
        this.graph = graph;
        this.device = device;
    }

    /** Throws {@link NotFinite} if a call with these inputs, of these sizes, would have a bad result. */
    void before(List<NDArray> inputs, Map<Dim.Symbol, Integer> sizes, long draw) {
        Executable results = executables.computeIfAbsent(sizes, s -> device.compile(wanted(graph.results()).specialise(s)));
        if (results.call(inputs, draw).stream().anyMatch(v -> badElements(v).length > 0)) {
            throw new NotFinite("call: " + cause(inputs, sizes, draw));
        }
    }

    private Graph wanted(List<Tensor> outputs) {
        return new Graph(graph.inputs(), outputs, List.of());
    }

    private List<NDArray> computed(List<Tensor> tensors, List<NDArray> inputs, Map<Dim.Symbol, Integer> sizes, long draw) {
        try (Executable all = device.compile(wanted(tensors).specialise(sizes))) {
            return all.call(inputs, draw);
        }
    }

    private static int[] badElements(NDArray value) {
        return !value.dtype().isFloating() ? new int[0]
                : IntStream.range(0, value.elements()).filter(i -> !Double.isFinite(value.get(i))).toArray();
    }

    private static boolean holdsNumbers(Tensor t) {
        return t.dtype().isFloating() && !(t.op() instanceof Bundle);
    }

    private String cause(List<NDArray> inputs, Map<Dim.Symbol, Integer> sizes, long draw) {
        List<Tensor> order = Graph.tensors(graph.results()).stream().filter(FiniteCheck::holdsNumbers).toList();
        List<NDArray> values = computed(order, inputs, sizes, draw);
        Map<Tensor, NDArray> bad = new IdentityHashMap<>();
        for (int i = 0; i < order.size(); i++) {
            if (badElements(values.get(i)).length > 0) {
                bad.put(order.get(i), values.get(i));
            }
        }
        Set<Tensor> blamed = leadingTo(graph.results().stream().filter(bad::containsKey).toList(), bad);
        Tensor first = order.stream().filter(blamed::contains).filter(t -> sources(t).noneMatch(bad::containsKey)).findFirst().orElse(null);
        if (first == null) {
            return "a result is infinite or no number, but none of the tensors that lead to it is once all of them are kept: it is so by rounding";
        }
        if (first.op() instanceof Op.Result && first.input(0).op() instanceof Bundle.Loop loop) {
            return inLoop(first, loop, inputs, sizes, draw);
        }
        return told(first, bad.get(first), "");
    }

    /** The bad tensors from which a bad result has it: what a selection leaves out is not among them. */
    private static Set<Tensor> leadingTo(List<Tensor> results, Map<Tensor, NDArray> bad) {
        return new HashSet<>(TopologicalOrder.of(results, t -> sources(t).filter(bad::containsKey).toList()));
    }

    private static Stream<Tensor> sources(Tensor t) {
        return t.op() instanceof Op.Result ? t.input(0).inputs().stream() : t.inputs().stream();
    }

    /** The loop once more, with everything that its body computes stacked. */
    private String inLoop(Tensor result, Bundle.Loop loop, List<NDArray> inputs, Map<Dim.Symbol, Integer> sizes, long draw) {
        List<Tensor> inside = Graph.tensors(loop.body().results()).stream().filter(FiniteCheck::holdsNumbers).toList();
        var results = new ArrayList<>(loop.body().results());
        results.addAll(inside);
        var stacking = new Bundle.Loop(new Body(loop.body().parameters(), results), loop.carried(), loop.sequences(), loop.steps(), loop.reversed());
        Tensor stacked = Tensor.of(stacking, result.input(0).inputs());
        List<NDArray> values = computed(IntStream.range(0, inside.size())
                .mapToObj(i -> Tensor.of(new Op.Result(loop.results() + i), stacked)).toList(), inputs, sizes, draw);
        int steps = values.isEmpty() ? 0 : values.get(0).shape().size(0);
        for (int s = 0; s < steps; s++) {
            int place = loop.reversed() ? steps - 1 - s : s;
            for (int i = 0; i < inside.size(); i++) {
                NDArray all = values.get(i);
                int each = all.elements() / steps;
                NDArray here = NDArray.of(all.dtype(), Arrays.copyOfRange(all.toDoubles(), place * each, (place + 1) * each),
                        all.shape().part(1, all.shape().rank()).sizes());
                if (badElements(here).length > 0) {
                    return told(inside.get(i), here, " at step " + s + " of a loop of " + steps);
                }
            }
        }
        return "a loop gives infinities or no numbers, but no step of it makes any once all of them are kept: it is so by rounding";
    }

    private static String told(Tensor t, NDArray value, String where) {
        int[] bad = badElements(value);
        int[] strides = value.shape().strides();
        int[] place = new int[strides.length];
        int rest = bad[0];
        for (int a = 0; a < place.length; a++) {
            place[a] = rest / strides[a];
            rest %= strides[a];
        }
        boolean given = t.op() instanceof Op.Leaf;
        return Listing.words(t.op()) + where + (given ? " has " : " made ") + value.get(bad[0]) + (given ? "" : " of finite numbers") + " at "
                + Arrays.toString(place) + ", and " + (bad.length - 1) + " more such in " + value.dtype().word() + value.shape()
                + (t.origin() == null ? "" : "; built at " + t.origin());
    }

    void close() {
        executables.values().forEach(Executable::close);
        executables.clear();
    }
}
